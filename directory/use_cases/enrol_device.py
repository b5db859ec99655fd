"""A scanner is entrusted to an agent, who answers for what it sees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.enrolment import LONGEST_NAME, DeviceNameUnreadable
from directory.domain.permissions import Permission, require
from directory.domain.refusals import EndsInThePast
from directory.models import Device, DeviceKind
from directory.queries import agents, venues
from foundation import audit
from foundation.actors import Actor


def enrol_device(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    name: str,
    agent_id: int,
    kind: DeviceKind = DeviceKind.SCANNER,
    venue_id: int | None = None,
    expires_at: datetime | None = None,
) -> Device:
    """Write the device down; it gets a key of its own by `offer_enrolment`, or one of the API by `make_api_key`.

    Raises AgentNotFound, also for an agent who has left; VenueNotFound; EndsInThePast; DeviceNameUnreadable.
    """
    require(actor, Permission.ADMINISTER)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise DeviceNameUnreadable({"name": "refusal.device-name-unreadable"})
    if expires_at is not None and expires_at <= now:
        raise EndsInThePast({"expires_at": "refusal.ends-in-the-past"})
    agent = agents.at_work_by_id(db, agent_id)
    if venue_id is not None:
        venues.by_id(db, venue_id)
    device = Device(
        organisation_id=actor.organisation_id,
        name=name,
        kind=kind,
        agent_id=agent.id,
        venue_id=venue_id,
        created_at=now,
        expires_at=expires_at,
    )
    db.add(device)
    db.flush()
    audit.record(db, actor, action="device-enrolled", subject=("device", device.id), now=now)
    return device
