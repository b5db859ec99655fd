"""How the files of cases write time down: hours on the wall of a zone, a star for the second time that one exists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.occurrences import Hours, open_on

_SPAN = re.compile(r"(?:(\S{10}) )?(\d\d:\d\d)(\*?)-(?:(\S{10}) )?(\d\d:\d\d)(\*?)")


def hours(text: str) -> Hours:
    """Read opening hours: `22:00-24:00`."""
    opens, closes = text.split("-")
    return Hours(_minutes(opens), _minutes(closes))


def opening(text: str, day: date, zone: ZoneInfo) -> list[Interval]:
    """Read what is open on a day: `09:00-12:00`, or on another one: `2026-04-15 09:00-12:00`."""
    *named, span = text.split(" ")
    return open_on(date.fromisoformat(named[0]) if named else day, hours(span), zone)


def span(text: str, day: date, zone: ZoneInfo) -> Interval:
    """Read from when until when something lasts: `09:00-12:00`, `2026-10-25 02:00*-2026-10-26 09:00`."""
    found = _SPAN.fullmatch(text)
    assert found is not None, text
    first_day, first, first_star, last_day, last, last_star = found.groups()
    begins = date.fromisoformat(first_day) if first_day else day
    ends = date.fromisoformat(last_day) if last_day else begins
    return Interval(_minute(begins, first, first_star, zone), _minute(ends, last, last_star, zone))


def instant(text: str, day: date, zone: ZoneInfo) -> datetime:
    """Read an instant: `09:00`, `2026-04-15 09:00:01`."""
    *named, clock = text.split(" ")
    when = datetime.combine(date.fromisoformat(named[0]) if named else day, time.fromisoformat(clock.rstrip("*")))
    return when.replace(tzinfo=zone, fold=int(clock.endswith("*")))


def said(minutes: Iterable[int], day: date, zone: ZoneInfo) -> str:
    """Write starts down as the files do: the day is named when it changes."""
    words = []
    for minute in minutes:
        there = instant_of(minute).astimezone(zone)
        if there.date() != day:
            day = there.date()
            words.append(day.isoformat())
        words.append(f"{there:%H:%M}{'*' if there.fold else ''}")
    return " ".join(words)


def _minute(day: date, clock: str, star: str, zone: ZoneInfo) -> int:
    there = datetime.combine(day, time.fromisoformat(clock)).replace(tzinfo=zone, fold=int(bool(star)))
    return minute_of(there)


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
