"""What was kept for somebody and is long over is forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.models import Hold
from foundation.actors import Actor

KEPT = timedelta(days=1)


def forget_old_holds(db: Session, _actor: Actor, *, now: datetime) -> int:
    """Delete the holds that ended more than a day ago, and return how many; until then a repeated form is answered.

    Confirming ends a hold, so its day begins then. What a lapsed hold still engages goes with it.
    """
    return len(db.scalars(delete(Hold).where(Hold.expires_at <= now - KEPT).returning(Hold.id)).all())
