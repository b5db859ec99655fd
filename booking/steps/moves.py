"""Moving: what holding the new time, confirming it and accepting an offer have in common."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.changes import refuse_move
from booking.domain.events import AppointmentMoved
from booking.domain.intervals import Interval, minute_of
from booking.models import Appointment, AppointmentStatus, AppointmentType, Hold
from booking.queries.finding import Question
from booking.steps import engagements, holds
from booking.steps.appointments import give_links
from booking.steps.counting import refuse_full_person
from booking.steps.waiting import announce_freed
from directory.domain.permissions import Permission, require
from directory.queries import people
from directory.steps.badges import badge_until
from foundation import audit
from foundation.actors import Actor, ActorKind
from foundation.outbox import announce


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


def move_held(
    db: Session, actor: Actor, appointment: Appointment, kind: AppointmentType, hold: Hold, *, now: datetime
) -> None:
    """Move a locked appointment to what a locked hold keeps for it; raise SlotTaken or PersonFull.

    The slot is claimed again (it may overlap the appointment's own old time), so a lapsed hold moves when it is free.
    """
    beneficiary = people.by_id(db, appointment.beneficiary_id)
    refuse_full_person(db, kind, beneficiary, starts_at=hold.starts_at, but=appointment.id)
    start = minute_of(hold.starts_at)
    slot = engagements.claim(
        db,
        question(appointment, kind, starts=Interval(start, start + 1), venues=(hold.venue_id,), own_hold=hold.id),
        now=now,
        chosen_at=hold.created_at if hold.expires_at > now else now,
    )
    engagements.free(db, hold_id=hold.id)
    engagements.move_to(db, actor, slot, appointment, pause=kind.pause_minutes)
    before = minute_of(appointment.starts_at)
    announce_freed(db, actor, now=now, freed=Interval(before, minute_of(appointment.ends_at)))
    appointment.starts_at, appointment.ends_at = hold.starts_at, hold.ends_at
    appointment.venue_id, appointment.resource_id = slot.venue_id, slot.resource_id
    appointment.sequence += 1
    holds.end(hold, now=now)
    badge_until(db, actor, beneficiary_id=appointment.beneficiary_id, until=appointment.ends_at, now=now)
    give_links(db, actor, appointment, beneficiary, now=now)
    subject = ("appointment", appointment.id)
    audit.record(db, actor, action="appointment-moved", subject=subject, now=now, from_minute=before)
    announce(db, actor, AppointmentMoved(appointment.id, appointment.sequence), now=now)
