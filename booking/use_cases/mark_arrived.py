"""Somebody has come: the appointment says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.models import Appointment, AppointmentStatus
from booking.queries import appointments
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def mark_arrived(db: Session, actor: Actor, *, now: datetime, appointment_id: int) -> Appointment:
    """Mark a booked appointment as arrived; in any other state nothing changes, because a fact was told before."""
    require(actor, Permission.SCAN)
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    if appointment.status is AppointmentStatus.BOOKED:
        appointment.status = AppointmentStatus.ARRIVED
        audit.record(db, actor, action="appointment-arrived", subject=("appointment", appointment.id), now=now)
    return appointment
