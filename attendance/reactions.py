"""What follows from what happened: a table to read. A booking gets its rows; an arrival marks it arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.events import (
    AttendeeSigned,
    CorrectionApplied,
    HalfDayCountersigned,
    InvitationsDue,
    SheetClosed,
    SignatureUndone,
)
from attendance.domain.invitations import Moment, Whom
from attendance.models import Attendee, Meeting, SignatureKind
from attendance.queries import corrections, expected
from attendance.steps import meetings
from attendance.steps.invitations import announce_invitations
from attendance.use_cases.invite_when_due import invite_when_due
from booking.domain.events import AppointmentBooked, AppointmentMoved, WorkshopChanged
from booking.use_cases.mark_arrived import mark_arrived
from directory.domain.events import NightFell
from foundation.actors import Actor
from foundation.events import Event
from foundation.outbox import Reaction, promise_message


def mark_appointment_arrived(db: Session, actor: Actor, event: AttendeeSigned, now: datetime) -> None:
    """Tell booking that the person has come, where a booking is why they were expected."""
    if event.kind != SignatureKind.ARRIVAL.value:
        return
    query = select(Meeting, Attendee.beneficiary_id).join(Attendee, Attendee.meeting_id == Meeting.id)
    meeting, beneficiary_id = db.execute(query.where(Attendee.id == event.attendee_id)).one()
    appointment_id = meeting.appointment_id
    if meeting.workshop_id is not None:
        appointment_id = expected.appointment_in_workshop(
            db, workshop_id=meeting.workshop_id, beneficiary_id=beneficiary_id
        )
    if appointment_id is not None:
        mark_arrived(db, actor, now=now, appointment_id=appointment_id)


def make_rows(db: Session, actor: Actor, event: AppointmentBooked | AppointmentMoved, now: datetime) -> None:
    """Make the rows of a booking, so that a scan finds them; made already, they follow it to its other hours.

    Nothing waits for this: whoever touches a booking first makes what is missing.
    """
    expectation = expected.of_appointment(db, event.appointment_id)
    if expectation is None or expectation.is_cancelled:
        return
    expectation = meetings.with_rows(db, actor, expectation, now=now)
    if isinstance(event, AppointmentMoved):
        meetings.follow_agent(db, actor, expectation)
    announce_invitations(db, actor, now=now, meeting_id=expectation.meeting_id)


def follow_workshop(db: Session, actor: Actor, event: WorkshopChanged, now: datetime) -> None:
    """Have the rows of a workshop follow it to its other hours and its other agent, where they were made."""
    expectation = expected.workshop(db, event.workshop_id)
    is_made = db.scalar(select(Meeting.id).where(Meeting.workshop_id == event.workshop_id)) is not None
    if is_made and expectation is not None and not expectation.is_cancelled:
        expectation = meetings.with_rows(db, actor, expectation, now=now)
        meetings.follow_agent(db, actor, expectation)
        announce_invitations(db, actor, now=now, meeting_id=expectation.meeting_id)


def tell_of_correction(db: Session, actor: Actor, event: CorrectionApplied, now: datetime) -> None:
    """Tell somebody that the sheet was corrected about them: by mail, else by SMS, where there is a way."""
    told = corrections.to_tell(db, event.correction_id)
    channel = None if told is None else "mail" if told.person.email else "sms" if told.person.phone else None
    if channel is not None:
        about, key = {"correction_id": event.correction_id}, f"correction:{event.correction_id}"
        promise_message(db, actor, name=f"attendance.correction-{channel}", about=about, key=key, now=now)


def invite(db: Session, actor: Actor, event: InvitationsDue, now: datetime) -> None:
    """Ask people to sign a half-day that opens, or remind them."""
    moment, whom = Moment(event.moment), Whom(event.whom)
    invite_when_due(db, actor, now=now, half_day_id=event.half_day_id, moment=moment, whom=whom)


def announce_the_day(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """Promise to ask whoever has to sign in the day to come, however their half-days were planned."""
    announce_invitations(db, actor, now=now)


REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    AppointmentBooked: (make_rows,),
    AppointmentMoved: (make_rows,),
    AttendeeSigned: (mark_appointment_arrived,),
    WorkshopChanged: (follow_workshop,),
    HalfDayCountersigned: (),
    SheetClosed: (),
    SignatureUndone: (),
    InvitationsDue: (invite,),
    NightFell: (announce_the_day,),
    CorrectionApplied: (tell_of_correction,),
}
