"""How many appointments are in the diary already, for the caps of a type and of a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.caps import Cap, Tally
from booking.domain.intervals import Interval, instant_of, minute_of
from booking.models import Appointment, AppointmentStatus, AppointmentType, Hold
from booking.queries.finding import Question
from directory.models import Beneficiary

NOT_COUNTED = (AppointmentStatus.CANCELLED, AppointmentStatus.EXCUSED)


def type_cap(kind: AppointmentType) -> Cap:
    """Return how many appointments of a type there may be."""
    return Cap(kind.most_a_day, kind.most_a_week)


def person_cap(kind: AppointmentType) -> Cap:
    """Return how many appointments of a type one person may have."""
    return Cap(kind.person_most_a_day, kind.person_most_a_week)


def type_tally(db: Session, question: Question, zone: ZoneInfo, *, around: Interval, now: datetime) -> Tally | None:
    """Count the appointments and live holds of the question's type in `around`; None when nothing caps them.

    What the asker holds, and the appointment that moves, do not count.
    """
    cap = type_cap(question.type)
    if not cap.binds:
        return None
    return Tally.of(cap, zone, _starts_of_type(db, question, around, now))


def _starts_of_type(db: Session, question: Question, around: Interval, now: datetime) -> Iterator[int]:
    first, last = instant_of(around.start), instant_of(around.end)
    booked = select(Appointment.id, Appointment.starts_at).where(
        Appointment.type_id == question.type.id,
        Appointment.starts_at >= first,
        Appointment.starts_at < last,
        Appointment.status.not_in(NOT_COUNTED),
    )
    for row in db.execute(booked):
        if row.id != question.own_appointment:
            yield minute_of(row.starts_at)
    held = select(Hold.id, Hold.starts_at).where(
        Hold.type_id == question.type.id,
        Hold.starts_at >= first,
        Hold.starts_at < last,
        Hold.expires_at > now,
    )
    for row in db.execute(held):
        if row.id != question.own_hold:
            yield minute_of(row.starts_at)


def person_tally(
    db: Session, kind: AppointmentType, person: Beneficiary, zone: ZoneInfo, *, around: Interval, but: int | None = None
) -> Tally:
    """Count what a person has of a type in `around`, under whichever row they were written down.

    A visitor is always written down anew, so the same name with the same telephone or mail is the same person here.
    """
    query = (
        select(
            Appointment.id,
            Appointment.starts_at,
            Beneficiary.id.label("person_id"),
            Beneficiary.phone,
            Beneficiary.email,
        )
        .join(Beneficiary, Beneficiary.id == Appointment.beneficiary_id)
        .where(
            Appointment.type_id == kind.id,
            Appointment.starts_at >= instant_of(around.start),
            Appointment.starts_at < instant_of(around.end),
            Appointment.status.not_in(NOT_COUNTED),
            Beneficiary.searched_name == person.searched_name,
        )
    )
    known = {person.phone, person.email} - {None}
    starts = [
        minute_of(row.starts_at)
        for row in db.execute(query)
        if row.id != but and (row.person_id == person.id or known & {row.phone, row.email})
    ]
    return Tally.of(person_cap(kind), zone, starts)
