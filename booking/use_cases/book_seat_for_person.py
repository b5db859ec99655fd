"""Staff put somebody into a workshop: notice and horizon do not bind them, the number of seats does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.person import Person
from booking.domain.refusals import WorkshopNotFound
from booking.models import Appointment, AppointmentStatus, Channel
from booking.queries import types, workshops
from booking.steps import seats
from booking.steps.appointments import settle, whoever
from booking.steps.counting import refuse_full_person
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def book_seat_for_person(db: Session, actor: Actor, *, now: datetime, workshop_id: int, person: Person) -> Appointment:
    """Book a seat until the workshop is over; raise WorkshopFull, WorkshopNotFound, TypeNotFound or PersonFull.

    A person with neither telephone nor mail is allowed: staff know how to reach them.
    """
    require(actor, Permission.SEE_DAY)
    planned = workshops.by_id(db, workshop_id)
    kind = types.offered_by_id(db, planned.type_id)
    beneficiary = whoever(db, actor, person, now=now)
    refuse_full_person(db, kind, beneficiary, starts_at=planned.starts_at)
    workshop = seats.locked_workshop(db, workshop_id)
    if workshop.ends_at <= now:
        raise WorkshopNotFound
    number = seats.free_number(db, workshop, now=now)
    appointment = Appointment(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        beneficiary_id=beneficiary.id,
        workshop_id=workshop.id,
        channel=Channel.ON_SITE,
        status=AppointmentStatus.BOOKED,
        booked_by=person.booked_by,
        created_at=now,
    )
    seats.follow(appointment, workshop)
    db.add(appointment)
    db.flush()
    seats.seat_appointment(db, actor, workshop, number, appointment)
    settle(db, actor, appointment, beneficiary, now=now)
    return appointment
