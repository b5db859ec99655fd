"""A reason is not offered any more; what was booked for it stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.models import AppointmentType
from booking.queries import types
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def retire_type(db: Session, actor: Actor, *, now: datetime, type_id: int) -> AppointmentType:
    """Retire a reason; a second time changes nothing. Raises TypeNotFound."""
    require(actor, Permission.ADMINISTER)
    kind = types.by_id(db, type_id)
    if kind.retired_at is None:
        kind.retired_at = now
        audit.record(db, actor, action="type-retired", subject=("appointment-type", kind.id), now=now)
    return kind
