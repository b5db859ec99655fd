"""Who is logged in?"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Agent, StaffSession

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)


def totp_owner(agent_id: int) -> str:
    """Return to whom an encrypted TOTP secret is bound."""
    return f"totp {agent_id}"


def hash_of(token: str) -> str:
    """Return what is stored of a cookie: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_live(session: StaffSession, *, now: datetime) -> bool:
    """Say whether a log-in still counts: not ended, not too old, not idle for half an hour."""
    return session.revoked_at is None and now < session.expires_at and now < session.last_seen_at + IDLE


def by_token(db: Session, token: str, *, now: datetime) -> tuple[StaffSession, Agent] | None:
    """Return the live log-in of a cookie and its agent."""
    query = (
        select(StaffSession, Agent)
        .join(Agent, Agent.id == StaffSession.agent_id)
        .where(StaffSession.token_hash == hash_of(token), Agent.retired_at.is_(None))
    )
    found = db.execute(query).one_or_none()
    if found is None or not is_live(found[0], now=now):
        return None
    return found[0], found[1]


def of_agent(db: Session, agent_id: int, *, now: datetime) -> list[StaffSession]:
    """Return the live log-ins of an agent, the last used first."""
    query = select(StaffSession).where(StaffSession.agent_id == agent_id, StaffSession.revoked_at.is_(None))
    rows = db.scalars(query.order_by(StaffSession.last_seen_at.desc()))
    return [row for row in rows if is_live(row, now=now)]
