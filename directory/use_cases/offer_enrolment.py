"""A manager has a link made by which a device enrols: once, within a day, and no older link is good any more."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.enrolment import TOKEN_BYTES, TOKEN_LASTS
from directory.domain.permissions import Permission, require
from directory.domain.refusals import DeviceNotFound
from directory.queries import agents, devices
from directory.queries.api_keys import hash_of
from foundation import audit
from foundation.actors import Actor


@dataclass(frozen=True)
class Offer:
    """What is told once: the token, and until when it is good."""

    device_name: str
    token: str
    expires_at: datetime


def offer_enrolment(db: Session, actor: Actor, *, now: datetime, device_id: int) -> Offer:
    """Return a token of 256 random bits, of which the hash is kept. A device that is enrolled keeps its key until then.

    Raises DeviceNotFound, also for a device that was revoked or has ended; AgentNotFound when who answers has left.
    """
    require(actor, Permission.ADMINISTER)
    device = devices.by_id(db, device_id)
    if device.revoked_at is not None or (device.expires_at is not None and device.expires_at <= now):
        raise DeviceNotFound
    agents.at_work_by_id(db, device.agent_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device.enrolment_hash, device.enrolment_expires_at = hash_of(token), now + TOKEN_LASTS
    audit.record(db, actor, action="device-enrolment-offered", subject=("device", device.id), now=now)
    return Offer(device.name, token, now + TOKEN_LASTS)
