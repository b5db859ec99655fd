"""What is kept beside signatures is kept while the sheet is open, and never about somebody of another meeting."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound, SheetIsClosed
from attendance.models import Attendee, HalfDay, Meeting, SheetState
from attendance.queries import meetings


def open_meeting(db: Session, meeting_id: int) -> Meeting:
    """Return a meeting whose sheet is open, its row locked against closing; raise MeetingNotFound or SheetIsClosed."""
    meeting = meetings.locked(db, meeting_id)
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    return meeting


def check_belong(db: Session, meeting_id: int, *, attendee_ids: set[int], half_day_ids: set[int]) -> None:
    """Raise AttendeeNotFound or HalfDayNotFound unless all are of this meeting."""
    people = select(Attendee.id).where(Attendee.meeting_id == meeting_id, Attendee.id.in_(attendee_ids))
    if len(db.scalars(people).all()) < len(attendee_ids):
        raise AttendeeNotFound
    spans = select(HalfDay.id).where(HalfDay.meeting_id == meeting_id, HalfDay.id.in_(half_day_ids))
    if len(db.scalars(spans).all()) < len(half_day_ids):
        raise HalfDayNotFound
