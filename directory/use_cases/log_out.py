"""Ending a log-in: one's own, or another of one's own that was left open somewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.refusals import StaffSessionNotFound
from directory.models import StaffSession
from foundation import audit
from foundation.actors import Actor


def log_out(db: Session, actor: Actor, *, now: datetime, session_id: int) -> None:
    """Revoke a session of this agent; raise StaffSessionNotFound for anybody else's."""
    session = db.get(StaffSession, session_id)
    if session is None or session.agent_id != actor.identifier:
        raise StaffSessionNotFound
    if session.revoked_at is None:
        session.revoked_at = now
        audit.record(db, actor, action="logged-out", subject=("staff_session", session.id), now=now)
