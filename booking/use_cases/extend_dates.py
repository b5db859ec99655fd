"""Each night the dates of every rule are written a day further, so that there is always a year of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.occurrences import Repeats
from booking.models import OpeningHours, TimeOff
from booking.steps.engagements import lock_resources
from booking.steps.occurrences import last_written, write_absences, write_openings
from directory.queries import organisations, venues
from foundation.actors import Actor

Rule = TypeVar("Rule", OpeningHours, TimeOff)


def extend_dates(db: Session, actor: Actor, *, now: datetime) -> int:
    """Write the dates that are missing up to 52 weeks from now, and return how many rules had some to be written.

    A second time finds nothing to do: each rule remembers how far it is written.
    """
    zones = _zones(db, actor)
    openings = _behind(db, OpeningHours, zones, now)
    absences = _behind(db, TimeOff, zones, now)
    lock_resources(db, sorted({one.resource_id for one in openings} | {one.resource_id for one in absences}))
    for rule in openings:
        db.refresh(rule)
        zone = zones[rule.venue_id]
        write_openings(db, rule, zone, since=rule.written_until + timedelta(days=1), until=last_written(now, zone))
    for absence in absences:
        db.refresh(absence)
        zone = zones[absence.venue_id]
        since = absence.written_until + timedelta(days=1)
        write_absences(db, absence, zone, since=since, until=last_written(now, zone))
    return len(openings) + len(absences)


def _zones(db: Session, actor: Actor) -> Mapping[int | None, ZoneInfo]:
    own = ZoneInfo(organisations.by_id(db, actor.organisation_id).time_zone)
    return {None: own, **{venue.id: ZoneInfo(venue.time_zone) for venue in venues.every(db)}}


def _behind(db: Session, kind: type[Rule], zones: Mapping[int | None, ZoneInfo], now: datetime) -> list[Rule]:
    farthest = max(last_written(now, zone) for zone in zones.values())
    unended = kind.last_day.is_(None) | (kind.last_day > kind.written_until)
    rows = db.scalars(
        select(kind).where(kind.written_until < farthest, unended, kind.repeats != Repeats.ONCE).order_by(kind.id)
    )
    return [rule for rule in rows if rule.written_until < last_written(now, zones[rule.venue_id])]
