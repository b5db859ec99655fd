"""A lost scanner opens nothing any more: its keys die with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.models import Device
from directory.queries import devices
from foundation import audit
from foundation.actors import Actor


def revoke_device(db: Session, actor: Actor, *, now: datetime, device_id: int) -> Device:
    """Revoke one device; doing it again changes nothing. Raises DeviceNotFound."""
    require(actor, Permission.ADMINISTER)
    device = devices.by_id(db, device_id)
    if device.revoked_at is None:
        device.revoked_at = now
        audit.record(db, actor, action="device-revoked", subject=("device", device.id), now=now)
    return device
