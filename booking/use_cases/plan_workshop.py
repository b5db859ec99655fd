"""A workshop is put in the diary: a date, an agent, a number of seats."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.domain.refusals import TypeNotFound
from booking.domain.settings import refuse_unfit_workshop
from booking.models import Workshop
from booking.queries import types
from booking.steps.engagements import engage_workshop
from directory.domain.permissions import Permission, require
from directory.queries import resources, venues
from foundation import audit
from foundation.actors import Actor


def plan_workshop(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    type_id: int,
    venue_id: int,
    agent_resource_id: int,
    title: str,
    starts_at: datetime,
    capacity: int,
) -> Workshop:
    """Plan a workshop as long as its type says; raise SlotTaken when the agent is engaged then.

    Raises also UnfitValues, TypeNotFound, VenueNotFound, and ResourceNotFound for what is no agent's time.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    refuse_unfit_workshop(starts_at, capacity, now=now)
    kind = types.offered_by_id(db, type_id)
    if not kind.is_workshop:
        raise TypeNotFound
    workshop = Workshop(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        venue_id=venues.by_id(db, venue_id).id,
        agent_resource_id=resources.agent_at_work_by_id(db, agent_resource_id).id,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=kind.duration_minutes),
        capacity=capacity,
    )
    db.add(workshop)
    db.flush()
    engage_workshop(db, actor, workshop, pause=kind.pause_minutes, now=now)
    audit.record(db, actor, action="workshop-planned", subject=("workshop", workshop.id), now=now)
    return workshop
