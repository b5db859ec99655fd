"""The steps of rooms' codes that were used are forgotten once no code of theirs can be shown any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from attendance.models import RoomCodeUse
from foundation.actors import Actor

KEPT = timedelta(days=1)
"""Far longer than any step is accepted: a word for two minutes, an intent for five."""


def forget_room_codes(db: Session, _actor: Actor, *, now: datetime) -> int:
    """Delete the uses of a day ago, and return how many; what they signed has its own row."""
    old = delete(RoomCodeUse).where(RoomCodeUse.used_at <= now - KEPT)
    options = {"synchronize_session": False}
    return len(db.scalars(old.returning(RoomCodeUse.id), execution_options=options).all())
