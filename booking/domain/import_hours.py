"""A file of opening hours: its columns, and the rule that a line of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from booking.domain.import_cells import ONCE, Names, parse_number, parse_weekdays, parse_yes
from booking.domain.occurrences import Hours, Recurrence, Repeats
from directory.domain.import_cells import parse_day, parse_hour
from directory.domain.import_lines import Fault, Reading
from foundation.tables import Column, Line

HOURS_COLUMNS: Mapping[str, Column] = {
    "agent": Column(("agent", "agent", "conseiller")),
    "room": Column(("salle", "room", "véhicule", "vehicle", "ressource", "resource")),
    "venue": Column(("lieu", "venue", "site")),
    "types": Column(("motifs", "types", "motif", "type"), is_needed=True),
    "days": Column(("jours", "days", "jour", "day")),
    "opens": Column(("ouvre", "opens", "ouverture", "de", "from"), is_needed=True),
    "closes": Column(("ferme", "closes", "fermeture", "à", "to"), is_needed=True),
    "first_day": Column(("premier jour", "first day", "à partir du", "since"), is_needed=True),
    "last_day": Column(("dernier jour", "last day", "jusqu'au", "until")),
    "every": Column(("toutes les", "every", "toutes les n semaines", "every n weeks", "tous les n mois")),
    "monthly": Column(("mensuel", "monthly")),
    "closes_on_holidays": Column(("fermé les jours fériés", "closed on holidays", "ferme les jours fériés")),
}
COLUMN_OF: Mapping[str, str] = {
    "resource_id": "agent",
    "venue_id": "venue",
    "type_ids": "types",
    "weekdays": "days",
    "opens_at": "opens",
    "closes_at": "closes",
}
"""In which column stands what the rules of the house call otherwise."""


@dataclass(frozen=True)
class Offer:
    """What lines may name."""

    agents: Names
    things: Names
    venues: Names
    types: Names


@dataclass(frozen=True)
class HoursLine:
    """A rule of opening, as a line says it; two that are equal open the same."""

    resource_id: int
    venue_id: int | None
    type_ids: frozenset[int]
    recurrence: Recurrence
    hours: Hours
    closes_on_holidays: bool


def read_hours(line: Line, offer: Offer) -> tuple[HoursLine | None, dict[str, Fault]]:
    """Return the rule that a line says, or what is wrong with it."""
    said = Reading(line)
    agent = said.take("agent", offer.agents.find, fault="booking.imports.agent")
    thing = said.take("room", offer.things.find, fault="booking.imports.room")
    if {"agent", "room"} <= line.cells.keys():
        said.blame("room", "booking.imports.agent_or_room")
    elif not {"agent", "room"} & line.cells.keys():
        said.blame("agent", "booking.imports.agent_or_room")
    venue_id = said.take("venue", offer.venues.find, fault="booking.imports.venue")
    type_ids = said.needed("types", offer.types.find_each, fault="booking.imports.types")
    opens = said.needed("opens", parse_hour, fault="booking.imports.hour")
    closes = said.needed("closes", parse_hour, fault="booking.imports.hour")
    recurrence = _recurrence(said)
    is_closed = said.take("closes_on_holidays", parse_yes, fault="booking.imports.yes_or_no", usual=True)
    resource_id = agent or thing
    if said.faults or resource_id is None or opens is None or closes is None or recurrence is None:
        return None, said.faults
    hours = Hours(opens, closes)
    return HoursLine(resource_id, venue_id, frozenset(type_ids or ()), recurrence, hours, bool(is_closed)), {}


def _recurrence(said: Reading) -> Recurrence | None:
    first_day = said.needed("first_day", parse_day, fault="booking.imports.day")
    last_day = said.take("last_day", parse_day, fault="booking.imports.day")
    every = said.take("every", parse_number, fault="booking.imports.number", usual=1) or 0
    weekdays = said.take("days", parse_weekdays, fault="booking.imports.weekdays") or frozenset()
    is_monthly = said.take("monthly", parse_yes, fault="booking.imports.yes_or_no", usual=False)
    if is_monthly and weekdays:
        said.blame("days", "booking.imports.monthly_has_no_days")
    elif not is_monthly and not weekdays:
        said.blame("days", "booking.imports.which_days")
    if first_day is None or "days" in said.faults:
        return None
    return _repeated(first_day, last_day, every, weekdays, is_monthly=bool(is_monthly))


def _repeated(
    first_day: date, last_day: date | None, every: int, weekdays: frozenset[int], *, is_monthly: bool
) -> Recurrence:
    if is_monthly:
        return Recurrence(Repeats.MONTHLY, first_day, last_day, every)
    if weekdays == ONCE:
        return Recurrence(Repeats.ONCE, first_day, last_day, every)
    return Recurrence(Repeats.WEEKLY, first_day, last_day, every, weekdays)
