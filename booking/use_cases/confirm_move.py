"""The person confirms the other time: the appointment moves there and keeps everything else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.refusals import HoldNotFound
from booking.models import Appointment
from booking.queries import appointments, types
from booking.steps import holds, moves
from foundation.actors import Actor


def confirm_move(db: Session, actor: Actor, *, now: datetime, appointment_id: int, token: str) -> Appointment:
    """Move the appointment to what `token` holds for it; raise SlotTaken, or why it may not move."""
    hold = holds.locked(db, token)
    if hold.moves_appointment_id != appointment_id:
        raise HoldNotFound
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    is_there = (appointment.starts_at, appointment.venue_id) == (hold.starts_at, hold.venue_id)
    if hold.expires_at <= now and is_there:
        return appointment
    kind = types.by_id(db, appointment.type_id)
    moves.refuse(actor, appointment, kind, now=now)
    moves.move_held(db, actor, appointment, kind, hold, now=now)
    return appointment
