"""From what is typed on a wall clock to the instant: an hour that does not exist, or exists twice, is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


class HourMissing(ValueError):
    """The clocks skip this hour on that day."""


class HourTwice(ValueError):
    """The clocks show this hour twice on that day."""


def instant_on_wall(day: date, hour: time, zone: str) -> datetime:
    """Return the instant at which the clocks of an IANA zone show this (PEP 495); raise HourMissing or HourTwice."""
    first = datetime.combine(day, hour.replace(fold=0), ZoneInfo(zone))
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise HourMissing
    raise HourTwice
