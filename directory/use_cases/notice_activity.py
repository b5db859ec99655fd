"""Keeping a used session alive, at most once a minute so that looking does not write."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.models import StaffSession
from foundation.actors import Actor

EVERY = timedelta(minutes=1)


def notice_activity(db: Session, actor: Actor, *, now: datetime) -> None:
    """Move `last_seen_at` forward."""
    stale = update(StaffSession).where(StaffSession.id == actor.through, StaffSession.last_seen_at <= now - EVERY)
    db.execute(stale.values(last_seen_at=now))
