"""A held slot or seat becomes somebody's appointment: by their form, or by the offer that they accept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_of
from booking.domain.slots import Slot
from booking.models import Appointment, AppointmentStatus, AppointmentType, Hold
from booking.queries import types
from booking.queries.finding import Question
from booking.steps import engagements, holds, seats
from booking.steps.appointments import settle
from booking.steps.counting import refuse_full_person
from directory.models import Beneficiary
from foundation.actors import Actor


def book_held(
    db: Session,
    actor: Actor,
    hold: Hold,
    beneficiary: Beneficiary,
    *,
    now: datetime,
    booked_by: str = "",
    home_address: str = "",
) -> Appointment:
    """Book what a locked hold keeps; the appointment has the hold's id, so that a form posted twice finds it.

    Where the type asks for approval it is requested, and its time is taken all the same. After its expiry the hold has
    no right left: it goes through the writer again, and either books or raises SlotTaken (WorkshopFull or
    WorkshopNotFound for a seat), or TypeNotFound once the type is retired. Raises PersonFull.
    """
    kind = types.by_id(db, hold.type_id)
    refuse_full_person(db, kind, beneficiary, starts_at=hold.starts_at)
    appointment = Appointment(
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
        status=AppointmentStatus.REQUESTED if kind.needs_approval else AppointmentStatus.BOOKED,
        people=hold.people,
        booked_by=booked_by,
        home_address=home_address,
        created_at=now,
    )
    db.add(appointment)
    db.flush()
    if hold.workshop_id is not None:
        _take_seat(db, actor, hold, appointment, now)
    else:
        _take_slot(db, actor, hold, appointment, now)
    holds.end(hold, now=now)
    settle(db, actor, appointment, beneficiary, now=now)
    return appointment


def _take_slot(db: Session, actor: Actor, hold: Hold, appointment: Appointment, now: datetime) -> None:
    if hold.expires_at > now and engagements.turn_into_appointment(db, hold, appointment, now=now):
        return
    kind = types.offered_by_id(db, hold.type_id)
    slot = _claim_again(db, hold, kind, now)
    appointment.resource_id = slot.resource_id
    engagements.engage_appointment(db, actor, slot, appointment, pause=kind.pause_minutes)


def _claim_again(db: Session, hold: Hold, kind: AppointmentType, now: datetime) -> Slot:
    start = minute_of(hold.starts_at)
    question = Question(
        kind,
        hold.channel,
        Interval(start, start + 1),
        venues=(hold.venue_id,),
        people=hold.people,
        duration=int((hold.ends_at - hold.starts_at).total_seconds()) // 60,
        own_hold=hold.id,
        own_appointment=hold.id,
    )
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
