"""Who works here?"""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory.domain.permissions import Role
from directory.domain.refusals import AgentNotFound
from directory.models import Agent


def select_every() -> Select[Agent]:
    """Ask for everybody who works or has worked here."""
    return select(Agent)


def select_managers() -> Select[Agent]:
    """Ask for the managers who work here at present."""
    return select(Agent).where(Agent.role == Role.MANAGER, Agent.retired_at.is_(None))


def by_id(db: Session, agent_id: int) -> Agent:
    """Return one agent, at work or not; raise AgentNotFound."""
    found = db.get(Agent, agent_id)
    if found is None:
        raise AgentNotFound
    return found


def at_work_by_id(db: Session, agent_id: int) -> Agent:
    """Return one agent who works here at present; raise AgentNotFound."""
    found = by_id(db, agent_id)
    if found.retired_at is not None:
        raise AgentNotFound
    return found
