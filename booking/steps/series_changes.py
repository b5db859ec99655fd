"""The dates of a series follow their rule; what was set by hand stays, and nobody who has a seat loses it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.workshops import Dates, Timetable, Wanted, Why, start_on
from booking.models import Appointment, Seat, Workshop
from booking.queries import series as queries
from booking.queries import workshops as told
from booking.queries.series import Ruled
from booking.steps import seats, workshops
from booking.steps import series as steps
from foundation.actors import Actor

OF_TIME = frozenset({"starts_minute", "agent_resource_id", "resource_ids"})


@dataclass
class Following:
    """The dates of a series, all locked, while they follow a change of their rule from a day on.

    `changed` names what is different now; everything else stays as it is at each date.
    """

    ruled: Ruled
    changed: Collection[str]
    rows: Sequence[Workshop]
    people: Sequence[Appointment]
    taken: dict[int, list[Seat]]
    resources: dict[int, set[int]]
    timetable: Timetable
    dates: Dates
    now: datetime

    def follow(self, days: Collection[date]) -> tuple[list[Workshop], dict[int, tuple[Workshop, Wanted]], list[int]]:
        """Return the dates that changed, those whose time is written anew, and the ids of those called off."""
        changed: list[Workshop] = []
        moved: dict[int, tuple[Workshop, Wanted]] = {}
        off = [row for row in self.rows if self._is_as_ruled(row) and row.rule_day not in days and self._is_empty(row)]
        self.timetable.release([row.id for row in off])
        self.dates.cancelled += [_day(row) for row in off]
        for row in self.rows:
            if row in off or row.cancelled_at is not None or row.starts_at <= self.now:
                continue
            if row.is_exception or row.rule_day not in days:
                self._keep(row, Why.BY_HAND if row.is_exception else Why.PEOPLE)
                continue
            wanted = self._wanted(row)
            why = self._hindrance(row, wanted)
            if why is None and wanted is not None and self.changed:
                moved |= self._set(row, wanted)
                changed.append(row)
                self.dates.changed.append(_day(row))
            elif why is not None and self._is_empty(row):
                off.append(row)
                self.timetable.release([row.id])
                self.dates.skipped.append((_day(row), why))
            elif why is not None:
                self._keep(row, why)
        for row in off:
            row.cancelled_at = self.now
        return changed, moved, [row.id for row in off]

    def _is_as_ruled(self, row: Workshop) -> bool:
        return row.cancelled_at is None and not row.is_exception and row.starts_at > self.now

    def _is_empty(self, row: Workshop) -> bool:
        return not self.taken.get(row.id)

    def _keep(self, row: Workshop, why: Why) -> None:
        row.is_exception = True
        self.dates.kept.append((_day(row), why))

    def _wanted(self, row: Workshop) -> Wanted | None:
        start, end = minute_of(row.starts_at), minute_of(row.ends_at)
        if "starts_minute" in self.changed:
            starts_at = start_on(_day(row), self.ruled.series.starts_minute, self.ruled.zone)
            if starts_at is None:
                return None
            start, end = minute_of(starts_at), minute_of(starts_at) + end - start
        is_same = not OF_TIME & set(self.changed) - {"starts_minute"}
        resource_ids = frozenset(self.resources[row.id]) if is_same else self.ruled.resource_ids
        return Wanted(resource_ids, Interval(start, end), self.ruled.type.pause_minutes)

    def _hindrance(self, row: Workshop, wanted: Wanted | None) -> Why | None:
        if wanted is None:
            return Why.NO_SUCH_HOUR
        if wanted.span.start <= minute_of(self.now):
            return Why.PAST
        if "capacity" in self.changed and len(self.taken.get(row.id, ())) > self.ruled.series.capacity:
            return Why.SEATS
        return self.timetable.hindrance(wanted, own=row.id) if OF_TIME & set(self.changed) else None

    def _set(self, row: Workshop, wanted: Wanted) -> dict[int, tuple[Workshop, Wanted]]:
        series = self.ruled.series
        for name in {"title", "agent_resource_id"} & set(self.changed):
            setattr(row, name, getattr(series, name))
        if "capacity" in self.changed:
            row.capacity = series.capacity
            seats.fit(self.taken.get(row.id, ()), row.capacity)
        if not OF_TIME & set(self.changed):
            return {}
        row.starts_at, row.ends_at = instant_of(wanted.span.start), instant_of(wanted.span.end)
        self.timetable.take(row.id, wanted)
        return {row.id: (row, wanted)}


def follow_rule(
    db: Session, actor: Actor, ruled: Ruled, changed: Collection[str], *, first: date, until: date, now: datetime
) -> Dates:
    """Have the dates from `first` on follow the rule as it is now, and write those that are missing up to `until`.

    A date off the rule is called off when it is empty. One with people in it, or that cannot follow, stays as it was.
    """
    known = db.scalars(queries.dates_from(ruled.series.id, first)).all()
    ids = [row.id for row in known]
    before = {resource_id for found in told.resources_of(db, ids).values() for resource_id in found}
    timetable = steps.claim_time(db, before | ruled.resource_ids, now=now)
    rows = workshops.locked(db, ids)
    people = workshops.seated(db, ids)
    taken, resources = dict(seats.taken_of(db, ids, now=now)), dict(told.resources_of(db, ids))
    dates = Dates()
    following = Following(ruled, changed, rows, people, taken, resources, timetable, dates, now)
    days = list(ruled.series.recurrence.days(since=first, until=until))
    followed, made, off = following.follow(set(days))
    given_up = {_day(row): row for row in rows if _may_come_back(row, off, now)}
    there = {_day(row) for row in rows} - given_up.keys()
    closed = steps.closed_days(db, [ruled], first=first, last=until)[ruled.series.id]
    missing = [day for day in days if day not in there]
    new = steps.new_dates(actor, ruled, missing, timetable, closed=closed, dates=dates, now=now, given_up=given_up)
    steps.write(db, actor, made | new, freed=off)
    workshops.have_follow(db, actor, followed, people, now=now)
    return dates


def _may_come_back(row: Workshop, off: Collection[int], now: datetime) -> bool:
    return row.cancelled_at is not None and not row.is_exception and row.id not in off and row.starts_at > now


def _day(row: Workshop) -> date:
    if row.rule_day is None:  # pragma: no cover - each date of a series has its day
        raise RuntimeError("a date of a series without its day")
    return row.rule_day
