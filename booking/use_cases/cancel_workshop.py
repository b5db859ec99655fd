"""A workshop does not take place: everybody who has a seat is told, and the time is free at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.refusals import AlreadyCancelled, WorkshopBegun
from booking.models import Workshop
from booking.steps import workshops
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def cancel_workshop(db: Session, actor: Actor, *, now: datetime, workshop_id: int, reason: str = "") -> Workshop:
    """Cancel a workshop that is to come; its row stays, so that a series does not plan it again.

    Raises AlreadyCancelled the second time, WorkshopBegun and WorkshopNotFound.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    workshop = workshops.locked_by_id(db, workshop_id)
    if workshop.cancelled_at is not None:
        raise AlreadyCancelled
    if workshop.starts_at <= now:
        raise WorkshopBegun
    workshop.is_exception = workshop.series_id is not None
    people = workshops.seated(db, [workshop.id])
    workshops.call_off(db, actor, workshop, people, reason=reason, now=now)
    audit.record(db, actor, action="workshop-cancelled", subject=("workshop", workshop.id), now=now)
    return workshop
