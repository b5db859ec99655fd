"""Cancelling frees the time at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.changes import refuse_late_cancelling
from booking.domain.refusals import AlreadyCancelled, NotMovable
from booking.models import Appointment, AppointmentStatus
from booking.queries import appointments, types
from booking.steps.appointments import undo
from directory.domain.permissions import Permission, require
from foundation.actors import Actor, ActorKind


def cancel_appointment(
    db: Session, actor: Actor, *, now: datetime, appointment_id: int, reason: str = ""
) -> Appointment:
    """Cancel; raise AlreadyCancelled the second time, TooLateToCancel for a person (staff may always)."""
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    if appointment.status is AppointmentStatus.CANCELLED:
        raise AlreadyCancelled
    if appointment.status not in {AppointmentStatus.BOOKED, AppointmentStatus.REQUESTED}:
        raise NotMovable
    if actor.kind is ActorKind.BENEFICIARY:
        notice = types.by_id(db, appointment.type_id).cancel_notice_minutes
        refuse_late_cancelling(starts_at=appointment.starts_at, notice_minutes=notice, now=now)
    else:
        require(actor, Permission.SEE_DAY)
    undo(db, actor, appointment, reason=reason, now=now)
    return appointment
