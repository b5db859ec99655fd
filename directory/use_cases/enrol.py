"""A device enrols: it shows its one-time token, and proves that it has the key whose public half it gives."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.domain.enrolment import EnrolmentRefused, enrolment_lines
from directory.models import Device
from directory.queries import devices
from directory.queries.api_keys import hash_of
from foundation import audit
from foundation.actors import Actor, ActorKind
from foundation.devices import decode, lines, parse_public_key, verify_device


def enrol(db: Session, *, now: datetime, token: str, public_key: str, proof: str) -> Device:
    """Return the device, which has this key from now on and no other; in a session of EVERY_ORGANISATION.

    Raises DeviceKeyUnreadable, or EnrolmentRefused: of two who use one token at once the second finds it used. A wrong
    proof leaves the token as it was.
    """
    point = parse_public_key(public_key)
    signed = lines(*enrolment_lines(token, public_key))
    device = devices.to_enrol(db, hash_of(token), now=now)
    if device is None or not verify_device(point, signed, decode(proof)):
        raise EnrolmentRefused
    _take(db, device, point, now=now)
    actor = Actor(ActorKind.DEVICE, device.organisation_id, device.id, entrusted_to=device.agent_id)
    audit.record(db, actor, action="device-key-taken", subject=("device", device.id), now=now)
    db.refresh(device)
    return device


def _take(db: Session, device: Device, point: bytes, *, now: datetime) -> None:
    waiting = update(Device).where(Device.id == device.id, Device.enrolment_hash == device.enrolment_hash)
    taken = {"public_key": point, "enrolled_at": now, "enrolment_hash": None, "enrolment_expires_at": None}
    changed = waiting.values(**taken).returning(Device.id).execution_options(synchronize_session=False)
    if db.scalar(changed) is None:
        raise EnrolmentRefused
