"""Which days are closed because they are public holidays, and what has been decided about them?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory.domain.holidays import Choices, closed_days, statutory
from directory.models import HolidayChoice, Organisation, Venue


@dataclass(frozen=True)
class ClosedDays:
    """The closed days between two days, both included, wherever one asks."""

    first: date
    last: date
    choices: Choices

    def at(self, venue: Venue | None, organisation: Organisation) -> list[date]:
        """Return those of a venue, or of the organisation without one, in order."""
        calendar = organisation.holiday_calendar if venue is None else venue.holiday_calendar
        exceptions = self.choices.at(None if venue is None else venue.id)
        return closed_days(calendar, exceptions, first=self.first, last=self.last)


@dataclass(frozen=True)
class Holiday:
    """A day of a calendar, or one that was added to it; `is_chosen` when somebody has decided about it."""

    day: date
    name: str
    is_statutory: bool
    is_closed: bool
    is_chosen: bool


def closed_days_of(db: Session, *, first: date, last: date) -> ClosedDays:
    """Read what was decided about the days from `first` to `last`: one statement, whatever the number of venues."""
    everywhere: dict[date, bool] = {}
    by_venue: dict[int, dict[date, bool]] = defaultdict(dict)
    for choice in _between(db, first, last):
        (everywhere if choice.venue_id is None else by_venue[choice.venue_id])[choice.day] = choice.is_closed
    return ClosedDays(first, last, Choices(everywhere, by_venue))


def of_year(db: Session, year: int, *, venue: Venue | None, organisation: Organisation) -> list[Holiday]:
    """Return the holidays of a year at a venue, or of the organisation without one, in order."""
    calendar = organisation.holiday_calendar if venue is None else venue.holiday_calendar
    known = statutory(calendar, year)
    chosen: dict[date, HolidayChoice] = {}
    for choice in sorted(_between(db, date(year, 1, 1), date(year, 12, 31)), key=lambda one: one.venue_id or 0):
        if choice.venue_id is None or (venue is not None and choice.venue_id == venue.id):
            chosen[choice.day] = choice
    return [
        Holiday(
            day,
            known.get(day) or chosen[day].name,
            is_statutory=day in known,
            is_closed=chosen[day].is_closed if day in chosen else True,
            is_chosen=day in chosen,
        )
        for day in sorted({*known, *chosen})
    ]


def select_choices() -> Select[HolidayChoice]:
    """Ask for everything that was decided about single days."""
    return select(HolidayChoice)


def choice_of(db: Session, day: date, venue_id: int | None) -> HolidayChoice | None:
    """Return what was decided about a day everywhere (None), or at a venue."""
    here = HolidayChoice.venue_id.is_(None) if venue_id is None else HolidayChoice.venue_id == venue_id
    return db.scalar(select(HolidayChoice).where(HolidayChoice.day == day, here))


def _between(db: Session, first: date, last: date) -> Sequence[HolidayChoice]:
    return db.scalars(select(HolidayChoice).where(HolidayChoice.day >= first, HolidayChoice.day <= last)).all()
