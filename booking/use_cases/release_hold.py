"""Choosing another time gives the held one back at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.models import Hold
from booking.steps import engagements, holds, seats
from foundation.actors import Actor


def release_hold(db: Session, _actor: Actor, *, now: datetime, token: str) -> Hold:
    """Free what the hold keeps and return it; a second time changes nothing."""
    hold = holds.locked(db, token)
    engagements.free(db, hold_id=hold.id)
    seats.free(db, hold_id=hold.id)
    holds.end(hold, now=now)
    return hold
