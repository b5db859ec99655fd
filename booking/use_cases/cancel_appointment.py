"""Cancelling frees the time at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.changes import refuse_late_cancelling
from booking.domain.events import AppointmentCancelled
from booking.domain.refusals import AlreadyCancelled, NotMovable
from booking.models import Appointment, AppointmentStatus
from booking.queries import appointments, types
from booking.steps import engagements, seats
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor, ActorKind
from foundation.outbox import announce


def cancel_appointment(db: Session, actor: Actor, *, now: datetime, appointment_id: int) -> Appointment:
    """Cancel; raise AlreadyCancelled the second time, TooLateToCancel for a person (staff may always)."""
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    if appointment.status is AppointmentStatus.CANCELLED:
        raise AlreadyCancelled
    if appointment.status is not AppointmentStatus.BOOKED:
        raise NotMovable
    if actor.kind is ActorKind.BENEFICIARY:
        notice = types.by_id(db, appointment.type_id).cancel_notice_minutes
        refuse_late_cancelling(starts_at=appointment.starts_at, notice_minutes=notice, now=now)
    else:
        require(actor, Permission.SEE_DAY)
    appointment.status = AppointmentStatus.CANCELLED
    appointment.cancelled_at, appointment.cancelled_by = now, actor.kind.value
    appointment.sequence += 1
    engagements.free(db, appointment_id=appointment.id)
    seats.free(db, appointment_id=appointment.id)
    audit.record(db, actor, action="appointment-cancelled", subject=("appointment", appointment.id), now=now)
    announce(db, actor, AppointmentCancelled(appointment.id, appointment.sequence), now=now)
    return appointment
