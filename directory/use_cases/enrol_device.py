"""A scanner is entrusted to an agent, who answers for what it sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.models import Device
from directory.queries import agents
from foundation import audit
from foundation.actors import Actor


def enrol_device(db: Session, actor: Actor, *, now: datetime, name: str, agent_id: int) -> Device:
    """Write the device down; raise AgentNotFound, also for an agent who has left."""
    require(actor, Permission.ADMINISTER)
    agent = agents.at_work_by_id(db, agent_id)
    device = Device(organisation_id=actor.organisation_id, name=name, agent_id=agent.id, created_at=now)
    db.add(device)
    db.flush()
    audit.record(db, actor, action="device-enrolled", subject=("device", device.id), now=now)
    return device
