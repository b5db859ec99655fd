"""What booking for the public and booking by staff do alike once time or a seat is taken."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from booking.domain.events import AppointmentBooked
from booking.domain.person import Person
from booking.models import Appointment
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
    """Give the badge and the links, write the audit line and announce that somebody is expected."""
    badge_until(db, actor, beneficiary_id=beneficiary.id, until=appointment.ends_at, now=now)
    give_links(db, actor, appointment, beneficiary, now=now)
    audit.record(db, actor, action="appointment-booked", subject=("appointment", appointment.id), now=now)
    announce(db, actor, AppointmentBooked(appointment.id), now=now)


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
