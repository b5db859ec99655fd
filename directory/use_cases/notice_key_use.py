"""Keeping when a key was last used, at most once a minute so that looking does not write."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from directory.models import ApiKey
from foundation.actors import Actor

EVERY = timedelta(minutes=1)


def notice_key_use(db: Session, actor: Actor, *, now: datetime) -> None:
    """Move `last_used_at` forward."""
    is_old = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= now - EVERY)
    db.execute(update(ApiKey).where(ApiKey.id == actor.through, is_old).values(last_used_at=now))
