"""A rule of opening is written down: by staff, or line by line from a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence
from booking.domain.refusals import TypeNotFound, UnfitValues
from booking.domain.settings import refuse_unfit_hours
from booking.models import AppointmentType, OpeningHours, OpeningOccurrence, opening_hours_type
from booking.steps.engagements import lock_resources
from booking.steps.occurrences import last_written, write_openings, zone_of
from directory.models import Resource, ResourceKind
from directory.queries import resources
from foundation import audit
from foundation.actors import Actor

A_MINUTE = timedelta(minutes=1)


def open_for(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    resource_id: int,
    venue_id: int | None,
    type_ids: Sequence[int],
    recurrence: Recurrence,
    hours: Hours,
    closes_on_holidays: bool,
) -> OpeningHours:
    """Open a resource for some types, and write the rule's dates from its first day to 52 weeks from now.

    Raises UnfitValues when it would open nothing, and ResourceNotFound, VenueNotFound or TypeNotFound.
    """
    venue_id = venue_of(resources.at_work_by_id(db, resource_id), venue_id)
    zone = zone_of(db, actor, venue_id)
    refuse_unfit_hours(recurrence, hours, type_ids, today=now.astimezone(zone).date())
    lock_resources(db, [resource_id])
    rule = OpeningHours(
        organisation_id=actor.organisation_id,
        resource_id=resource_id,
        venue_id=venue_id,
        opens_minute=hours.opens,
        closes_minute=hours.closes,
        closes_on_holidays=closes_on_holidays,
        written_until=recurrence.first_day,
    )
    rule.recurrence = recurrence
    db.add(rule)
    db.flush()
    serve(db, rule, type_ids)
    write_openings(db, rule, zone, since=recurrence.first_day, until=last_written(now, zone))
    audit.record(db, actor, action="hours-opened", subject=("opening-hours", rule.id), now=now)
    return rule


def venue_of(resource: Resource, venue_id: int | None) -> int | None:
    """Return where a resource is open: a room or a vehicle at its own venue alone. Raises UnfitValues."""
    if resource.kind is ResourceKind.AGENT:
        return venue_id
    if venue_id not in {None, resource.venue_id}:
        raise UnfitValues({"venue_id": "booking.unfit.room_elsewhere"})
    return resource.venue_id


def serve(db: Session, rule: OpeningHours, type_ids: Sequence[int], *, served: Collection[int] = ()) -> None:
    """Have a rule serve these types; raise TypeNotFound, and UnfitValues for a workshop, which has dates instead.

    One that was `served` before may be offered no more.
    """
    known = {kind.id: kind for kind in db.scalars(select(AppointmentType).where(AppointmentType.id.in_(type_ids)))}
    for type_id in type_ids:
        kind = known.get(type_id)
        if kind is None or (kind.retired_at is not None and type_id not in served):
            raise TypeNotFound
        if kind.is_workshop:
            raise UnfitValues({"type_ids": "booking.unfit.workshop_has_no_hours"})
    rows = [{"opening_hours_id": rule.id, "appointment_type_id": type_id} for type_id in type_ids]
    db.execute(insert(opening_hours_type), rows)


def carry_to_venue(db: Session, rule: OpeningHours, old: ZoneInfo, new: ZoneInfo, *, now: datetime) -> None:
    """Have the dates to come of a rule take place at its venue, at the same hours on the wall of its zone."""
    mine = OpeningOccurrence.opening_hours_id == rule.id, OpeningOccurrence.starts_at > now
    for row in db.scalars(select(OpeningOccurrence).where(*mine)):
        starts_at, ends_at = (one.astimezone(old).replace(tzinfo=new) for one in (row.starts_at, row.ends_at))
        row.venue_id = rule.venue_id
        row.starts_at, row.ends_at = starts_at.astimezone(UTC), max(ends_at, starts_at + A_MINUTE).astimezone(UTC)
