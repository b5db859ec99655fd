"""What a device has used already: the keys of its undos, and the numbers of its entries."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from attendance.models import Scan, ScanUndo
from directory.models import Device


def undo_of_key(db: Session, *, source: int, key: str) -> int | None:
    """Return the id of the undo that has this key, if one has."""
    return db.scalar(select(ScanUndo.id).where(ScanUndo.source == source, ScanUndo.key == key))


def is_counter_taken(db: Session, device: Device, *, counter: int, key: str) -> bool:
    """Say whether another entry of the device has this number: two of one number come from two who have its key.

    A device that was enrolled anew, in another browser perhaps, counts from the beginning.
    """
    scan = exists().where(Scan.device_id == device.id, Scan.counter == counter, Scan.key != key)
    undo = exists().where(ScanUndo.source == device.id, ScanUndo.counter == counter, ScanUndo.key != key)
    if device.enrolled_at is not None:
        scan = scan.where(Scan.recorded_at >= device.enrolled_at)
        undo = undo.where(ScanUndo.recorded_at >= device.enrolled_at)
    return bool(db.scalar(select(scan | undo)))
