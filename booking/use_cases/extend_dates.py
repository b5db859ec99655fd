"""Each night the dates of every rule are written a day further, so that there is always a year of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.domain.occurrences import Repeats
from booking.models import OpeningHours, OpeningOccurrence, TimeOff, TimeOffOccurrence
from booking.steps.engagements import lock_resources
from booking.steps.occurrences import absence_rows, last_written, opening_rows
from directory.queries import organisations, venues
from foundation.actors import Actor

Rule = TypeVar("Rule", OpeningHours, TimeOff)


def extend_dates(db: Session, actor: Actor, *, now: datetime) -> int:
    """Write the dates that are missing up to 52 weeks from now, and return how many rules were behind.

    A second time finds nothing to do: each rule remembers how far it is written. The number of statements does not grow
    with that of the rules.
    """
    night = _night(db, actor, now)
    behind: list[OpeningHours | TimeOff] = [*night.behind(db, OpeningHours), *night.behind(db, TimeOff)]
    lock_resources(db, sorted({rule.resource_id for rule in behind}))
    # Read again now that nobody edits them: what an edit has written meanwhile is not missing any more.
    openings, absences = night.behind(db, OpeningHours), night.behind(db, TimeOff)
    opened = [row for rule in openings for row in opening_rows(rule, **night.missing(rule))]
    away = [row for rule in absences for row in absence_rows(rule, **night.missing(rule))]
    if opened:
        db.execute(insert(OpeningOccurrence), opened)
    if away:
        db.execute(insert(TimeOffOccurrence), away)
    written: list[OpeningHours | TimeOff] = [*openings, *absences]
    for rule in written:
        rule.written_until = night.until(rule)
    return len(written)


@dataclass(frozen=True)
class _Night:
    now: datetime
    zones: Mapping[int | None, ZoneInfo]

    def until(self, rule: OpeningHours | TimeOff) -> date:
        return last_written(self.now, self.zones[rule.venue_id])

    def missing(self, rule: OpeningHours | TimeOff) -> dict[str, Any]:
        since = rule.written_until + timedelta(days=1)
        return {"zone": self.zones[rule.venue_id], "since": since, "until": self.until(rule)}

    def behind(self, db: Session, kind: type[Rule]) -> list[Rule]:
        farthest = max(last_written(self.now, zone) for zone in self.zones.values())
        query = select(kind).where(
            kind.written_until < farthest,
            kind.last_day.is_(None) | (kind.last_day > kind.written_until),
            kind.repeats != Repeats.ONCE,
        )
        rows = db.scalars(query.order_by(kind.id).execution_options(populate_existing=True))
        return [rule for rule in rows if rule.written_until < self.until(rule)]


def _night(db: Session, actor: Actor, now: datetime) -> _Night:
    own = ZoneInfo(organisations.by_id(db, actor.organisation_id).time_zone)
    return _Night(now, {None: own, **{venue.id: ZoneInfo(venue.time_zone) for venue in venues.every(db)}})
