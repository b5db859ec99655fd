"""What is known of one half-day, of one person at it, and of what they signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound
from attendance.models import Attendee, HalfDay, Meeting, MeetingKind, SheetState, Signature, SignatureKind
from attendance.queries import expected


def at_half_day(db: Session, *, half_day_id: int, beneficiary_id: int) -> Expectation | None:
    """Return how a person is expected at a half-day, or None when they are not.

    The meeting's row is locked against closing the sheet until the transaction ends, and read again even where this
    transaction has read it before: it may have been closed in between.
    """
    query = (
        select(HalfDay, Meeting, Attendee.id)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .outerjoin(Attendee, and_(Attendee.meeting_id == Meeting.id, Attendee.beneficiary_id == beneficiary_id))
        .where(HalfDay.id == half_day_id)
        .with_for_update(read=True, of=Meeting)
        .execution_options(populate_existing=True)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise HalfDayNotFound
    return _of_person(db, row[0], row[1], row[2], beneficiary_id)


def _of_person(
    db: Session, half_day: HalfDay, meeting: Meeting, attendee_id: int | None, beneficiary_id: int
) -> Expectation | None:
    if meeting.kind is not MeetingKind.TRAINING:
        return _booked(db, half_day, meeting, attendee_id, beneficiary_id)
    return _enrolled(half_day, meeting, attendee_id, beneficiary_id) if attendee_id is not None else None


def _booked(
    db: Session, half_day: HalfDay, meeting: Meeting, attendee_id: int | None, beneficiary_id: int
) -> Expectation | None:
    booked = booking_of(db, meeting, beneficiary_id)
    if booked is None:
        return None
    return replace(
        booked,
        is_closed=meeting.sheet_state is not SheetState.OPEN,
        meeting_id=meeting.id,
        half_day_id=half_day.id,
        attendee_id=attendee_id,
    )


def booking_of(db: Session, meeting: Meeting, beneficiary_id: int) -> Expectation | None:
    """Return what a person has booked at the meeting of a booking, cancelled or not; None at a training."""
    if meeting.workshop_id is not None:
        found = expected.of_workshop(db, meeting.workshop_id, beneficiary_id=beneficiary_id)
        return found[0] if found else None
    booked = expected.of_appointment(db, meeting.appointment_id) if meeting.appointment_id is not None else None
    return booked if booked is not None and booked.beneficiary_id == beneficiary_id else None


def _enrolled(half_day: HalfDay, meeting: Meeting, attendee_id: int, beneficiary_id: int) -> Expectation:
    return Expectation(
        beneficiary_id=beneficiary_id,
        title=half_day.title or meeting.title,
        venue_id=meeting.venue_id,
        time_zone=meeting.time_zone,
        starts_at=half_day.starts_at,
        ends_at=half_day.ends_at,
        is_closed=meeting.sheet_state is not SheetState.OPEN,
        meeting_id=meeting.id,
        half_day_id=half_day.id,
        attendee_id=attendee_id,
    )


def everybody_at(db: Session, half_day_id: int) -> list[Expectation]:
    """Return who is expected at one half-day; raise HalfDayNotFound."""
    query = select(HalfDay, Meeting).join(Meeting, Meeting.id == HalfDay.meeting_id).where(HalfDay.id == half_day_id)
    row = db.execute(query).one_or_none()
    if row is None:
        raise HalfDayNotFound
    half_day, meeting = row
    attendees = db.scalars(select(Attendee).where(Attendee.meeting_id == meeting.id)).all()
    if meeting.kind is MeetingKind.TRAINING:
        return [_enrolled(half_day, meeting, one.id, one.beneficiary_id) for one in attendees]
    known = {one.beneficiary_id: one.id for one in attendees}
    booked = expected.of_meeting(db, appointment_id=meeting.appointment_id, workshop_id=meeting.workshop_id)
    is_closed = meeting.sheet_state is not SheetState.OPEN
    return [
        replace(
            one,
            is_closed=is_closed,
            meeting_id=meeting.id,
            half_day_id=half_day.id,
            attendee_id=known.get(one.beneficiary_id),
        )
        for one in booked
    ]


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


def enrolled_at_venue(
    db: Session, *, venue_id: int, since: datetime, until: datetime, beneficiary_id: int | None = None
) -> list[Expectation]:
    """Return who is expected at the half-days of trainings held at a venue that overlap `[since, until]`."""
    query = (
        select(HalfDay, Meeting, Attendee)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .join(Attendee, Attendee.meeting_id == Meeting.id)
        .where(
            Meeting.kind == MeetingKind.TRAINING,
            Meeting.venue_id == venue_id,
            HalfDay.starts_at <= until,
            HalfDay.ends_at > since,
        )
        .order_by(HalfDay.starts_at)
    )
    if beneficiary_id is not None:
        query = query.where(Attendee.beneficiary_id == beneficiary_id)
    rows = db.execute(query)
    return [_enrolled(half_day, meeting, one.id, one.beneficiary_id) for half_day, meeting, one in rows]


def signature(db: Session, *, attendee_id: int, half_day_id: int, kind: SignatureKind) -> Signature | None:
    """Return the signature of a person for a half-day, arrival or departure."""
    return db.scalar(
        select(Signature).where(
            Signature.attendee_id == attendee_id, Signature.half_day_id == half_day_id, Signature.kind == kind
        )
    )


def signatures_of(db: Session, attendee_id: int) -> Sequence[Signature]:
    """Return everything a person signed in their meeting."""
    return db.scalars(select(Signature).where(Signature.attendee_id == attendee_id)).all()
