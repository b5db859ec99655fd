"""The staff's day: who is expected by whom, at which venue. Each clock has a part of the page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request

from booking.domain.occurrences import start_of_day
from booking.models import AppointmentStatus
from booking.pages import asking
from booking.pages.blueprint import blueprint
from booking.queries import agenda
from directory.domain.permissions import Permission
from directory.here import current_organisation
from directory.models import Venue
from directory.pages.gates import staff
from directory.queries import venues as places
from foundation.times import local
from foundation.web.access import open_to
from foundation.web.services import now, reading

FIRST_HOUR, LAST_HOUR = 8, 18
_GONE = {AppointmentStatus.CANCELLED.value, AppointmentStatus.EXCUSED.value}


@dataclass(frozen=True)
class Card:
    """An entry where it stands in its column: from and until which hour, and beside another that has its time."""

    entry: agenda.Entry
    at: str
    until: str
    is_beside: bool


@dataclass(frozen=True)
class Part:
    """The day of the venues that share a clock."""

    zone: str
    venues: Sequence[Venue]
    shown: date
    columns: Sequence[agenda.Column]

    @property
    def first(self) -> int:
        """Return the first hour of the grid: early ones make it begin earlier."""
        return min([FIRST_HOUR, *(int(self._clock(one.starts_at)[:2]) for one in self._entries)])

    @property
    def last(self) -> int:
        """Return the hour at which the grid ends."""
        ends = (-(-int(self._clock(one.ends_at).replace(":", "")) // 100) for one in self._entries)
        return max([LAST_HOUR, *ends])

    @property
    def now_at(self) -> str | None:
        """Return where the line of the present stands, on today alone."""
        here = local(now(), self.zone)
        return f"{here:%H:%M}" if here.date() == self.shown and self.first <= here.hour < self.last else None

    @property
    def rows(self) -> list[tuple[str, agenda.Entry]]:
        """Return every entry with its agent, by time: the same day as a list."""
        every = [(column.name, entry) for column in self.columns for entry in column.entries]
        return sorted(every, key=lambda pair: (pair[1].starts_at, pair[0]))

    def cards(self, column: agenda.Column) -> list[Card]:
        """Return the entries of a column; of two at the same time, the one that was cancelled stands beside."""
        kept: list[agenda.Entry] = []
        cards = []
        for one in sorted(column.entries, key=lambda entry: (entry.state in _GONE, entry.starts_at)):
            is_beside = any(other.starts_at < one.ends_at and one.starts_at < other.ends_at for other in kept)
            if not is_beside:
                kept.append(one)
            cards.append(Card(one, self._clock(one.starts_at), self._clock(one.ends_at), is_beside))
        return sorted(cards, key=lambda card: (card.entry.starts_at, card.is_beside))

    @property
    def _entries(self) -> list[agenda.Entry]:
        return [entry for column in self.columns for entry in column.entries]

    def _clock(self, instant: datetime) -> str:
        there = local(instant, self.zone)
        if there.date() > self.shown:
            return "24:00"
        return "00:00" if there.date() < self.shown else f"{there:%H:%M}"


@blueprint.get("/equipe/jour")
@open_to(staff(Permission.SEE_DAY))
def day() -> str:
    """Show one day: agents across and hours down, and the same as a list."""
    with reading() as db:
        every = places.every(db)
        venue = asking.venue_of(every, request.args.get("venue"))
        own = venue.time_zone if venue else current_organisation().time_zone
        shown = _day_asked(own)
        asked = {venue.time_zone: [venue]} if venue else _by_clock(every, own)
        parts = []
        for zone, there in asked.items():
            ids: list[int | None] = [one.id for one in there]
            if venue is None and zone == own:
                ids.append(None)
            starts_at, ends_at = (start_of_day(one, ZoneInfo(zone)) for one in (shown, shown + timedelta(days=1)))
            parts.append(Part(zone, there, shown, agenda.day(db, starts_at=starts_at, ends_at=ends_at, venues=ids)))
    return render_template(
        "booking/day.html",
        day=shown,
        today=local(now(), own).date(),
        previous=shown - timedelta(days=1),
        following=shown + timedelta(days=1),
        venue=venue,
        venues=every,
        parts=[part for part in parts if part.columns],
    )


def _by_clock(venues: Sequence[Venue], own: str) -> dict[str, list[Venue]]:
    found: dict[str, list[Venue]] = {own: []}
    for venue in venues:
        found.setdefault(venue.time_zone, []).append(venue)
    return found


def _day_asked(zone: str) -> date:
    today = local(now(), zone).date()
    try:
        asked = date.fromisoformat(request.args.get("date", ""))
    except ValueError:
        return today
    # A year away is farther than anything is planned, and dates have an end that a stranger could reach.
    return min(max(asked, today - timedelta(days=3660)), today + timedelta(days=3660))
