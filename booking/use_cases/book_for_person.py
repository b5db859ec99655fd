"""Staff book for somebody who is there or on the telephone: notice, horizon and grid do not bind them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.person import Person
from booking.domain.refusals import NotOpenToPublic, OnlyInWorkshops
from booking.domain.settings import refuse_seconds
from booking.models import Appointment, AppointmentStatus, Channel
from booking.queries import types
from booking.queries.finding import Question
from booking.steps import engagements
from booking.steps.appointments import settle, whoever
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def book_for_person(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    type_id: int,
    channel: Channel,
    venue_id: int | None,
    starts_at: datetime,
    person: Person,
    resource_id: int | None = None,
) -> Appointment:
    """Book at once, with one agent or whoever is free; raise OutsideOpeningHours when nobody is open and free then.

    A person with neither telephone nor mail is allowed: staff know how to reach them.
    """
    require(actor, Permission.SEE_DAY)
    refuse_seconds(starts_at)
    kind = types.offered_by_id(db, type_id)
    if kind.is_workshop:
        raise OnlyInWorkshops
    if channel.value not in kind.channels:
        raise NotOpenToPublic
    if channel is Channel.HOME:
        person.refuse_without_address()
    start = minute_of(starts_at)
    question = Question(kind, channel, Interval(start, start + 1), venues=(venue_id,))
    slot = engagements.claim_for_staff(db, question, resource_id=resource_id, now=now)
    beneficiary = whoever(db, actor, person, now=now)
    appointment = Appointment(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        beneficiary_id=beneficiary.id,
        venue_id=slot.venue_id,
        resource_id=slot.resource_id,
        channel=channel,
        starts_at=instant_of(slot.start),
        ends_at=instant_of(slot.end),
        status=AppointmentStatus.BOOKED,
        booked_by=person.booked_by,
        home_address=person.home_address,
        created_at=now,
    )
    db.add(appointment)
    db.flush()
    engagements.engage_appointment(db, actor, slot, appointment, pause=kind.pause_minutes)
    settle(db, actor, appointment, beneficiary, now=now)
    return appointment
