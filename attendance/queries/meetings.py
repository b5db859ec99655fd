"""Which meetings are there, and who has to do with one?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain.refusals import MeetingNotFound
from attendance.models import (
    Attendee,
    Facilitator,
    HalfDay,
    Meeting,
    MeetingKind,
    SheetState,
    Signature,
    SignatureKind,
    Standing,
)
from directory.models import Beneficiary, Venue


@dataclass(frozen=True)
class MeetingLine:
    """One meeting in a list; `workshop_id` without `meeting_id` is a workshop that nothing has touched yet."""

    meeting_id: int | None
    workshop_id: int | None
    title: str
    kind: MeetingKind
    venue_id: int | None
    venue: str | None
    video_room: str | None
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    half_days: int
    signatures: int
    state: SheetState


def by_id(db: Session, meeting_id: int) -> Meeting:
    """Return one meeting; raise MeetingNotFound."""
    found = db.get(Meeting, meeting_id)
    if found is None:
        raise MeetingNotFound
    return found


def locked(db: Session, meeting_id: int) -> Meeting:
    """Return one meeting, locked until the transaction ends; raise MeetingNotFound."""
    query = select(Meeting).where(Meeting.id == meeting_id).with_for_update(key_share=True)
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise MeetingNotFound
    return found


def last_end(db: Session, meeting_id: int) -> datetime:
    """Return when the last half-day of a meeting ends; raise MeetingNotFound when it has none."""
    found = db.scalar(select(func.max(HalfDay.ends_at)).where(HalfDay.meeting_id == meeting_id))
    if found is None:
        raise MeetingNotFound
    return found


def lines(db: Session, *, since: datetime, until: datetime) -> list[MeetingLine]:
    """Return the trainings and workshops with a half-day that overlaps `[since, until)`, by start."""
    arrived = (
        select(HalfDay.meeting_id, func.count(Signature.id).label("signatures"))
        .join(Signature, Signature.half_day_id == HalfDay.id)
        .where(Signature.kind == SignatureKind.ARRIVAL, Signature.standing == Standing.COUNTS)
        .group_by(HalfDay.meeting_id)
        .subquery()
    )
    starts_at, ends_at = func.min(HalfDay.starts_at), func.max(HalfDay.ends_at)
    query = (
        select(Meeting, Venue.name, starts_at, ends_at, func.count(HalfDay.id), func.max(arrived.c.signatures))
        .join(HalfDay, HalfDay.meeting_id == Meeting.id)
        .outerjoin(Venue, Venue.id == Meeting.venue_id)
        .outerjoin(arrived, arrived.c.meeting_id == Meeting.id)
        .where(Meeting.kind != MeetingKind.APPOINTMENT)
        .group_by(Meeting.id, Venue.name)
        .having(starts_at < until, ends_at > since)
        .order_by(starts_at, Meeting.id)
    )
    return [
        MeetingLine(
            meeting_id=meeting.id,
            workshop_id=meeting.workshop_id,
            title=meeting.title,
            kind=meeting.kind,
            venue_id=meeting.venue_id,
            venue=venue,
            video_room=meeting.video_room,
            time_zone=meeting.time_zone,
            starts_at=begins,
            ends_at=ends,
            half_days=half_days,
            signatures=signatures or 0,
            state=meeting.sheet_state,
        )
        for meeting, venue, begins, ends, half_days, signatures in db.execute(query)
    ]


def half_days_between(db: Session, *, since: datetime, until: datetime) -> list[tuple[HalfDay, Meeting]]:
    """Return the half-days of trainings and workshops that overlap `[since, until)` and still take signatures."""
    query = (
        select(HalfDay, Meeting)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .where(
            Meeting.kind != MeetingKind.APPOINTMENT,
            Meeting.sheet_state == SheetState.OPEN,
            HalfDay.starts_at < until,
            HalfDay.ends_at > since,
        )
        .order_by(HalfDay.starts_at, HalfDay.id)
    )
    return [(half_day, meeting) for half_day, meeting in db.execute(query)]


def attendees(db: Session, meeting_id: int) -> list[tuple[Attendee, Beneficiary]]:
    """Return the attendees of a meeting with who they are, by name."""
    query = (
        select(Attendee, Beneficiary)
        .join(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .where(Attendee.meeting_id == meeting_id)
        .order_by(Beneficiary.searched_name, Attendee.id)
    )
    return [(attendee, beneficiary) for attendee, beneficiary in db.execute(query)]


def facilitators(db: Session, meeting_id: int) -> list[Facilitator]:
    """Return the facilitators of a meeting, in the order they were named."""
    return list(db.scalars(select(Facilitator).where(Facilitator.meeting_id == meeting_id).order_by(Facilitator.id)))
