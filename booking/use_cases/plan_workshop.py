"""A workshop is put in the diary: a date, an agent, a number of seats, and a room or a second agent if it needs one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.domain.refusals import TypeNotFound
from booking.domain.settings import refuse_unfit_workshop
from booking.models import Workshop
from booking.queries import types
from booking.steps.engagements import engage_workshop
from booking.steps.workshops import refuse_unfit_resources
from directory.domain.permissions import Permission, require
from directory.queries import venues
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
    resource_ids: Sequence[int] = (),
) -> Workshop:
    """Plan a workshop as long as its type says; raise SlotTaken when somebody or something is engaged then.

    `resource_ids` are taken beside the agent's time: rooms and vehicles of the venue, other agents. Raises also
    UnfitValues, TypeNotFound, VenueNotFound and ResourceNotFound.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    refuse_unfit_workshop(starts_at, capacity, now=now)
    kind = types.offered_by_id(db, type_id)
    if not kind.is_workshop:
        raise TypeNotFound
    venue = venues.by_id(db, venue_id)
    refuse_unfit_resources(db, venue_id=venue.id, agent_resource_id=agent_resource_id, resource_ids=resource_ids)
    workshop = Workshop(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        venue_id=venue.id,
        agent_resource_id=agent_resource_id,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=kind.duration_minutes),
        capacity=capacity,
    )
    db.add(workshop)
    db.flush()
    engage_workshop(db, actor, workshop, resource_ids, pause=kind.pause_minutes, now=now)
    audit.record(db, actor, action="workshop-planned", subject=("workshop", workshop.id), now=now)
    return workshop
