"""From a weekly rule on the wall clock to the instants it covers, change-of-hour days included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.domain.intervals import Interval, instant_of, merge, minute_of

_WIDEST_CHANGE = timedelta(hours=3)


@dataclass(frozen=True)
class WeeklyHours:
    """Hours of one weekday (Monday is 0), every `every_weeks` weeks, from `first_day` to `last_day`, included."""

    weekday: int
    opens_at: time
    closes_at: time
    first_day: date
    last_day: date | None = None
    every_weeks: int = 1


def days_of(rule: WeeklyHours, *, until: date) -> Iterator[date]:
    """Return the days of the rule up to `until`, included; weeks count from the Monday of the first day's week."""
    monday = rule.first_day - timedelta(days=rule.first_day.weekday())
    last = until if rule.last_day is None else min(until, rule.last_day)
    day = monday + timedelta(days=rule.weekday)
    while day <= last:
        if day >= rule.first_day:
            yield day
        day += timedelta(weeks=rule.every_weeks)


def open_on(day: date, opens_at: time, closes_at: time, zone: ZoneInfo) -> list[Interval]:
    """Return exactly the minutes whose wall clock lies in the hours of `day`.

    An hour that does not exist is not open, one that exists twice is open twice (so there can be two intervals). An end
    before the start is the next day; equal is closed.
    """
    if opens_at == closes_at:
        return []
    first = datetime.combine(day, opens_at)
    last = datetime.combine(day if closes_at > opens_at else day + timedelta(days=1), closes_at)
    before, after = (
        (first - _WIDEST_CHANGE).replace(tzinfo=zone),
        (last + _WIDEST_CHANGE).replace(tzinfo=zone),
    )
    if before.utcoffset() == after.utcoffset():
        return [Interval(minute_of(first.replace(tzinfo=zone)), minute_of(last.replace(tzinfo=zone)))]
    return _minute_by_minute(minute_of(before), minute_of(after), first, last, zone)


def _minute_by_minute(start: int, end: int, first: datetime, last: datetime, zone: ZoneInfo) -> list[Interval]:
    # Twice a year the definition itself is the shortest program that is right.
    walls = ((minute, instant_of(minute).astimezone(zone).replace(tzinfo=None)) for minute in range(start, end))
    return merge(Interval(minute, minute + 1) for minute, wall in walls if first <= wall < last)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
