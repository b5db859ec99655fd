"""Staff close a sheet: from then on it takes no signature, no statement and no countersignature."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from attendance.domain.corrections import CorrectionsWait
from attendance.domain.events import SheetClosed
from attendance.domain.refusals import SheetIsClosed, TooEarlyToClose
from attendance.models import Meeting, SheetState
from attendance.queries import corrections, expected, meetings
from attendance.steps import meetings as rows
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor
from foundation.outbox import announce


def close_sheet(db: Session, actor: Actor, *, now: datetime, meeting_id: int) -> None:
    """Close once the last half-day is over.

    Raises MeetingNotFound, TooEarlyToClose, SheetIsClosed, or CorrectionsWait for a second person.
    """
    require(actor, Permission.CLOSE_SHEET)
    _follow_booking(db, actor, meetings.by_id(db, meeting_id), now=now)
    if now < meetings.last_end(db, meeting_id):
        raise TooEarlyToClose
    open_one = update(Meeting).where(Meeting.id == meeting_id, Meeting.sheet_state == SheetState.OPEN)
    closed = {"sheet_state": SheetState.CLOSED, "closed_at": now, "closed_by": actor.agent_id}
    changed = open_one.values(closed).returning(Meeting.id)
    if db.scalar(changed) is None:
        raise SheetIsClosed
    if corrections.is_any_waiting(db, meeting_id):
        raise CorrectionsWait
    audit.record(db, actor, action="sheet.closed", subject=("meeting", meeting_id), now=now)
    announce(db, actor, SheetClosed(meeting_id), now=now)


def _follow_booking(db: Session, actor: Actor, meeting: Meeting, *, now: datetime) -> None:
    # A booking may have been moved since, and no worker have heard of it: closed before it, nobody could sign it.
    booked = expected.of_appointment(db, meeting.appointment_id) if meeting.appointment_id is not None else None
    if booked is not None and booked.is_moved and not booked.is_cancelled:
        rows.with_rows(db, actor, booked, now=now)
