"""What is known of one half-day, of one person at it, and of what they signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, null, or_, select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound
from attendance.models import Attendee, HalfDay, Meeting, MeetingKind, Signature, SignatureKind, Standing
from attendance.queries import expected

_OF_NO_BOOKING = (
    "appointment_id",
    "workshop_id",
    "agent_resource_id",
    "status",
    "cancelled_at",
)


def enrolled() -> Select[*tuple[Any, ...]]:
    """Select who is expected without a booking, by half-day: the columns of `expected.booked`.

    These are everybody enrolled in a training, and who walked in on a workshop and has no seat in it.
    """
    return (
        select(
            Attendee.beneficiary_id,
            func.coalesce(func.nullif(HalfDay.title, ""), Meeting.title).label("title"),
            Meeting.venue_id,
            Meeting.time_zone,
            HalfDay.starts_at,
            HalfDay.ends_at,
            *(null().label(name) for name in _OF_NO_BOOKING),
            expected.workshop_cancelled_at().label("workshop_cancelled_at"),
            *expected.ROWS,
        )
        .select_from(HalfDay)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .join(Attendee, Attendee.meeting_id == Meeting.id)
        .where(or_(Meeting.kind == MeetingKind.TRAINING, and_(Attendee.is_walk_in, expected.without_seat())))
    )


def enrolled_near(venue_id: int, *, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Select who is expected at the half-days of trainings held at a venue that overlap `[since, until]`."""
    return enrolled().where(Meeting.venue_id == venue_id, HalfDay.starts_at <= until, HalfDay.ends_at > since)


def at_half_day(db: Session, *, half_day_id: int, beneficiary_id: int) -> Expectation | None:
    """Return how a person is expected at a half-day, or None when they are not; raise HalfDayNotFound.

    The meeting's row is locked against closing the sheet until the transaction ends, and only then is the rest read:
    it may have been closed in between.
    """
    query = (
        select(Meeting)
        .join(HalfDay, HalfDay.meeting_id == Meeting.id)
        .where(HalfDay.id == half_day_id)
        .with_for_update(read=True, of=Meeting)
        .execution_options(populate_existing=True)
    )
    meeting = db.scalar(query)
    if meeting is None:
        raise HalfDayNotFound
    if meeting.kind is not MeetingKind.TRAINING:
        return booking_of(db, meeting, beneficiary_id)
    mine = enrolled().where(HalfDay.id == half_day_id, Attendee.beneficiary_id == beneficiary_id)
    row = db.execute(mine).one_or_none()
    return expected.expectation(row) if row is not None else None


def must_exist(db: Session, half_day_id: int) -> None:
    """Raise HalfDayNotFound when there is no such half-day here."""
    if db.scalar(select(HalfDay.id).where(HalfDay.id == half_day_id)) is None:
        raise HalfDayNotFound


def booking_of(db: Session, meeting: Meeting, beneficiary_id: int) -> Expectation | None:
    """Return what a person has booked at the meeting of a booking, cancelled or not; None at a training.

    Whoever walked in on a workshop without a seat is expected all the same.
    """
    if meeting.workshop_id is not None:
        found = expected.of_workshop(db, meeting.workshop_id, beneficiary_id=beneficiary_id)
        if found and not found[0].is_cancelled:
            return found[0]
        mine = enrolled().where(Meeting.id == meeting.id, Attendee.beneficiary_id == beneficiary_id)
        row = db.execute(mine).one_or_none()
        return expected.expectation(row) if row is not None else next(iter(found), None)
    booked = expected.of_appointment(db, meeting.appointment_id) if meeting.appointment_id is not None else None
    return booked if booked is not None and booked.beneficiary_id == beneficiary_id else None


def everybody_at(db: Session, half_day_id: int) -> list[Expectation]:
    """Return who is expected at one half-day; raise HalfDayNotFound."""
    query = select(Meeting).join(HalfDay, HalfDay.meeting_id == Meeting.id).where(HalfDay.id == half_day_id)
    meeting = db.scalar(query)
    if meeting is None:
        raise HalfDayNotFound
    return [one for one in everybody_of(db, meeting) if one.half_day_id in {None, half_day_id}]


def everybody_of(db: Session, meeting: Meeting) -> list[Expectation]:
    """Return who is expected at a meeting, by half-day, with who walked in on a workshop."""
    enrolled_there = enrolled().where(Meeting.id == meeting.id).order_by(HalfDay.starts_at)
    if meeting.kind is MeetingKind.APPOINTMENT:
        return expected.of_meeting(db, appointment_id=meeting.appointment_id, workshop_id=None)
    found = [expected.expectation(row) for row in db.execute(enrolled_there)]
    if meeting.kind is MeetingKind.TRAINING:
        return found
    instead = {one.beneficiary_id for one in found}
    booked = expected.of_meeting(db, appointment_id=None, workshop_id=meeting.workshop_id)
    return [one for one in booked if one.beneficiary_id not in instead] + found


def everybody_near(db: Session, venue_id: int, *, since: datetime, until: datetime) -> list[Expectation]:
    """Return who is enrolled in what is held at a venue in `[since, until]`, by start."""
    query = enrolled_near(venue_id, since=since, until=until)
    return [expected.expectation(row) for row in db.execute(query.order_by(HalfDay.starts_at))]


def of_attendee(db: Session, attendee_id: int) -> tuple[Attendee, Meeting, list[HalfDay]]:
    """Return an attendee with their meeting and its half-days in order; raise AttendeeNotFound."""
    query = select(Attendee, Meeting).join(Meeting, Meeting.id == Attendee.meeting_id).where(Attendee.id == attendee_id)
    row = db.execute(query).one_or_none()
    if row is None:
        raise AttendeeNotFound
    return row[0], row[1], of_meeting(db, row[1].id)


def of_meeting(db: Session, meeting_id: int) -> list[HalfDay]:
    """Return the half-days of a meeting, in order."""
    return list(db.scalars(select(HalfDay).where(HalfDay.meeting_id == meeting_id).order_by(HalfDay.starts_at)))


def signature(db: Session, *, attendee_id: int, half_day_id: int, kind: SignatureKind) -> Signature | None:
    """Return the signature of a person for a half-day, arrival or departure."""
    return db.scalar(
        select(Signature).where(
            Signature.attendee_id == attendee_id,
            Signature.half_day_id == half_day_id,
            Signature.kind == kind,
            Signature.standing == Standing.COUNTS,
        )
    )


def signatures_of(db: Session, attendee_id: int) -> Sequence[Signature]:
    """Return everything a person signed in their meeting."""
    counting = select(Signature).where(Signature.attendee_id == attendee_id, Signature.standing == Standing.COUNTS)
    return db.scalars(counting).all()
