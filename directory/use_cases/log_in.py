"""Logging in: password, then the code of the telephone. A «no» is a fact that is counted, so it is returned."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.domain.passwords import NOBODY
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
class Attempt:
    """A guess at a password, counted before anybody knows whether it is right."""

    agent_id: int | None = None
    organisation_id: int = 0
    stored: str = field(default=NOBODY, repr=False)
    too_many: bool = False


@dataclass(frozen=True)
class LogInVerdict:
    """What came of it; `token` is for the cookie, and never stored."""

    accepted: bool
    too_many: bool = False
    token: str | None = field(default=None, repr=False)


def count_attempt(db: Session, *, now: datetime, email: str, keys: MasterKeys) -> Attempt:
    """Count the guess and say against which hash it is to be held; nobody's, for an address that is not known.

    The hash is compared outside of any transaction, because that takes a tenth of a second on purpose. So the guess is
    counted first: many at once cannot all be tried. Runs over every organisation: an address logs in wherever its
    agent works.
    """
    address = email.strip().lower()
    counter = throttle.locked(db, _address_name(keys, address), now=now)
    if throttle.is_closed(counter, now=now):
        return Attempt(too_many=True)
    throttle.count(counter, most=MOST_FAILURES, window=WINDOW, delay=DELAY, now=now)
    agent = db.scalar(select(Agent).where(Agent.email == address, Agent.retired_at.is_(None)))
    return Attempt() if agent is None else Attempt(agent.id, agent.organisation_id, agent.password_hash)


def open_half(db: Session, *, now: datetime, attempt: Attempt, browser: str, keys: MasterKeys) -> LogInVerdict:
    """Open a half-open session for an attempt whose password was right, and forgive what was counted."""
    agent = db.scalars(select(Agent).where(Agent.id == attempt.agent_id)).one()
    throttle.forgive(throttle.locked(db, _address_name(keys, agent.email), now=now))
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
    token = secrets.token_urlsafe(32)
    agent.totp_last_step = step
    session.token_hash = hash_of(token)
    session.second_factor_at = session.last_seen_at = now
    session.expires_at = now + LONGEST
    audit.record(db, actor, action="logged-in", subject=("staff_session", session.id), now=now)
    return LogInVerdict(accepted=True, token=token)


def _address_name(keys: MasterKeys, address: str) -> str:
    return keys.fingerprint("log-in of an address", address)
