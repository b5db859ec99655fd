"""What follows from what happened: a table to read. An arrival marks the appointment arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.events import AttendeeSigned, HalfDayCountersigned, SheetClosed
from attendance.models import Attendee, Meeting, SignatureKind
from attendance.queries import expected
from booking.use_cases.mark_arrived import mark_arrived
from foundation.actors import Actor
from foundation.events import Event
from foundation.outbox import Reaction


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


REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    AttendeeSigned: (mark_appointment_arrived,),
    HalfDayCountersigned: (),
    SheetClosed: (),
}
