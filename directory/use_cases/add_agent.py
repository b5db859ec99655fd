"""Somebody joins the staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import ROLES, Permission, Role, require
from directory.domain.refusals import ScopesTooWide
from directory.models import Agent
from directory.queries import venues
from directory.steps.staff import NewAgent, take_on
from foundation import audit
from foundation.actors import Actor, ActorKind
from foundation.keys import MasterKeys


def add_agent(db: Session, actor: Actor, *, now: datetime, agent: NewAgent, role: Role, keys: MasterKeys) -> Agent:
    """Write down the agent and their time as a resource; raise AgentExists, PasswordTooShort, VenueNotFound.

    Whoever adds an agent knows how they log in: raises ScopesTooWide for a role that may do more than the actor.
    """
    require(actor, Permission.ADMINISTER)
    if actor.kind is not ActorKind.SYSTEM and not all(actor.may(permission) for permission in ROLES[role]):
        raise ScopesTooWide
    if agent.venue_id is not None:
        venues.by_id(db, agent.venue_id)
    row = take_on(db, actor, agent=agent, role=role, keys=keys)
    audit.record(db, actor, action="agent-added", subject=("agent", row.id), now=now)
    return row
