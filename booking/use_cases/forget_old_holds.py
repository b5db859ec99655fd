"""What was kept for somebody and is long over is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from booking.models import Hold, WaitingEntry
from booking.queries.waiting import LIVE
from foundation.actors import Actor

KEPT = timedelta(days=1)


def forget_old_holds(db: Session, _actor: Actor, *, now: datetime) -> int:
    """Delete the holds that ended more than a day ago, and return how many; until then a repeated form is answered.

    Confirming ends a hold, so its day begins then. What a lapsed hold still engages goes with it. Whoever still waits
    is not offered the same twice, so what they were offered is remembered.
    """
    waiting = select(WaitingEntry.id).where(WaitingEntry.status.in_(LIVE))
    is_forgotten = or_(Hold.waiting_entry_id.is_(None), Hold.waiting_entry_id.not_in(waiting))
    old = delete(Hold).where(Hold.expires_at <= now - KEPT, is_forgotten)
    options = {"synchronize_session": False}
    return len(db.scalars(old.returning(Hold.id), execution_options=options).all())
