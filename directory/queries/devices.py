"""Which devices are there, and which is this?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from directory.domain.refusals import DeviceNotFound
from directory.models import Agent, Device


def select_every() -> Select[Device]:
    """Ask for all devices of the organisation, revoked ones included."""
    return select(Device)


def by_id(db: Session, device_id: int) -> Device:
    """Return one device; raise DeviceNotFound."""
    found = db.get(Device, device_id)
    if found is None:
        raise DeviceNotFound
    return found


def locked(db: Session, device_id: int) -> Device:
    """Return one device as it is now, locked until the transaction ends; raise DeviceNotFound.

    What a device sends is handled one entry after the other, and each before or after a revocation, never beside it.
    """
    query = select(Device).where(Device.id == device_id).with_for_update(key_share=True)
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise DeviceNotFound
    return found


def is_live(now: datetime) -> ColumnElement[bool]:
    """Say of a device, joined with the agent who answers for it, that neither has gone."""
    not_over = or_(Device.expires_at.is_(None), Device.expires_at > now)
    return and_(Device.revoked_at.is_(None), not_over, Agent.retired_at.is_(None))


def enrolled(db: Session, device_id: int) -> Device | None:
    """Return a device that has a key of its own, live or not, of any organisation that the session sees."""
    return db.scalar(select(Device).where(Device.id == device_id, Device.public_key.is_not(None)))


def live(db: Session, device_id: int, *, now: datetime) -> Device | None:
    """Return a device of any organisation that has a key of its own and may come in."""
    query = select(Device).join(Agent, Agent.id == Device.agent_id).where(Device.id == device_id, is_live(now))
    return db.scalar(query.where(Device.public_key.is_not(None)))


def to_enrol(db: Session, token_hash: str, *, now: datetime) -> Device | None:
    """Return the device of any organisation that waits for this token."""
    query = select(Device).join(Agent, Agent.id == Device.agent_id).where(Device.enrolment_hash == token_hash)
    return db.scalar(query.where(Device.enrolment_expires_at > now, is_live(now)))
