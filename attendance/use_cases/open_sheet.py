"""Staff open the sheet of a booking before anybody has signed it: its rows are made now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.refusals import MeetingNotFound
from attendance.queries import expected
from attendance.steps import meetings
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def open_sheet(db: Session, actor: Actor, *, now: datetime, workshop_id: int) -> int:
    """Return the id of the workshop's meeting, made now where it is missing; raise MeetingNotFound."""
    require(actor, Permission.MANAGE_MEETINGS)
    workshop = expected.workshop(db, workshop_id)
    if workshop is None:
        raise MeetingNotFound
    meeting_id = meetings.with_rows(db, actor, workshop, now=now).meeting_id
    for one in expected.of_workshop(db, workshop_id):
        if not one.is_cancelled:
            meetings.with_rows(db, actor, one, now=now)
    return _opened(db, actor, meeting_id, now=now)


def open_sheet_of_appointment(db: Session, actor: Actor, *, now: datetime, appointment_id: int) -> int:
    """Return the id of the appointment's meeting (of its workshop, when it is a seat); raise MeetingNotFound.

    A cancelled appointment keeps the meeting that it has, and is given none.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    booked = expected.of_appointment(db, appointment_id)
    if booked is None or (booked.is_cancelled and booked.meeting_id is None):
        raise MeetingNotFound
    if not booked.is_cancelled:
        booked = meetings.with_rows(db, actor, booked, now=now)
    return _opened(db, actor, booked.meeting_id, now=now)


def _opened(db: Session, actor: Actor, meeting_id: int | None, *, now: datetime) -> int:
    if meeting_id is None:  # pragma: no cover - whoever asks has made or found the rows
        raise MeetingNotFound
    audit.record(db, actor, action="sheet.opened", subject=("meeting", meeting_id), now=now)
    return meeting_id
