"""Staff send each attendee of a meeting the personal link by which they sign from afar."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.domain.refusals import SheetIsClosed
from attendance.models import Meeting, MeetingKind, SheetState
from attendance.queries import expected, meetings
from attendance.steps import meetings as rows
from attendance.steps.personal_links import LinksSent, Reached, send_links
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor

AFTER_THE_END = timedelta(days=1)
SHORTEST = timedelta(hours=1)


def send_sign_links(db: Session, actor: Actor, *, now: datetime, meeting_id: int) -> LinksSent:
    """Promise a link to every attendee, by mail where they have one, so that the code can come by SMS.

    Pressed twice within a minute, one message leaves. Raises MeetingNotFound or SheetIsClosed.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    meeting = meetings.locked(db, meeting_id)
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    coming = _enrol_booked(db, actor, meeting, now=now)
    lasts = max(meetings.last_end(db, meeting_id) + AFTER_THE_END - now, SHORTEST)
    people = [
        Reached(attendee.id, person.full_name, person.email, person.phone)
        for attendee, person in meetings.attendees(db, meeting_id)
        if coming is None or person.id in coming
    ]
    sent = send_links(db, actor, purpose="sign", people=people, lasts=lasts, now=now)
    audit.record(db, actor, action="sign-links.sent", subject=("meeting", meeting_id), now=now, sent=sent.count)
    return sent


def _enrol_booked(db: Session, actor: Actor, meeting: Meeting, *, now: datetime) -> set[int] | None:
    """Enrol whoever has booked, and return them; None at a training, where everybody enrolled is expected."""
    if meeting.kind is MeetingKind.TRAINING:
        return None
    booked = expected.of_meeting(db, appointment_id=meeting.appointment_id, workshop_id=meeting.workshop_id)
    coming = [one for one in booked if not one.is_cancelled]
    for one in coming:
        rows.with_rows(db, actor, one, now=now)
    return {one.beneficiary_id for one in coming}
