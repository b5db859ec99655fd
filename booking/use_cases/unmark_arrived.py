"""What said that somebody has come was taken back: the appointment is as it was booked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.models import Appointment, AppointmentStatus
from booking.queries import appointments
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def unmark_arrived(db: Session, actor: Actor, *, now: datetime, appointment_id: int) -> Appointment:
    """Have an appointment be booked again that was marked as arrived; what somebody has said since stays as it is."""
    require(actor, Permission.SCAN)
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    if appointment.status is AppointmentStatus.ARRIVED:
        appointment.status = AppointmentStatus.BOOKED
        audit.record(db, actor, action="appointment-not-arrived", subject=("appointment", appointment.id), now=now)
    return appointment
