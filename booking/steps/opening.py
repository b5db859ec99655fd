"""A rule of opening is written down: by staff, or line by line from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence
from booking.domain.refusals import UnfitValues
from booking.domain.settings import refuse_unfit_hours
from booking.models import OpeningHours, opening_hours_type
from booking.queries import types
from booking.steps.engagements import lock_resources
from booking.steps.occurrences import last_written, write_openings, zone_of
from directory.models import Resource, ResourceKind
from directory.queries import resources
from foundation import audit
from foundation.actors import Actor


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
    zone = zone_of(db, actor, venue_id)
    refuse_unfit_hours(recurrence, hours, type_ids, today=now.astimezone(zone).date())
    refuse_unfit_resource(resources.at_work_by_id(db, resource_id), venue_id)
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


def refuse_unfit_resource(resource: Resource, venue_id: int | None) -> None:
    """Return when the resource can be at this venue: a room or a vehicle is at its own. Raises UnfitValues."""
    if resource.kind is not ResourceKind.AGENT and venue_id not in {None, resource.venue_id}:
        raise UnfitValues({"venue_id": "booking.unfit.room_elsewhere"})


def serve(db: Session, rule: OpeningHours, type_ids: Sequence[int]) -> None:
    """Have a rule serve these types; raise TypeNotFound, and UnfitValues for a workshop, which has dates instead."""
    rows = [{"opening_hours_id": rule.id, "appointment_type_id": _with_slots(db, type_id)} for type_id in type_ids]
    db.execute(insert(opening_hours_type), rows)


def _with_slots(db: Session, type_id: int) -> int:
    kind = types.offered_by_id(db, type_id)
    if kind.is_workshop:
        raise UnfitValues({"type_ids": "booking.unfit.workshop_has_no_hours"})
    return kind.id
