"""The person has said who they are: the held slot or seat becomes their appointment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_of
from booking.domain.person import Person
from booking.domain.refusals import HoldConfirmed, HoldNotFound
from booking.domain.slots import Slot
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel, Hold
from booking.queries import types
from booking.queries.finding import Question
from booking.steps import engagements, holds, seats
from booking.steps.appointments import settle, whoever
from directory.models import Beneficiary
from directory.queries import people
from foundation.actors import Actor


def confirm_hold(db: Session, actor: Actor, *, now: datetime, token: str, person: Person) -> Appointment:
    """Book what `token` holds for `person`; the same token and person twice is the same appointment.

    After its expiry the hold has no right left: it goes through the writer again, and either books or raises
    SlotTaken (WorkshopFull or WorkshopNotFound for a seat), or TypeNotFound once the type is retired. Raises
    HoldConfirmed for somebody else than the first time.
    """
    hold = holds.locked(db, token)
    # The appointment has the hold's id, so a form posted twice finds what the first one made.
    if (already := db.get(Appointment, hold.id)) is not None:
        _refuse_another(db, already, person)
        return already
    if hold.moves_appointment_id is not None:
        raise HoldNotFound
    person.refuse_unreachable(by_phone=hold.channel is Channel.PHONE)
    if hold.channel is Channel.HOME:
        person.refuse_without_address()
    beneficiary = whoever(db, actor, person, now=now)
    appointment = _appointment(actor, hold, beneficiary, person, now)
    db.add(appointment)
    db.flush()
    if hold.workshop_id is not None:
        _take_seat(db, actor, hold, appointment, now)
    else:
        _take_slot(db, actor, hold, appointment, now)
    holds.end(hold, now=now)
    settle(db, actor, appointment, beneficiary, now=now)
    return appointment


def _refuse_another(db: Session, already: Appointment, person: Person) -> None:
    # Whoever is given the appointment is given its badge and its ticket too.
    first = people.by_id(db, already.beneficiary_id)
    known = (first.first_name, first.last_name, first.phone, first.email)
    if known != (person.first_name, person.last_name, person.phone, person.email):
        raise HoldConfirmed


def _appointment(actor: Actor, hold: Hold, beneficiary: Beneficiary, person: Person, now: datetime) -> Appointment:
    return Appointment(
        id=hold.id,
        organisation_id=actor.organisation_id,
        type_id=hold.type_id,
        beneficiary_id=beneficiary.id,
        venue_id=hold.venue_id,
        resource_id=hold.resource_id,
        workshop_id=hold.workshop_id,
        channel=hold.channel,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        status=AppointmentStatus.BOOKED,
        booked_by=person.booked_by,
        home_address=person.home_address,
        created_at=now,
    )


def _take_slot(db: Session, actor: Actor, hold: Hold, appointment: Appointment, now: datetime) -> None:
    if hold.expires_at > now and engagements.turn_into_appointment(db, hold, appointment, now=now):
        return
    kind = types.offered_by_id(db, hold.type_id)
    slot = _claim_again(db, hold, kind, now)
    appointment.resource_id = slot.resource_id
    engagements.engage_appointment(db, actor, slot, appointment, pause=kind.pause_minutes)


def _claim_again(db: Session, hold: Hold, kind: AppointmentType, now: datetime) -> Slot:
    start = minute_of(hold.starts_at)
    question = Question(kind, hold.channel, Interval(start, start + 1), venues=(hold.venue_id,), own_hold=hold.id)
    slot = engagements.claim(db, question, now=now)
    engagements.free(db, hold_id=hold.id)
    return slot


def _take_seat(db: Session, actor: Actor, hold: Hold, appointment: Appointment, now: datetime) -> None:
    workshop = seats.locked_workshop(db, hold.workshop_id or 0)
    if seats.turn_into_appointment(db, hold, appointment, now=now):
        return
    seats.refuse_unlisted(workshop, types.offered_by_id(db, hold.type_id), now=now)
    number = seats.free_number(db, workshop, now=now)
    seats.seat_appointment(db, actor, workshop, number, appointment)
