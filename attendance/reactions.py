"""What follows from what happened: a table to read. A booking gets its rows, and is arrived while somebody signed."""

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
from attendance.models import Attendee, Correction, Meeting
from attendance.queries import corrections, expected, presence
from attendance.steps import meetings
from attendance.steps.invitations import announce_invitations
from attendance.use_cases.forget_room_codes import forget_room_codes
from attendance.use_cases.invite_when_due import invite_when_due
from booking.domain.events import AppointmentBooked, AppointmentMoved, WorkshopChanged
from booking.queries import appointments
from booking.use_cases.mark_arrived import mark_arrived
from booking.use_cases.unmark_arrived import unmark_arrived
from directory.domain.events import NightFell
from foundation.actors import Actor
from foundation.events import Event
from foundation.outbox import Reaction, promise_message


def tell_booking(
    db: Session, actor: Actor, event: AttendeeSigned | SignatureUndone | CorrectionApplied, now: datetime
) -> None:
    """Tell booking whether the person has come, where a booking is why they were expected.

    What is true now is told, whatever the event says: they may be handled in any order, and several at once. So the
    appointment is locked before the signatures are read: whoever reads later also tells later.
    """
    attendee_id = _attendee_of(db, event)
    appointment_id = _appointment_of(db, attendee_id)
    if appointment_id is None:
        return
    appointments.by_id(db, appointment_id, for_update=True)
    tell = mark_arrived if presence.has_come(db, attendee_id) else unmark_arrived
    tell(db, actor, now=now, appointment_id=appointment_id)


def _attendee_of(db: Session, event: AttendeeSigned | SignatureUndone | CorrectionApplied) -> int:
    if isinstance(event, CorrectionApplied):
        return db.scalars(select(Correction.attendee_id).where(Correction.id == event.correction_id)).one()
    return event.attendee_id


def _appointment_of(db: Session, attendee_id: int) -> int | None:
    query = select(Meeting, Attendee.beneficiary_id).join(Attendee, Attendee.meeting_id == Meeting.id)
    meeting, beneficiary_id = db.execute(query.where(Attendee.id == attendee_id)).one()
    if meeting.workshop_id is None:
        return meeting.appointment_id
    return expected.appointment_in_workshop(db, workshop_id=meeting.workshop_id, beneficiary_id=beneficiary_id)


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


def forget(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """Forget at night the codes that were used in rooms the day before."""
    forget_room_codes(db, actor, now=now)


REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    AppointmentBooked: (make_rows,),
    AppointmentMoved: (make_rows,),
    AttendeeSigned: (tell_booking,),
    WorkshopChanged: (follow_workshop,),
    HalfDayCountersigned: (),
    SheetClosed: (),
    SignatureUndone: (tell_booking,),
    InvitationsDue: (invite,),
    NightFell: (announce_the_day, forget),
    CorrectionApplied: (tell_booking, tell_of_correction),
}
