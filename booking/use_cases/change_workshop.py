"""One workshop changes: its time, its venue, its agent, what it takes beside, its title, its seats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.domain.refusals import AlreadyCancelled, WorkshopBegun
from booking.domain.settings import refuse_unfit_workshop
from booking.models import Workshop
from booking.queries import types, workshops
from booking.steps import seats
from booking.steps import workshops as steps
from booking.steps.engagements import engage_workshop, lock_resources
from directory.domain.permissions import Permission, require
from directory.queries import venues
from foundation import audit
from foundation.actors import Actor


def change_workshop(
    db: Session, actor: Actor, *, now: datetime, workshop_id: int, changes: Mapping[str, Any]
) -> Workshop:
    """Change a workshop that is to come; it stays as long as it is, and whoever must come at another time is told.

    In a series it is an exception from now on. Raises SlotTaken, CapacityBelowTaken, WorkshopBegun, AlreadyCancelled,
    UnfitValues, WorkshopNotFound, VenueNotFound and ResourceNotFound, and then nothing has changed.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    before = workshops.by_id(db, workshop_id)
    taking = workshops.resources_of(db, [workshop_id])[workshop_id]
    wanted = {changes.get("agent_resource_id", before.agent_resource_id), *changes.get("resource_ids", ())}
    lock_resources(db, sorted(taking | wanted))
    workshop = steps.locked_by_id(db, workshop_id)
    _refuse_over(workshop, now=now)
    people = steps.seated(db, [workshop.id])
    beside = workshops.resources_of(db, [workshop.id])[workshop.id] - {workshop.agent_resource_id}
    values = {"resource_ids": sorted(beside), **changes}
    changed = sorted(name for name, value in values.items() if _of(workshop, beside, name) != _comparable(value))
    if not changed:
        return workshop
    _fill(db, workshop, values, now=now)
    seats.fit(seats.taken_of(db, [workshop.id], now=now)[workshop.id], workshop.capacity)
    pause = types.by_id(db, workshop.type_id).pause_minutes
    engage_workshop(db, actor, workshop, values["resource_ids"], pause=pause, now=now)
    steps.have_follow(db, actor, [workshop], people, now=now)
    subject = ("workshop", workshop.id)
    audit.record(db, actor, action="workshop-changed", subject=subject, now=now, changed=" ".join(changed))
    return workshop


def _refuse_over(workshop: Workshop, *, now: datetime) -> None:
    if workshop.cancelled_at is not None:
        raise AlreadyCancelled
    if workshop.starts_at <= now:
        raise WorkshopBegun


def _of(workshop: Workshop, beside: set[int], name: str) -> Any:
    return beside if name == "resource_ids" else getattr(workshop, name)


def _comparable(value: Any) -> Any:
    return set(value) if isinstance(value, list | tuple) else value


def _fill(db: Session, workshop: Workshop, values: Mapping[str, Any], *, now: datetime) -> None:
    lasts = workshop.ends_at - workshop.starts_at
    for name, value in values.items():
        if name != "resource_ids":
            setattr(workshop, name, value)
    workshop.ends_at = workshop.starts_at + lasts
    workshop.is_exception = workshop.series_id is not None
    refuse_unfit_workshop(workshop.starts_at, workshop.capacity, now=now)
    steps.refuse_unfit_resources(
        db,
        venue_id=venues.by_id(db, workshop.venue_id).id,
        agent_resource_id=workshop.agent_resource_id,
        resource_ids=values["resource_ids"],
    )
