"""The person confirms the other time: the appointment moves there and keeps everything else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.events import AppointmentMoved
from booking.domain.intervals import Interval, minute_of
from booking.domain.refusals import HoldNotFound
from booking.models import Appointment
from booking.queries import appointments, types
from booking.steps import engagements, holds, moves
from booking.steps.appointments import give_links
from directory.queries import people
from directory.steps.badges import badge_until
from foundation import audit
from foundation.actors import Actor
from foundation.outbox import announce


def confirm_move(db: Session, actor: Actor, *, now: datetime, appointment_id: int, token: str) -> Appointment:
    """Move the appointment to what `token` holds for it; raise SlotTaken, or why it may not move.

    The slot is claimed again (it may overlap the appointment's own old time), so a lapsed hold moves when it is free.
    """
    hold = holds.locked(db, token)
    if hold.moves_appointment_id != appointment_id:
        raise HoldNotFound
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    is_there = (appointment.starts_at, appointment.venue_id) == (hold.starts_at, hold.venue_id)
    if hold.expires_at <= now and is_there:
        return appointment
    kind = types.by_id(db, appointment.type_id)
    moves.refuse(actor, appointment, kind, now=now)
    start = minute_of(hold.starts_at)
    slot = engagements.claim(
        db,
        moves.question(appointment, kind, starts=Interval(start, start + 1), venues=(hold.venue_id,), own_hold=hold.id),
        now=now,
        chosen_at=hold.created_at if hold.expires_at > now else now,
    )
    engagements.free(db, hold_id=hold.id)
    engagements.move_to(db, actor, slot, appointment, pause=kind.pause_minutes)
    before = minute_of(appointment.starts_at)
    appointment.starts_at, appointment.ends_at = hold.starts_at, hold.ends_at
    appointment.venue_id, appointment.resource_id = slot.venue_id, slot.resource_id
    appointment.sequence += 1
    holds.end(hold, now=now)
    badge_until(db, actor, beneficiary_id=appointment.beneficiary_id, until=appointment.ends_at, now=now)
    give_links(db, actor, appointment, people.by_id(db, appointment.beneficiary_id), now=now)
    subject = ("appointment", appointment.id)
    audit.record(db, actor, action="appointment-moved", subject=subject, now=now, from_minute=before)
    announce(db, actor, AppointmentMoved(appointment.id, appointment.sequence), now=now)
    return appointment
