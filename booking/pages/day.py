"""The staff's day: who is expected by whom, at which venue."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import render_template, request

from booking.domain.occurrences import start_of_day
from booking.pages import asking
from booking.pages.blueprint import blueprint
from booking.queries import agenda
from directory.domain.permissions import Permission
from directory.pages.gates import current_organisation, staff
from directory.queries import venues as places
from foundation.times import local, say_hour
from foundation.web.access import open_to
from foundation.web.language import locale
from foundation.web.services import now, reading

FIRST_HOUR, LAST_HOUR = 8, 18
EARLIEST_HOUR, LATEST_HOUR = 5, 24


@blueprint.get("/equipe/jour")
@open_to(staff(Permission.SEE_DAY))
def day() -> str:
    """Show one day: agents across and hours down, and the same as a list."""
    with reading() as db:
        every = places.every(db)
        venue = asking.venue_of(every, request.args.get("venue"))
        zone = venue.time_zone if venue else current_organisation().time_zone
        shown = _day_asked(zone)
        starts_at = start_of_day(shown, ZoneInfo(zone))
        ends_at = start_of_day(shown + timedelta(days=1), ZoneInfo(zone))
        columns = agenda.day(db, starts_at=starts_at, ends_at=ends_at, venue_id=venue.id if venue else None)
    first, last = _hours(columns, zone, shown)
    here = local(now(), zone)
    return render_template(
        "booking/day.html",
        day=shown,
        today=here.date(),
        previous=shown - timedelta(days=1),
        following=shown + timedelta(days=1),
        venue=venue,
        venues=every,
        zone=zone,
        columns=columns,
        rows=_rows(columns, zone),
        first=first,
        last=last,
        clock_of=lambda instant: _clock(instant, zone, shown),
        now_at=f"{here:%H:%M}" if here.date() == shown and first <= here.hour < last else None,
    )


def _day_asked(zone: str) -> date:
    today = local(now(), zone).date()
    try:
        asked = date.fromisoformat(request.args.get("date", ""))
    except ValueError:
        return today
    # A year away is farther than anything is planned, and dates have an end that a stranger could reach.
    return min(max(asked, today - timedelta(days=3660)), today + timedelta(days=3660))


def _rows(columns: list[agenda.Column], zone: str) -> list[tuple[str, str, agenda.Entry]]:
    every = [(column.name, entry) for column in columns for entry in column.entries]
    every.sort(key=lambda pair: (pair[1].starts_at, pair[0]))
    return [(say_hour(local(entry.starts_at, zone), locale()), name, entry) for name, entry in every]


def _clock(instant: datetime, zone: str, shown: date) -> str:
    there = local(instant, zone)
    if there.date() > shown:
        return "24:00"
    return "00:00" if there.date() < shown else f"{there:%H:%M}"


def _hours(columns: list[agenda.Column], zone: str, shown: date) -> tuple[int, int]:
    entries = [entry for column in columns for entry in column.entries]
    first = min([FIRST_HOUR, *(int(_clock(entry.starts_at, zone, shown)[:2]) for entry in entries)])
    last = max([LAST_HOUR, *(int(_clock(entry.ends_at, zone, shown)[:2]) + 1 for entry in entries)])
    return max(first, EARLIEST_HOUR), min(last, LATEST_HOUR)
