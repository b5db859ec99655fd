"""From a rule on the wall clock to the instants it covers, change-of-hour days included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from zoneinfo import ZoneInfo

from booking.domain.intervals import MINUTES_A_DAY, Interval, instant_of, merge, minute_from, minute_of

_WIDEST_CHANGE = timedelta(hours=3)


class Repeats(StrEnum):
    """How the days of a rule follow each other."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Recurrence:
    """On which days a rule falls, from `first_day` to `last_day`, included.

    Once: the first day alone. Weekly: on `weekdays` (Monday is 0) every `every` weeks, counted from the Monday of the
    first day's week. Monthly: on the day number of the first day every `every` months; a month without it is skipped.
    """

    repeats: Repeats
    first_day: date
    last_day: date | None = None
    every: int = 1
    weekdays: frozenset[int] = frozenset()

    @classmethod
    def weekly(cls, *weekdays: int, since: date, until: date | None = None, every: int = 1) -> Recurrence:
        """Return a rule of every week, or of every few."""
        return cls(Repeats.WEEKLY, since, until, every, frozenset(weekdays))

    def days(self, *, since: date = date.min, until: date) -> Iterator[date]:
        """Return the days from `since` to `until`, both included, in order."""
        last = until if self.last_day is None else min(until, self.last_day)
        start = max(since, self.first_day)
        found = {Repeats.ONCE: self._once, Repeats.WEEKLY: self._weekly, Repeats.MONTHLY: self._monthly}
        return (day for day in takewhile(lambda day: day <= last, found[self.repeats](start, last)) if day >= start)

    def _once(self, _start: date, _last: date) -> Iterator[date]:
        yield self.first_day

    def _weekly(self, start: date, last: date) -> Iterator[date]:
        monday = self.first_day - timedelta(days=self.first_day.weekday())
        monday += timedelta(weeks=(start - monday).days // 7 // self.every * self.every)
        while monday <= last:
            yield from (monday + timedelta(days=weekday) for weekday in sorted(self.weekdays))
            monday += timedelta(weeks=self.every)

    def _monthly(self, start: date, last: date) -> Iterator[date]:
        first = self.first_day.year * 12 + self.first_day.month - 1
        month = first + (start.year * 12 + start.month - 1 - first) // self.every * self.every
        while month <= last.year * 12 + last.month - 1:
            day = _day_of(month, self.first_day.day)
            if day is not None:
                yield day
            month += self.every


def _day_of(month: int, number: int) -> date | None:
    try:
        return date(month // 12, month % 12 + 1, number)
    except ValueError:
        return None


@dataclass(frozen=True)
class Hours:
    """From `opens` to `closes` on the wall clock, in minutes since midnight; 1440 is 24:00.

    An end before the start is the next day; equal is closed.
    """

    opens: int
    closes: int

    @classmethod
    def between(cls, opens_at: time, closes_at: time) -> Hours:
        """Return the hours between two times; midnight at the end is 24:00."""
        closes = closes_at.hour * 60 + closes_at.minute
        return cls(opens_at.hour * 60 + opens_at.minute, closes or MINUTES_A_DAY)

    @property
    def lasts(self) -> int:
        """Return how long that is on a day on which no clock changes."""
        return (self.closes - self.opens) % MINUTES_A_DAY if self.closes < MINUTES_A_DAY else self.closes - self.opens


@dataclass(frozen=True)
class Away:
    """From `starts` of a day until `ends` of the day that is `days` later, in minutes on the wall clock."""

    starts: int
    ends: int
    days: int = 0

    @classmethod
    def between(cls, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Away:
        """Return what two instants are on the wall clock: at least a minute, also while the clocks go back."""
        first, last = (instant_of(minute).astimezone(zone) for minute in (minute_of(starts_at), minute_from(ends_at)))
        first, last = first.replace(tzinfo=None), last.replace(tzinfo=None)
        last = max(last, first + timedelta(minutes=1))
        days = (last.date() - first.date()).days
        return cls(first.hour * 60 + first.minute, last.hour * 60 + last.minute, days)

    def on(self, day: date, zone: ZoneInfo) -> list[Interval]:
        """Return what it covers when it begins on `day`."""
        midnight = datetime.combine(day, time())
        first, last = midnight + timedelta(minutes=self.starts), midnight + timedelta(minutes=self.ends)
        return covered(first, last + timedelta(days=self.days), zone)


def open_on(day: date, hours: Hours, zone: ZoneInfo) -> list[Interval]:
    """Return exactly the minutes whose wall clock lies in the hours of `day`.

    An hour that does not exist is not open, one that exists twice is open twice (so there can be two intervals).
    """
    first = datetime.combine(day, time()) + timedelta(minutes=hours.opens)
    return covered(first, first + timedelta(minutes=hours.lasts), zone)


def covered(first: datetime, last: datetime, zone: ZoneInfo) -> list[Interval]:
    """Return exactly the minutes whose wall clock lies in `[first, last)`, both without a zone."""
    if first >= last:
        return []
    before = (first - _WIDEST_CHANGE).replace(tzinfo=zone)
    after = (last + _WIDEST_CHANGE).replace(tzinfo=zone)
    if last - first > timedelta(days=2):
        # Only its two ends can be anything but whole: a clock that changes in between is covered before and after.
        early, late = first + timedelta(days=1), last - timedelta(days=1)
        inside = Interval(
            min(minute_of(early.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)),
            max(minute_of(late.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)),
        )
        return merge([*covered(first, early, zone), inside, *covered(late, last, zone)])
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


def whole_day(day: date, zone: ZoneInfo) -> Interval:
    """Return the minutes of a local day: of 23 or 25 hours when the clocks change."""
    return Interval(minute_of(start_of_day(day, zone)), minute_of(start_of_day(day + timedelta(days=1), zone)))
