"""What the messages and the pages behind personal links need to know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.windows import Timing
from attendance.models import (
    Attendee,
    Facilitator,
    HalfDay,
    Meeting,
    MeetingKind,
    Occasion,
    OneTimeCode,
    SheetState,
    Signature,
    SignatureKind,
)
from attendance.queries import expected, half_days, invitations
from attendance.queries.sheet_view import HalfDayView
from directory.models import Beneficiary, Organisation, Venue
from foundation.models import PersonalLink


@dataclass(frozen=True)
class LinkToSend:
    """A personal link that is still of use, to whom it goes, and for which half-day."""

    link: PersonalLink
    meeting: Meeting
    organisation: Organisation
    venue: str | None
    half_day: HalfDay
    is_reminder: bool
    name: str
    first_name: str
    email: str | None
    phone: str | None
    language: str

    @property
    def closes_at(self) -> datetime:
        """Return until when the half-day can be signed."""
        return windows.closes_at(self.half_day.ends_at)


def to_sign(db: Session, link_id: int, *, now: datetime, invitation_id: int | None = None) -> LinkToSend | None:
    """Return the link of an attendee, or None when link or sheet takes nothing more, or nothing is left to sign."""
    query = (
        select(PersonalLink, Meeting, Organisation, Attendee, Beneficiary)
        .join(Attendee, Attendee.id == PersonalLink.subject_id)
        .join(Meeting, Meeting.id == Attendee.meeting_id)
        .join(Organisation, Organisation.id == Meeting.organisation_id)
        .join(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .where(PersonalLink.id == link_id, PersonalLink.purpose == "sign")
    )
    row = db.execute(query).one_or_none()
    if row is None or not _is_live(row[0], row[1], now):
        return None
    link, meeting, organisation, attendee, person = row
    about = _about(db, meeting.id, invitation_id, now)
    if about is None or now >= windows.closes_at(about[0].ends_at) or _has_cancelled(db, meeting, attendee):
        return None
    names = (person.full_name, person.first_name)
    where = (meeting, organisation, _venue(db, meeting), *about)
    return LinkToSend(link, *where, *names, person.email, person.phone, person.language)


def to_countersign(db: Session, link_id: int, *, now: datetime, invitation_id: int | None = None) -> LinkToSend | None:
    """Return the link of a facilitator, or None when link or sheet takes nothing more, or nothing is left to sign."""
    query = (
        select(PersonalLink, Meeting, Organisation, Facilitator)
        .join(Facilitator, Facilitator.id == PersonalLink.subject_id)
        .join(Meeting, Meeting.id == Facilitator.meeting_id)
        .join(Organisation, Organisation.id == Meeting.organisation_id)
        .where(PersonalLink.id == link_id, PersonalLink.purpose == "countersign")
    )
    row = db.execute(query).one_or_none()
    if row is None or not _is_live(row[0], row[1], now):
        return None
    link, meeting, organisation, who = row
    about = _about(db, meeting.id, invitation_id, now)
    workshop = expected.workshop(db, meeting.workshop_id) if meeting.workshop_id is not None else None
    if about is None or (workshop is not None and workshop.is_cancelled):
        return None
    where = (meeting, organisation, _venue(db, meeting), *about)
    return LinkToSend(link, *where, who.name, who.name, who.email, who.phone, who.language)


def _is_live(link: PersonalLink, meeting: Meeting, now: datetime) -> bool:
    is_over = link.revoked_at is not None or link.expires_at <= now
    return not is_over and meeting.sheet_state is SheetState.OPEN


def _about(db: Session, meeting_id: int, invitation_id: int | None, now: datetime) -> tuple[HalfDay, bool] | None:
    """Return the half-day that a message is about and whether it is a reminder, or None once it is signed."""
    if invitation_id is None:  # promised before invitations were kept
        spans = half_days.of_meeting(db, meeting_id)
        return next((one for one in spans if one.ends_at > now), spans[-1]), False
    wanted = invitations.still_wanted(db, invitation_id)
    return None if wanted is None else (wanted.half_day, wanted.occasion is Occasion.REMINDER)


def _has_cancelled(db: Session, meeting: Meeting, attendee: Attendee) -> bool:
    if meeting.kind is MeetingKind.TRAINING or attendee.is_walk_in:
        return False
    booked = half_days.booking_of(db, meeting, attendee.beneficiary_id)
    return booked is None or booked.is_cancelled


@dataclass(frozen=True)
class CodeToSend:
    """A one-time code that is still the present one, and to whom it goes."""

    code: OneTimeCode
    half_day: HalfDay
    meeting: Meeting
    organisation: Organisation
    person: Beneficiary


def code_to_send(db: Session, code_id: int, issue: int, *, now: datetime) -> CodeToSend | None:
    """Return the code if `issue` is still its number, it is unused, and it has not run out."""
    query = (
        select(OneTimeCode, HalfDay, Meeting, Organisation, Beneficiary)
        .join(HalfDay, HalfDay.id == OneTimeCode.half_day_id)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .join(Organisation, Organisation.id == Meeting.organisation_id)
        .join(Attendee, Attendee.id == OneTimeCode.attendee_id)
        .join(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .where(OneTimeCode.id == code_id, OneTimeCode.issue == issue, OneTimeCode.used_at.is_(None))
    )
    row = db.execute(query.where(OneTimeCode.expires_at > now)).one_or_none()
    return CodeToSend(row[0], row[1], row[2], row[3], row[4]) if row is not None else None


@dataclass(frozen=True)
class SigningPage:
    """What the holder of a personal link sees: their meeting, its half-days, and what they have signed."""

    meeting: Meeting
    venue: str | None
    person: Beneficiary
    half_days: tuple[HalfDayView, ...]
    signatures: tuple[Signature, ...]
    is_cancelled: bool

    def signed(self, half_day: HalfDayView) -> list[Signature]:
        """Return what was signed of a half-day, the arrival first."""
        return sorted((one for one in self.signatures if one.half_day_id == half_day.id), key=lambda one: one.kind)

    def timing(self, half_day: HalfDayView, now: datetime) -> Timing:
        """Compare `now` with the window of a half-day; a closed sheet and a cancelled booking are too late."""
        if self.meeting.sheet_state is not SheetState.OPEN or self.is_cancelled:
            return Timing.LATE
        return windows.timing(now, starts_at=half_day.starts_at, ends_at=half_day.ends_at)

    def to_sign(self, half_day: HalfDayView, now: datetime) -> SignatureKind | None:
        """Return what can be signed now: the arrival; once that is signed and the half-day has begun, the departure."""
        signed = {one.kind for one in self.signed(half_day)}
        if self.timing(half_day, now) is not Timing.OPEN:
            return None
        if SignatureKind.ARRIVAL not in signed:
            return SignatureKind.ARRIVAL
        if SignatureKind.DEPARTURE not in signed and now >= half_day.starts_at:
            return SignatureKind.DEPARTURE
        return None


def signing_page(db: Session, attendee_id: int) -> SigningPage:
    """Return what an attendee sees, as their booking says it at this moment; raise AttendeeNotFound."""
    attendee, meeting, spans = half_days.of_attendee(db, attendee_id)
    person = db.scalars(select(Beneficiary).where(Beneficiary.id == attendee.beneficiary_id)).one()
    signatures = tuple(half_days.signatures_of(db, attendee_id))
    shown = [HalfDayView(one.id, one.title, one.starts_at, one.ends_at) for one in spans]
    booked = half_days.booking_of(db, meeting, attendee.beneficiary_id)
    if booked is not None and not signatures:
        shown = [replace(one, starts_at=booked.starts_at, ends_at=booked.ends_at) for one in shown]
    is_cancelled = meeting.kind is not MeetingKind.TRAINING and (booked is None or booked.is_cancelled)
    return SigningPage(meeting, _venue(db, meeting), person, tuple(shown), signatures, is_cancelled)


def _venue(db: Session, meeting: Meeting) -> str | None:
    return db.scalar(select(Venue.name).where(Venue.id == meeting.venue_id)) if meeting.venue_id is not None else None
