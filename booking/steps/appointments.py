"""What booking for the public and booking by staff do alike once time or a seat is taken."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.domain.events import AppointmentBooked, AppointmentCancelled, AppointmentRequested, RequestRanOut
from booking.domain.person import Person
from booking.models import Appointment, AppointmentStatus
from booking.steps import engagements, seats
from directory.models import Beneficiary
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from foundation import audit
from foundation.actors import Actor
from foundation.links import give_link
from foundation.outbox import announce

AFTERWARDS = timedelta(days=7)


def whoever(db: Session, actor: Actor, person: Person, *, now: datetime) -> Beneficiary:
    """Return the beneficiary that a person is, or has just become."""
    return known_or_new(
        db,
        actor,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        now=now,
    )


def settle(db: Session, actor: Actor, appointment: Appointment, beneficiary: Beneficiary, *, now: datetime) -> None:
    """Give the links, write the audit line and announce that somebody asks or, with a badge, that they are expected."""
    give_links(db, actor, appointment, beneficiary, now=now)
    if appointment.status is AppointmentStatus.REQUESTED:
        audit.record(db, actor, action="appointment-requested", subject=("appointment", appointment.id), now=now)
        announce(db, actor, AppointmentRequested(appointment.id), now=now)
        announce(db, actor, RequestRanOut(appointment.id), now=now, due_at=appointment.starts_at)
        return
    expect(db, actor, appointment, action="appointment-booked", now=now)


def expect(db: Session, actor: Actor, appointment: Appointment, *, action: str, now: datetime) -> None:
    """Give the badge, write the audit line and announce that somebody is expected."""
    badge_until(db, actor, beneficiary_id=appointment.beneficiary_id, until=appointment.ends_at, now=now)
    audit.record(db, actor, action=action, subject=("appointment", appointment.id), now=now)
    announce(db, actor, AppointmentBooked(appointment.id), now=now)


def undo(db: Session, actor: Actor, appointment: Appointment, *, reason: str, now: datetime) -> None:
    """Cancel a locked appointment whatever its state: its time or seat is free at once, and everybody is told."""
    appointment.status = AppointmentStatus.CANCELLED
    appointment.cancelled_at, appointment.cancelled_by = now, actor.kind.value
    appointment.cancel_reason = reason
    appointment.sequence += 1
    engagements.free(db, appointment_id=appointment.id)
    seats.free(db, appointment_id=appointment.id)
    audit.record(db, actor, action="appointment-cancelled", subject=("appointment", appointment.id), now=now)
    announce(db, actor, AppointmentCancelled(appointment.id, appointment.sequence), now=now)


def give_links(db: Session, actor: Actor, appointment: Appointment, beneficiary: Beneficiary, *, now: datetime) -> None:
    """Give the links to the ticket, one for each way it travels, good until a week after the appointment."""
    lasts = appointment.ends_at + AFTERWARDS - now
    channels = {"page": True, "mail": beneficiary.email is not None, "sms": beneficiary.phone is not None}
    for channel, is_used in channels.items():
        if is_used:
            give_link(
                db,
                actor,
                purpose="appointment",
                subject_id=appointment.id,
                channel=channel,
                lasts=lasts,
                now=now,
            )
