"""Half-open intervals `[start, end)` of whole minutes since 1970 (UTC): touching is not overlapping."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

MINUTES_A_DAY = 24 * 60


class Interval(NamedTuple):
    """From `start`, included, to `end`, excluded."""

    start: int
    end: int

    def overlaps(self, other: Interval) -> bool:
        """Say whether the two share at least a minute."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Interval) -> bool:
        """Say whether `other` lies inside."""
        return self.start <= other.start and other.end <= self.end


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same minutes in order, what overlaps or touches being joined; empty ones are dropped."""
    joined: list[Interval] = []
    for one in sorted(intervals):
        if one.start >= one.end:
            continue
        if joined and one.start <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return joined


def subtract(base: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """Return the minutes of `base` that are in none of `taken`."""
    holes = merge(taken)
    left: list[Interval] = []
    first = 0
    for whole in merge(base):
        # Both lists are in order: what ended before this one is never looked at again.
        while first < len(holes) and holes[first].end <= whole.start:
            first += 1
        start, at = whole.start, first
        while at < len(holes) and holes[at].start < whole.end:
            if start < holes[at].start:
                left.append(Interval(start, holes[at].start))
            start = max(start, holes[at].end)
            at += 1
        if start < whole.end:
            left.append(Interval(start, whole.end))
    return left


def intersect(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """Return the minutes that are in both."""
    left, right = merge(one), merge(other)
    shared: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        both = Interval(max(left[i].start, right[j].start), min(left[i].end, right[j].end))
        if both.start < both.end:
            shared.append(both)
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return shared


def length(intervals: Iterable[Interval]) -> int:
    """Return how many minutes they cover together."""
    return sum(one.end - one.start for one in merge(intervals))


def minute_of(instant: datetime) -> int:
    """Return the minute that `instant` lies in."""
    return int(instant.timestamp() // 60)


def minute_from(instant: datetime) -> int:
    """Return the first whole minute at or after `instant`."""
    return int(-(-instant.timestamp() // 60))


def instant_of(minute: int) -> datetime:
    """Return when a minute begins."""
    return datetime.fromtimestamp(minute * 60, UTC)
