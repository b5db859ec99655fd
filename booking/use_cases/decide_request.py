"""Staff approve a request, or refuse it with a reason that the person is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.refusals import AlreadyDecided
from booking.models import Appointment, AppointmentStatus
from booking.queries import appointments
from booking.steps.appointments import expect, undo
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def approve_request(db: Session, actor: Actor, *, now: datetime, appointment_id: int) -> Appointment:
    """Book what was requested: its time is taken since. Raises AlreadyDecided, also once that time has come."""
    appointment = _undecided(db, actor, appointment_id)
    if appointment.starts_at <= now:
        raise AlreadyDecided
    appointment.status = AppointmentStatus.BOOKED
    expect(db, actor, appointment, action="request-approved", now=now)
    return appointment


def refuse_request(db: Session, actor: Actor, *, now: datetime, appointment_id: int, reason: str = "") -> Appointment:
    """Refuse what was requested: its time is free at once. Raises AlreadyDecided."""
    appointment = _undecided(db, actor, appointment_id)
    undo(db, actor, appointment, reason=reason, now=now)
    return appointment


def let_request_run_out(db: Session, actor: Actor, *, now: datetime, appointment_id: int) -> None:
    """Cancel a request that nobody has decided when its time has come; a decided one stays."""
    require(actor, Permission.SEE_DAY)
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    if appointment.status is AppointmentStatus.REQUESTED and appointment.starts_at <= now:
        undo(db, actor, appointment, reason="", now=now)


def _undecided(db: Session, actor: Actor, appointment_id: int) -> Appointment:
    require(actor, Permission.SEE_DAY)
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    if appointment.status is not AppointmentStatus.REQUESTED:
        raise AlreadyDecided
    return appointment
