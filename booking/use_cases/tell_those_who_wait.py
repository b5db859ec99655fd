"""Time is free: each list that somebody waits on is looked through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.events import LookedFor
from booking.queries import waiting
from directory.domain.permissions import Permission, require
from foundation.actors import Actor
from foundation.outbox import announce


def tell_those_who_wait(
    db: Session, actor: Actor, *, now: datetime, start_minute: int | None = None, end_minute: int | None = None
) -> None:
    """Announce a look for each type that somebody waits for, each in a transaction of its own."""
    require(actor, Permission.SEE_DAY)
    for type_id, workshop_id in waiting.waited_for(db):
        if workshop_id is None:
            asked = LookedFor(type_id, start_minute=start_minute, end_minute=end_minute)
            announce(db, actor, asked, now=now)


def tell_those_who_wait_for_workshop(db: Session, actor: Actor, *, now: datetime, workshop_id: int) -> None:
    """Announce a look for those who wait for a seat of a workshop, when somebody does."""
    require(actor, Permission.SEE_DAY)
    for type_id, waited_id in waiting.waited_for(db):
        if waited_id == workshop_id:
            announce(db, actor, LookedFor(type_id, workshop_id), now=now)
