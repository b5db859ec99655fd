"""Writing down somebody of the staff: their time is a resource, their log-in has two factors from the first day."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from directory.domain.contacts import parse_email
from directory.domain.passwords import hash_password
from directory.domain.permissions import Role
from directory.models import Agent, Resource, ResourceKind
from directory.queries.sessions import totp_owner
from foundation.actors import Actor
from foundation.ids import new_id
from foundation.keys import MasterKeys


@dataclass(frozen=True)
class NewAgent:
    """What is known on the first day; `totp_secret` is in base32, shared with their telephone."""

    name: str
    email: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    venue_id: int | None = None


def take_on(db: Session, actor: Actor, *, agent: NewAgent, role: Role, keys: MasterKeys) -> Agent:
    """Write down the agent and their resource; a mail address that is taken violates `uq_agent_email`."""
    resource = Resource(
        organisation_id=actor.organisation_id,
        kind=ResourceKind.AGENT,
        name=agent.name,
        venue_id=agent.venue_id,
    )
    db.add(resource)
    db.flush()
    identifier = new_id()
    row = Agent(
        id=identifier,
        organisation_id=actor.organisation_id,
        resource_id=resource.id,
        name=agent.name,
        email=parse_email(agent.email),
        role=role,
        password_hash=hash_password(agent.password),
        totp_secret=keys.encrypt(agent.totp_secret.encode(), belongs_to=totp_owner(identifier)),
    )
    db.add(row)
    db.flush()
    return row
