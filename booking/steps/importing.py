"""An appointment from a file is written down by the one writer, as staff would; nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.import_appointments import AppointmentLine
from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.refusals import OverlapNotSeen, SlotTaken
from booking.domain.slots import Slot
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel
from booking.queries.finding import Question
from booking.steps import engagements
from booking.steps.appointments import AFTERWARDS
from booking.steps.engagements import Override
from directory.models import Beneficiary
from directory.steps.badges import badge_until
from foundation import audit
from foundation.actors import Actor
from foundation.ids import new_id
from foundation.models import PersonalLink

_TAKES_NO_TIME = {AppointmentStatus.CANCELLED, AppointmentStatus.EXCUSED}


def claim_line(db: Session, kind: AppointmentType, line: AppointmentLine, *, now: datetime) -> Slot:
    """Return the slot that a line takes, with who serves it; raise OutsideOpeningHours, or SlotTaken for what is past.

    Of the past nobody knows any more who was open: the agent whom the line names must have been free.
    """
    start = minute_of(line.starts_at)
    question = Question(
        kind,
        Channel(line.channel),
        Interval(start, start + 1),
        venues=(line.venue_id,),
        resource_id=line.agent_id,
        people=line.people,
    )
    if not line.is_history:
        return engagements.claim_for_staff(db, question, now=now)
    slot = Slot(start, start + question.cut.duration, line.venue_id, (line.agent_id or 0,))
    if AppointmentStatus(line.status) not in _TAKES_NO_TIME:
        try:
            engagements.claim_over(db, slot, Override(reason=""), pause=kind.pause_minutes, now=now)
        except OverlapNotSeen as refusal:
            raise SlotTaken from refusal
    return slot


def write_line(
    db: Session,
    actor: Actor,
    line: AppointmentLine,
    *,
    kind: AppointmentType,
    slot: Slot,
    beneficiary: Beneficiary,
    now: datetime,
) -> Appointment:
    """Write down what was claimed, without a word to anybody: `settle` or `expect_quietly` what is to come."""
    appointment = _appointment(actor, line, kind=kind, slot=slot, beneficiary=beneficiary, now=now)
    db.add(appointment)
    db.flush()
    if appointment.status not in _TAKES_NO_TIME:
        engagements.engage_appointment(db, actor, slot, appointment, pause=kind.pause_minutes)
    if line.is_history:
        audit.record(db, actor, action="appointment-imported", subject=("appointment", appointment.id), now=now)
    return appointment


def expect_quietly(
    db: Session, actor: Actor, expected: Sequence[tuple[Appointment, Beneficiary]], *, now: datetime
) -> None:
    """As `settle` for many who are told nothing: they have their links, their badge and their line in the audit."""
    links = [
        {
            "id": new_id(),
            "organisation_id": actor.organisation_id,
            "purpose": "appointment",
            "subject_id": appointment.id,
            "channel": channel,
            "created_at": now,
            "expires_at": appointment.ends_at + AFTERWARDS,
        }
        for appointment, person in expected
        for channel, contact in (("page", ""), ("mail", person.email), ("sms", person.phone))
        if contact is not None
    ]
    if links:
        db.execute(insert(PersonalLink), links)
    until: dict[int, datetime] = {}
    for appointment, person in expected:
        until[person.id] = max(appointment.ends_at, until.get(person.id, now))
        audit.record(db, actor, action="appointment-imported", subject=("appointment", appointment.id), now=now)
    for beneficiary_id, last in until.items():
        badge_until(db, actor, beneficiary_id=beneficiary_id, until=last, now=now)


def _appointment(
    actor: Actor, line: AppointmentLine, *, kind: AppointmentType, slot: Slot, beneficiary: Beneficiary, now: datetime
) -> Appointment:
    row = Appointment(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        beneficiary_id=beneficiary.id,
        venue_id=slot.venue_id,
        resource_id=slot.resource_id,
        channel=Channel(line.channel),
        starts_at=instant_of(slot.start),
        ends_at=instant_of(slot.end),
        status=AppointmentStatus(line.status),
        people=line.people,
        home_address=line.person.home_address,
        note=line.note,
        created_at=now,
    )
    if row.status is AppointmentStatus.CANCELLED:
        row.cancelled_at, row.cancelled_by = now, actor.kind.value
    return row
