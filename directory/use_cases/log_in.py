"""Logging in: password, then the code of the telephone. A «no» is a fact that is counted, so it is returned."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.domain.passwords import NOBODY, is_password
from directory.domain.second_factor import matching_step
from directory.models import Agent, StaffSession
from directory.queries.sessions import LONGEST, hash_of, is_live, totp_owner
from foundation import audit, throttle
from foundation.actors import Actor, ActorKind
from foundation.keys import MasterKeys

MOST_FAILURES = 5
WINDOW = timedelta(minutes=15)
DELAY = timedelta(seconds=30)
HALF_OPEN = timedelta(minutes=10)


@dataclass(frozen=True)
class LogInVerdict:
    """What came of it; `token` is for the cookie, and never stored."""

    accepted: bool
    too_many: bool = False
    token: str | None = None


def check_password(
    db: Session, *, now: datetime, email: str, password: str, browser: str, keys: MasterKeys
) -> LogInVerdict:
    """Open a half-open session when the password is right; say nothing about which of the two was wrong.

    Runs over every organisation, because an address logs in wherever its agent works.
    """
    address = email.strip().lower()
    counter = throttle.locked(db, keys.fingerprint("log-in of an address", address), now=now)
    if throttle.is_closed(counter, now=now):
        return LogInVerdict(accepted=False, too_many=True)
    agent = db.scalar(select(Agent).where(Agent.email == address, Agent.retired_at.is_(None)))
    right = is_password(agent.password_hash if agent else NOBODY, password)
    if agent is None or not right:
        throttle.count(counter, most=MOST_FAILURES, window=WINDOW, delay=DELAY, now=now)
        return LogInVerdict(accepted=False)
    token = secrets.token_urlsafe(32)
    session = StaffSession(
        organisation_id=agent.organisation_id,
        agent_id=agent.id,
        token_hash=hash_of(token),
        created_at=now,
        last_seen_at=now,
        expires_at=now + HALF_OPEN,
        browser=browser[:120],
    )
    db.add(session)
    db.flush()
    actor = Actor(ActorKind.AGENT, agent.organisation_id, agent.id, session.id)
    audit.record(db, actor, action="password-accepted", subject=("staff_session", session.id), now=now)
    return LogInVerdict(accepted=True, token=token)


def check_second_factor(db: Session, actor: Actor, *, now: datetime, code: str, keys: MasterKeys) -> LogInVerdict:
    """Open the session for good when the code is right and was never used; a new cookie replaces the half-open one."""
    agent = db.scalars(select(Agent).where(Agent.id == actor.identifier).with_for_update()).one()
    session = db.scalars(select(StaffSession).where(StaffSession.id == actor.through).with_for_update()).one()
    counter = throttle.locked(db, keys.fingerprint("second factor", str(agent.id)), now=now)
    if throttle.is_closed(counter, now=now):
        return LogInVerdict(accepted=False, too_many=True)
    secret = keys.decrypt(agent.totp_secret, belongs_to=totp_owner(agent.id)).decode()
    step = matching_step(secret, code, last_step=agent.totp_last_step, now=now)
    if step is None or not is_live(session, now=now):
        throttle.count(counter, most=MOST_FAILURES, window=WINDOW, delay=DELAY, now=now)
        return LogInVerdict(accepted=False)
    throttle.forgive(counter)
    throttle.forgive(throttle.locked(db, keys.fingerprint("log-in of an address", agent.email), now=now))
    token = secrets.token_urlsafe(32)
    agent.totp_last_step = step
    session.token_hash = hash_of(token)
    session.second_factor_at = session.last_seen_at = now
    session.expires_at = now + LONGEST
    audit.record(db, actor, action="logged-in", subject=("staff_session", session.id), now=now)
    return LogInVerdict(accepted=True, token=token)
