"""Staff book for somebody who is there or on the telephone: notice, horizon and grid do not bind them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.person import Person
from booking.domain.refusals import UnfitValues
from booking.domain.settings import refuse_seconds
from booking.domain.slots import Slot
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel
from booking.queries.finding import Question
from booking.steps import engagements
from booking.steps.appointments import settle, whoever
from booking.steps.counting import refuse_full_person
from booking.steps.engagements import Override
from booking.steps.offered import slots_of_type
from directory.domain.permissions import Permission, require
from directory.queries import resources, venues
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
    people: int = 1,
    override: Override | None = None,
) -> Appointment:
    """Book at once, with one agent or whoever is free; raise OutsideOpeningHours when nobody is open and free then.

    A person with neither telephone nor mail is allowed: staff know how to reach them. An override books one agent
    whatever the opening hours, the caps and what it names; it raises OverlapNotSeen for what it does not name.
    """
    require(actor, Permission.SEE_DAY)
    refuse_seconds(starts_at)
    kind = slots_of_type(db, type_id, channel, people=people, by_staff=True)
    if channel is Channel.HOME:
        person.refuse_without_address()
    beneficiary = whoever(db, actor, person, now=now)
    start = minute_of(starts_at)
    question = Question(
        kind, channel, Interval(start, start + 1), venues=(venue_id,), resource_id=resource_id, people=people
    )
    if override is None:
        refuse_full_person(db, kind, beneficiary, starts_at=starts_at)
        slot = engagements.claim_for_staff(db, question, now=now)
    else:
        slot = _on_purpose(db, question)
        engagements.claim_over(db, slot, override, pause=kind.pause_minutes, now=now)
    appointment = _appointment(actor, kind, slot, now=now)
    appointment.beneficiary_id, appointment.channel, appointment.people = beneficiary.id, channel, people
    appointment.booked_by, appointment.home_address = person.booked_by, person.home_address
    db.add(appointment)
    db.flush()
    engagements.engage_appointment(db, actor, slot, appointment, pause=kind.pause_minutes, override=override)
    settle(db, actor, appointment, beneficiary, now=now)
    return appointment


def _on_purpose(db: Session, question: Question) -> Slot:
    if question.resource_id is None:
        raise UnfitValues({"resource_id": "booking.unfit.override_names_agent"})
    (venue_id,) = question.venues or (None,)
    if venue_id is not None:
        venues.by_id(db, venue_id)
    elif question.channel is Channel.ON_SITE:
        raise UnfitValues({"venue_id": "booking.unfit.on_site_somewhere"})
    agent = resources.agent_at_work_by_id(db, question.resource_id)
    start = question.starts.start
    return Slot(start, start + question.cut.duration, venue_id, (agent.id,))


def _appointment(actor: Actor, kind: AppointmentType, slot: Slot, *, now: datetime) -> Appointment:
    return Appointment(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        venue_id=slot.venue_id,
        resource_id=slot.resource_id,
        starts_at=instant_of(slot.start),
        ends_at=instant_of(slot.end),
        status=AppointmentStatus.BOOKED,
        created_at=now,
    )
