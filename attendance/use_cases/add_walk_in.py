"""Somebody came without being expected: staff add them to the sheet, and they can sign from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain.walk_ins import (
    MeetingCancelled,
    MeetingNotToday,
    MeetingTakesOne,
    UnreadableWalkIn,
    is_open_or_today,
)
from attendance.models import Attendee, Meeting, MeetingKind
from attendance.queries import expected, half_days
from attendance.steps.evidence import open_meeting
from attendance.steps.invitations import announce_invitations
from attendance.steps.meetings import attend
from directory.domain.contacts import UnreadableContact, parse_email, parse_phone
from directory.domain.permissions import Permission, require
from directory.models import Beneficiary
from directory.queries import organisations, people, venues
from directory.steps.people import known_or_new
from foundation import audit
from foundation.actors import Actor

LONGEST_NAME = 80


@dataclass(frozen=True)
class WalkIn:
    """Who came: somebody known by their id, or a name with what there is to reach them by."""

    beneficiary_id: int | None = None
    first_name: str = ""
    last_name: str = ""
    phone: str | None = None
    email: str | None = None
    language: str = "fr"

    def check(self) -> None:
        """Raise UnreadableWalkIn with what is missing."""
        if self.beneficiary_id is not None:
            return
        names = {"first_name": self.first_name.strip(), "last_name": self.last_name.strip()}
        wrong = {name: "field.missing" for name, text in names.items() if not text}
        wrong |= {name: "training.too_long" for name, text in names.items() if len(text) > LONGEST_NAME}
        if wrong:
            raise UnreadableWalkIn(wrong)


@dataclass(frozen=True)
class Added:
    """Who is on the sheet now. `is_new`: was not before. `is_over_full`: more people than seats, which is told only."""

    attendee_id: int
    name: str
    is_new: bool
    is_over_full: bool


def add_walk_in(db: Session, actor: Actor, *, now: datetime, meeting_id: int, walk_in: WalkIn) -> Added:
    """Add somebody to a training or a workshop of today; whoever is expected already stays as they are.

    A workshop's seats are not touched: booking says who has one, and the sheet shows who came without. Raises
    UnreadableWalkIn, MeetingNotFound, SheetIsClosed, MeetingTakesOne, MeetingNotToday,
    MeetingCancelled or BeneficiaryNotFound.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    walk_in.check()
    meeting = open_meeting(db, meeting_id)
    _refuse_wrong_meeting(db, meeting, now=now)
    person = _who(db, actor, meeting, walk_in, now=now)
    is_new = not _is_expected(db, meeting, person.id)
    attendee_id = attend(db, actor, meeting.id, person.id)
    if is_new:
        row = db.get_one(Attendee, attendee_id)
        row.is_walk_in, row.added_at = True, now
        announce_invitations(db, actor, now=now, meeting_id=meeting.id)
        audit.record(db, actor, action="attendee.walked-in", subject=("attendee", attendee_id), now=now)
    return Added(attendee_id, person.full_name, is_new, _is_over_full(db, meeting))


def _refuse_wrong_meeting(db: Session, meeting: Meeting, *, now: datetime) -> None:
    if meeting.kind is MeetingKind.APPOINTMENT:
        raise MeetingTakesOne
    planned = expected.workshop(db, meeting.workshop_id) if meeting.workshop_id is not None else None
    if planned is not None and planned.is_cancelled:
        raise MeetingCancelled
    hours = [(one.starts_at, one.ends_at) for one in half_days.of_meeting(db, meeting.id)]
    if not is_open_or_today(hours, now=now, time_zone=meeting.time_zone):
        raise MeetingNotToday


def _who(db: Session, actor: Actor, meeting: Meeting, walk_in: WalkIn, *, now: datetime) -> Beneficiary:
    if walk_in.beneficiary_id is not None:
        return people.by_id(db, walk_in.beneficiary_id)
    venue = venues.by_id(db, meeting.venue_id) if meeting.venue_id is not None else None
    region = venue.region if venue is not None else organisations.by_id(db, meeting.organisation_id).region
    try:
        email = parse_email(walk_in.email) if walk_in.email else None
        phone = parse_phone(walk_in.phone, region) if walk_in.phone else None
    except UnreadableContact as refusal:
        raise UnreadableWalkIn(refusal.fields) from refusal
    return known_or_new(
        db,
        actor,
        first_name=walk_in.first_name.strip(),
        last_name=walk_in.last_name.strip(),
        email=email,
        phone=phone,
        language=walk_in.language,
        now=now,
    )


def _is_expected(db: Session, meeting: Meeting, beneficiary_id: int) -> bool:
    if meeting.kind is MeetingKind.WORKSHOP:
        booked = half_days.booking_of(db, meeting, beneficiary_id)
        return booked is not None and not booked.is_cancelled
    mine = select(Attendee.id).where(Attendee.meeting_id == meeting.id, Attendee.beneficiary_id == beneficiary_id)
    return db.scalar(mine) is not None


def _is_over_full(db: Session, meeting: Meeting) -> bool:
    seats = meeting.seats
    if meeting.workshop_id is not None:
        seats = seats or expected.capacity(db, meeting.workshop_id)
        spans = half_days.of_meeting(db, meeting.id)
        count = sum(not one.is_cancelled for one in half_days.everybody_at(db, spans[0].id))
    else:
        count = db.scalar(select(func.count(Attendee.id)).where(Attendee.meeting_id == meeting.id)) or 0
    return seats is not None and count > seats
