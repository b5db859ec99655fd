"""Public holidays by territory, to which an organisation adds its own days and from which it takes others away.

The days of article L3133-1 of the Code du travail are everywhere; Alsace and Moselle add two (L3134-13, Good Friday
where there is a protestant church: it can be unticked), and the overseas departments, Saint-Barthélemy and Saint-Martin
the day on which slavery was abolished there (L3422-2). Other collectivities have laws of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

import holidays


class HolidayCalendar(StrEnum):
    """Whose public holidays: a territory's, or nobody's."""

    METROPOLITAN = "metropolitan"
    ALSACE_MOSELLE = "alsace-moselle"
    GUADELOUPE = "guadeloupe"
    MARTINIQUE = "martinique"
    GUYANE = "guyane"
    LA_REUNION = "la-reunion"
    MAYOTTE = "mayotte"
    SAINT_BARTHELEMY = "saint-barthelemy"
    SAINT_MARTIN = "saint-martin"
    SAINT_PIERRE_ET_MIQUELON = "st-pierre-et-miquelon"
    WALLIS_ET_FUTUNA = "wallis-et-futuna"
    POLYNESIE = "polynesie"
    NOUVELLE_CALEDONIE = "nouvelle-caledonie"
    NONE = "none"


_SUBDIVISIONS: Mapping[HolidayCalendar, str | None] = {
    HolidayCalendar.METROPOLITAN: None,
    HolidayCalendar.ALSACE_MOSELLE: "57",
    HolidayCalendar.GUADELOUPE: "971",
    HolidayCalendar.MARTINIQUE: "972",
    HolidayCalendar.GUYANE: "973",
    HolidayCalendar.LA_REUNION: "974",
    HolidayCalendar.MAYOTTE: "976",
    HolidayCalendar.SAINT_BARTHELEMY: "BL",
    HolidayCalendar.SAINT_MARTIN: "MF",
    HolidayCalendar.SAINT_PIERRE_ET_MIQUELON: "PM",
    HolidayCalendar.WALLIS_ET_FUTUNA: "WF",
    HolidayCalendar.POLYNESIE: "PF",
    HolidayCalendar.NOUVELLE_CALEDONIE: "NC",
}

# The library also lists days that custom keeps where no text makes them public holidays for everybody: article L3422-2
# has one day for each territory, and none of these.
_CUSTOMARY: Mapping[HolidayCalendar, frozenset[str]] = {
    HolidayCalendar.GUADELOUPE: frozenset({"Mi-Carême", "Vendredi saint", "Fête de Victor Schoelcher"}),
    HolidayCalendar.MARTINIQUE: frozenset({"Fête de Victor Schoelcher"}),
    HolidayCalendar.SAINT_MARTIN: frozenset({"Fête de Victor Schoelcher"}),
}


@dataclass(frozen=True)
class HolidayException:
    """A day that an organisation decides about itself: closed though nobody else is, or open on a public holiday."""

    day: date
    is_closed: bool


@lru_cache(maxsize=256)
def statutory(calendar: HolidayCalendar, year: int) -> Mapping[date, str]:
    """Return the public holidays of a year in a territory, each with its French name."""
    if calendar is HolidayCalendar.NONE:
        return {}
    found = holidays.country_holidays("FR", subdiv=_SUBDIVISIONS[calendar], years=year, language="fr")
    customary = _CUSTOMARY.get(calendar, frozenset())
    return {day: name for day, name in sorted(found.items()) if name not in customary}


def closed_days(
    calendar: HolidayCalendar, exceptions: Iterable[HolidayException], *, first: date, last: date
) -> list[date]:
    """Return the days from `first` to `last`, included, on which a place is closed, in order."""
    days = {day for year in range(first.year, last.year + 1) for day in statutory(calendar, year)}
    for one in exceptions:
        (days.add if one.is_closed else days.discard)(one.day)
    return sorted(day for day in days if first <= day <= last)


@dataclass(frozen=True)
class Choices:
    """What an organisation has decided of some days, and what single venues have: a venue's word is stronger."""

    everywhere: Mapping[date, bool]
    by_venue: Mapping[int, Mapping[date, bool]]

    def at(self, venue_id: int | None) -> list[HolidayException]:
        """Return what counts at a venue (None: without one)."""
        told = {**self.everywhere, **self.by_venue.get(venue_id or 0, {})}
        return [HolidayException(day, is_closed) for day, is_closed in sorted(told.items())]
