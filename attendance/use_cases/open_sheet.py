"""Staff open the sheet of a workshop before anybody has signed it: its rows are made now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.refusals import MeetingNotFound
from attendance.queries import expected
from attendance.steps import meetings
from directory.domain.permissions import Permission, require
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
    return meeting_id or 0
