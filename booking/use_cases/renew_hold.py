"""A form sent back with an error keeps its slot a little longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.domain.intervals import minute_of
from booking.domain.refusals import HoldExpired
from booking.models import Appointment, Engagement, Seat
from booking.steps import holds
from foundation.actors import Actor


def renew_hold(db: Session, _actor: Actor, *, now: datetime, token: str) -> datetime:
    """Return until when the hold lasts now: ten minutes more, thirty in all; raise HoldExpired when it is lost."""
    hold = holds.locked(db, token)
    until = min(holds.expiry(now), holds.expiry(hold.created_at, holds.LASTS_IN_ALL))
    if until <= now or db.get(Appointment, hold.id) is not None:
        raise HoldExpired
    mine = update(Engagement).where(Engagement.hold_id == hold.id).values(expires_minute=minute_of(until))
    kept = db.scalars(mine.returning(Engagement.id)).all()
    if not kept and db.scalar(select(Seat.id).where(Seat.hold_id == hold.id)) is None:
        raise HoldExpired
    hold.expires_at = until
    return until
