"""A form sent back with an error keeps its slot a little longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.domain.intervals import minute_of
from booking.domain.refusals import HoldExpired
from booking.models import Appointment, Engagement
from booking.steps import holds
from foundation.actors import Actor


def renew_hold(db: Session, _actor: Actor, *, now: datetime, token: str) -> datetime:
    """Return until when the hold lasts now: ten minutes more, thirty in all; raise HoldExpired when it is over.

    Once it has lapsed it is not renewed: what it kept may be somebody else's in part, the room and not the agent.
    """
    hold = holds.locked(db, token)
    if hold.expires_at <= now or db.get(Appointment, hold.id) is not None:
        raise HoldExpired
    until = min(holds.expiry(now), holds.expiry(hold.created_at, holds.LASTS_IN_ALL))
    db.execute(update(Engagement).where(Engagement.hold_id == hold.id).values(expires_minute=minute_of(until)))
    hold.expires_at = until
    return until
