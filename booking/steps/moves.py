"""Moving: what holding the new time and confirming it have in common."""

from __future__ import annotations

from datetime import datetime

from booking.domain.changes import refuse_move
from booking.domain.intervals import Interval, minute_of
from booking.models import Appointment, AppointmentStatus, AppointmentType
from booking.queries.finding import Question
from directory.domain.permissions import Permission, require
from foundation.actors import Actor, ActorKind


def refuse(actor: Actor, appointment: Appointment, kind: AppointmentType, *, now: datetime) -> None:
    """Return when this appointment may be moved now: by its person in time, by staff until it begins; raise why not."""
    by_the_person = actor.kind is ActorKind.BENEFICIARY
    if not by_the_person:
        require(actor, Permission.SEE_DAY)
    refuse_move(
        is_cancelled=appointment.status is AppointmentStatus.CANCELLED,
        is_waiting=appointment.status is AppointmentStatus.BOOKED,
        in_workshop=appointment.workshop_id is not None,
        starts_at=appointment.starts_at,
        notice_minutes=kind.cancel_notice_minutes if by_the_person else 0,
        now=now,
    )


def question(
    appointment: Appointment,
    kind: AppointmentType,
    *,
    starts: Interval,
    venues: tuple[int | None, ...] | None = None,
    own_hold: int | None = None,
) -> Question:
    """Ask for slots as long as the appointment is; its own time is not in its way."""
    length = int((appointment.ends_at - appointment.starts_at).total_seconds()) // 60
    return Question(
        kind,
        appointment.channel,
        starts,
        venues=venues,
        duration=length,
        own_hold=own_hold,
        own_appointment=appointment.id,
        stays_at=(minute_of(appointment.starts_at), appointment.venue_id),
    )
