"""Staff withdraw a room's display and change its secret: whatever was shown, copied or begun is of no use any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.queries import meetings, rooms
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def renew_room_code(db: Session, actor: Actor, *, now: datetime, meeting_id: int) -> int:
    """Return how often the secret was renewed, this time included; raise MeetingNotFound.

    What is signed stays. Those who sign at this moment hold the meeting's row, and end first.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    meeting = meetings.locked(db, meeting_id)
    meeting.room_issue += 1
    for link in rooms.live_displays(db, meeting_id, now=now):
        link.revoked_at = now
    audit.record(
        db, actor, action="room-code.renewed", subject=("meeting", meeting_id), now=now, issue=meeting.room_issue
    )
    return meeting.room_issue
