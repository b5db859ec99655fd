"""Which devices are there?"""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory.domain.refusals import DeviceNotFound
from directory.models import Device


def select_every() -> Select[Device]:
    """Ask for all devices of the organisation, revoked ones included."""
    return select(Device)


def by_id(db: Session, device_id: int) -> Device:
    """Return one device; raise DeviceNotFound."""
    found = db.get(Device, device_id)
    if found is None:
        raise DeviceNotFound
    return found
