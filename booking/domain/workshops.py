"""The dates of a series of workshops: when they start, whose time they want, and why some are not as the rule says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from booking.domain.intervals import Interval


class Why(StrEnum):
    """Why a date is not planned, or is not as its rule says."""

    HOLIDAY = "holiday"
    TAKEN = "taken"
    AWAY = "away"
    NO_SUCH_HOUR = "no-such-hour"
    PAST = "past"
    PEOPLE = "people"
    SEATS = "seats"
    BY_HAND = "by-hand"


@dataclass
class Dates:
    """What became of the dates of a series, by the days on which the rule puts them."""

    planned: list[date] = field(default_factory=list)
    changed: list[date] = field(default_factory=list)
    cancelled: list[date] = field(default_factory=list)
    skipped: list[tuple[date, Why]] = field(default_factory=list)
    kept: list[tuple[date, Why]] = field(default_factory=list)


@dataclass(frozen=True)
class Wanted:
    """The time that a date asks for: of whom, from when until when, and the pause that follows."""

    resource_ids: frozenset[int]
    span: Interval
    pause: int

    @property
    def whole(self) -> Interval:
        """Return the time that it takes, with its pause."""
        return Interval(self.span.start, self.span.end + self.pause)


class Timetable:
    """Who is taken when, and by what; who is away. It follows what is decided, date after date."""

    def __init__(self, taken: Iterable[tuple[int, Interval, int | None]], away: Iterable[tuple[int, Interval]]) -> None:
        """Take `(resource, interval, workshop or None)` of what is engaged, and `(resource, interval)` of absences."""
        self._taken: dict[int, list[tuple[Interval, int | None]]] = defaultdict(list)
        self._away: dict[int, list[Interval]] = defaultdict(list)
        for resource_id, interval, workshop_id in taken:
            self._taken[resource_id].append((interval, workshop_id))
        for resource_id, interval in away:
            self._away[resource_id].append(interval)

    def hindrance(self, wanted: Wanted, *, own: int | None = None) -> Why | None:
        """Return what is in the way, if anything is; what the workshop `own` takes is not in its own way."""
        for resource_id in wanted.resource_ids:
            if any(one.overlaps(wanted.whole) and by != own for one, by in self._taken[resource_id]):
                return Why.TAKEN
        away = (one for resource_id in wanted.resource_ids for one in self._away[resource_id])
        return Why.AWAY if any(one.overlaps(wanted.span) for one in away) else None

    def take(self, workshop_id: int, wanted: Wanted) -> None:
        """Remember that a workshop takes this, and nothing else any more."""
        self.release({workshop_id})
        for resource_id in wanted.resource_ids:
            self._taken[resource_id].append((wanted.whole, workshop_id))

    def release(self, workshop_ids: Collection[int]) -> None:
        """Forget what these workshops take."""
        for resource_id, rows in self._taken.items():
            self._taken[resource_id] = [(one, by) for one, by in rows if by not in workshop_ids]


def start_on(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    """Return the instant of an hour on the wall of a day: the first where it comes twice, None where it never does."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == wall else None
