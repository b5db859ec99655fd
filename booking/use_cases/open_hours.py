"""Opening hours: a weekly rule, and its dates as rows, so that one date can be changed without the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.intervals import instant_of
from booking.domain.occurrences import WeeklyHours, days_of, open_on
from booking.domain.refusals import UnfitValues
from booking.domain.settings import AHEAD, refuse_unfit_hours
from booking.models import OpeningHours, OpeningOccurrence, opening_hours_type
from booking.queries import types
from booking.steps.engagements import lock_resources
from directory.domain.permissions import Permission, require
from directory.models import ResourceKind
from directory.queries import organisations, resources, venues
from foundation import audit
from foundation.actors import Actor


def open_hours(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    resource_id: int,
    venue_id: int | None,
    type_ids: Sequence[int],
    hours: WeeklyHours,
) -> OpeningHours:
    """Open a resource for some types, and write the rule's dates from its first day to 52 weeks from now.

    Raises UnfitValues when it would open nothing, and ResourceNotFound, VenueNotFound or TypeNotFound.
    """
    require(actor, Permission.ADMINISTER)
    zone = _zone(db, actor, venue_id)
    refuse_unfit_hours(hours, type_ids, today=now.astimezone(zone).date())
    resource = resources.at_work_by_id(db, resource_id)
    if resource.kind is ResourceKind.VEHICLE:
        raise UnfitValues({"resource_id": "booking.unfit.serves_nobody"})
    if resource.kind is ResourceKind.ROOM and venue_id not in {None, resource.venue_id}:
        raise UnfitValues({"venue_id": "booking.unfit.room_elsewhere"})
    served = [_with_slots(db, type_id) for type_id in type_ids]
    lock_resources(db, [resource_id])
    rule = OpeningHours(
        organisation_id=actor.organisation_id,
        resource_id=resource_id,
        venue_id=venue_id,
        weekday=hours.weekday,
        every_weeks=hours.every_weeks,
        opens_at=hours.opens_at,
        closes_at=hours.closes_at,
        first_day=hours.first_day,
        last_day=hours.last_day,
    )
    db.add(rule)
    db.flush()
    rows = [{"opening_hours_id": rule.id, "appointment_type_id": type_id} for type_id in served]
    db.execute(insert(opening_hours_type), rows)
    db.add_all(_occurrences(rule, hours, zone, until=now + AHEAD))
    audit.record(db, actor, action="hours-opened", subject=("opening-hours", rule.id), now=now)
    return rule


def _with_slots(db: Session, type_id: int) -> int:
    kind = types.offered_by_id(db, type_id)
    if kind.is_workshop:
        raise UnfitValues({"type_ids": "booking.unfit.workshop_has_no_hours"})
    return kind.id


def _zone(db: Session, actor: Actor, venue_id: int | None) -> ZoneInfo:
    if venue_id is None:
        return ZoneInfo(organisations.by_id(db, actor.organisation_id).time_zone)
    return ZoneInfo(venues.by_id(db, venue_id).time_zone)


def _occurrences(rule: OpeningHours, hours: WeeklyHours, zone: ZoneInfo, *, until: datetime) -> list[OpeningOccurrence]:
    return [
        OpeningOccurrence(
            organisation_id=rule.organisation_id,
            opening_hours_id=rule.id,
            resource_id=rule.resource_id,
            venue_id=rule.venue_id,
            local_day=day,
            starts_at=instant_of(span.start),
            ends_at=instant_of(span.end),
        )
        for day in days_of(hours, until=until.astimezone(zone).date())
        for span in open_on(day, hours.opens_at, hours.closes_at, zone)
    ]
