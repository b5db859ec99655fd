"""Somebody leaves the staff: they log in nowhere, their time is not offered, their devices fall silent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, Role, require
from directory.domain.refusals import LastManager
from directory.models import Agent, StaffSession
from directory.queries import agents, resources
from foundation import audit
from foundation.actors import Actor


def retire_agent(db: Session, actor: Actor, *, now: datetime, agent_id: int) -> Agent:
    """Retire the agent and their time, and end their log-ins; doing it again changes nothing.

    Raises AgentNotFound, and LastManager so that somebody can still set the organisation up.
    """
    require(actor, Permission.ADMINISTER)
    # Locked before anything is read, so that two managers do not retire each other at the same moment.
    managers = db.scalars(agents.select_managers().order_by(Agent.id).with_for_update()).all()
    agent = agents.by_id(db, agent_id)
    if agent.retired_at is not None:
        return agent
    if agent.role is Role.MANAGER and [one.id for one in managers] == [agent.id]:
        raise LastManager
    resources.locked_by_id(db, agent.resource_id).retired_at = now
    agent.retired_at = now
    live = update(StaffSession).where(StaffSession.agent_id == agent.id, StaffSession.revoked_at.is_(None))
    db.execute(live.values(revoked_at=now))
    audit.record(db, actor, action="agent-retired", subject=("agent", agent.id), now=now)
    return agent
