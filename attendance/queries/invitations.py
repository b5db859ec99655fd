"""Who is to be asked to sign a half-day, and who was, when and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from attendance.domain.invitations import Hours
from attendance.domain.refusals import HalfDayNotFound
from attendance.models import (
    Absence,
    Attendee,
    Correction,
    CorrectionAction,
    CorrectionState,
    Countersignature,
    Facilitator,
    HalfDay,
    Invitation,
    Meeting,
    MeetingKind,
    Occasion,
    Review,
    SheetState,
    Signature,
    SignatureKind,
    Standing,
    Statement,
)
from directory.models import Beneficiary


@dataclass(frozen=True)
class Invitee:
    """Somebody who has yet to sign a half-day, and by which ways they can be reached.

    `is_accounted_for`: they were stated present or told absent, so that nobody reminds them unless asked to by name.
    """

    subject_id: int
    beneficiary_id: int | None
    is_walk_in: bool
    name: str
    email: str | None
    phone: str | None
    is_accounted_for: bool = False

    @property
    def channel(self) -> str | None:
        """Return how they are reached: by mail where there is one, so that a code can come by SMS."""
        return "mail" if self.email else "sms" if self.phone else None


@dataclass(frozen=True)
class Asking:
    """The last time that somebody was asked; without a channel there was no way to reach them."""

    occasion: Occasion
    channel: str | None
    asked_at: datetime


def hours_of(half_day: HalfDay, meeting: Meeting) -> Hours:
    """Return the hours of a half-day on the clocks of its meeting."""
    return Hours(half_day.starts_at, half_day.ends_at, meeting.time_zone)


def half_day(db: Session, half_day_id: int) -> tuple[HalfDay, Meeting]:
    """Return a half-day and its meeting as they are now, locked against closing; raise HalfDayNotFound."""
    query = (
        select(HalfDay, Meeting)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .where(HalfDay.id == half_day_id)
        .with_for_update(key_share=True, of=Meeting)
        .execution_options(populate_existing=True)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise HalfDayNotFound
    return row[0], row[1]


def coming_up(
    db: Session, *, since: datetime, until: datetime, meeting_id: int | None = None
) -> Sequence[tuple[HalfDay, Meeting]]:
    """Return the half-days in `[since, until)` at which somebody may have to be asked, by start."""
    query = (
        select(HalfDay, Meeting)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .where(
            HalfDay.starts_at < until,
            HalfDay.ends_at > since,
            Meeting.sheet_state == SheetState.OPEN,
            or_(Meeting.kind != MeetingKind.APPOINTMENT, Meeting.invites),
        )
        .order_by(HalfDay.starts_at, HalfDay.id)
    )
    if meeting_id is not None:
        query = query.where(HalfDay.meeting_id == meeting_id)
    return [(row[0], row[1]) for row in db.execute(query)]


def unsigned_attendees(db: Session, half_day: HalfDay) -> list[Invitee]:
    """Return who is enrolled and has not signed their arrival at a half-day, by name."""
    signed = exists().where(
        Signature.attendee_id == Attendee.id,
        Signature.half_day_id == half_day.id,
        Signature.kind == SignatureKind.ARRIVAL,
        Signature.standing == Standing.COUNTS,
    )
    query = (
        select(Attendee, Beneficiary, _is_accounted_for(Attendee.id, half_day.id))
        .join(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .where(Attendee.meeting_id == half_day.meeting_id, ~signed)
        .order_by(Beneficiary.searched_name, Attendee.id)
    )
    return [
        Invitee(one.id, person.id, one.is_walk_in, person.full_name, person.email, person.phone, bool(is_accounted_for))
        for one, person, is_accounted_for in db.execute(query)
    ]


def _is_accounted_for(attendee_id: Any, half_day_id: Any) -> ColumnElement[bool]:
    """Say of somebody at a half-day that they were stated present, which stands, or told absent."""
    withdrawn = exists().where(
        Correction.attendee_id == Statement.attendee_id,
        Correction.half_day_id == Statement.half_day_id,
        Correction.kind == Statement.kind,
        Correction.action == CorrectionAction.WITHDRAW,
        Correction.state == CorrectionState.APPLIED,
        Correction.decided_at >= Statement.recorded_at,
    )
    stated = exists().where(
        Statement.attendee_id == attendee_id,
        Statement.half_day_id == half_day_id,
        or_(Statement.review.is_(None), Statement.review == Review.ACCEPTED),
        ~withdrawn,
    )
    absent = exists().where(Absence.attendee_id == attendee_id, Absence.half_day_id == half_day_id)
    return or_(stated, absent)


def uncountersigned_facilitators(db: Session, half_day: HalfDay) -> list[Invitee]:
    """Return who led a half-day and has not countersigned it."""
    signed = exists().where(
        Countersignature.facilitator_id == Facilitator.id, Countersignature.half_day_id == half_day.id
    )
    query = select(Facilitator).where(Facilitator.meeting_id == half_day.meeting_id, ~signed).order_by(Facilitator.id)
    return [Invitee(one.id, None, False, one.name, one.email, one.phone) for one in db.scalars(query)]  # noqa: FBT003


def last_asked(db: Session, half_day_id: int) -> dict[int, datetime]:
    """Return when each person was last asked to sign a half-day, by the id of their row there."""
    subject = func.coalesce(Invitation.attendee_id, Invitation.facilitator_id)
    query = select(subject, func.max(Invitation.asked_at)).where(Invitation.half_day_id == half_day_id)
    return {row[0]: row[1] for row in db.execute(query.group_by(subject))}


def of_meeting(db: Session, meeting_id: int) -> dict[tuple[int, int], tuple[Asking, ...]]:
    """Return every asking of a meeting, in order, by half-day and by the id of the attendee or facilitator."""
    query = (
        select(Invitation)
        .join(HalfDay, HalfDay.id == Invitation.half_day_id)
        .where(HalfDay.meeting_id == meeting_id)
        .order_by(Invitation.asked_at, Invitation.id)
    )
    found: dict[tuple[int, int], tuple[Asking, ...]] = {}
    for one in db.scalars(query):
        key = (one.half_day_id, one.attendee_id or one.facilitator_id or 0)
        found[key] = (*found.get(key, ()), Asking(one.occasion, one.channel, one.asked_at))
    return found


@dataclass(frozen=True)
class Wanted:
    """What a message that waits to leave is about."""

    half_day: HalfDay
    occasion: Occasion
    attendee_id: int | None


def still_wanted(db: Session, invitation_id: int) -> Wanted | None:
    """Return what an invitation asks for, or None once the person has signed.

    What the clock asks, and no hand, is not wanted either of who was stated present or told absent meanwhile.
    """
    arrived = and_(
        Signature.attendee_id == Invitation.attendee_id,
        Signature.half_day_id == Invitation.half_day_id,
        Signature.kind == SignatureKind.ARRIVAL,
        Signature.standing == Standing.COUNTS,
    )
    countersigned = and_(
        Countersignature.facilitator_id == Invitation.facilitator_id,
        Countersignature.half_day_id == Invitation.half_day_id,
    )
    by_hand = Invitation.occasion == Occasion.AGAIN
    query = (
        select(HalfDay, Invitation)
        .join(HalfDay, HalfDay.id == Invitation.half_day_id)
        .where(
            Invitation.id == invitation_id,
            ~exists().where(arrived),
            ~exists().where(countersigned),
            or_(by_hand, ~_is_accounted_for(Invitation.attendee_id, Invitation.half_day_id)),
        )
    )
    row = db.execute(query).one_or_none()
    return Wanted(row[0], row[1].occasion, row[1].attendee_id) if row is not None else None
