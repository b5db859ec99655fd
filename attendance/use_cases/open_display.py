"""Staff show a room's code on its screen: by a link that needs no log-in and opens nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.refusals import SheetIsClosed
from attendance.domain.room_codes import RoomIsOver
from attendance.models import SheetState
from attendance.queries import meetings, rooms
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor
from foundation.links import give_link
from foundation.models import PersonalLink


def open_display(db: Session, actor: Actor, *, now: datetime, meeting_id: int) -> PersonalLink:
    """Return the link of the room's screen, made now where none is live; it lasts while there is something to sign.

    Raises MeetingNotFound, SheetIsClosed or RoomIsOver.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    meeting = meetings.locked(db, meeting_id)
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    lasts = windows.closes_at(meetings.last_end(db, meeting_id)) - now
    if lasts.total_seconds() <= 0:
        raise RoomIsOver
    live = rooms.live_displays(db, meeting_id, now=now)
    channel = live[0].channel if live else _next_channel(db, meeting_id)
    link = give_link(db, actor, purpose=rooms.DISPLAY, subject_id=meeting_id, channel=channel, lasts=lasts, now=now)
    audit.record(db, actor, action="room-display.opened", subject=("meeting", meeting_id), now=now, link=link.id)
    return link


def _next_channel(db: Session, meeting_id: int) -> str:
    # A link that was withdrawn stays so: the next one is another row.
    mine = select(func.count()).select_from(PersonalLink)
    before = mine.where(PersonalLink.purpose == rooms.DISPLAY, PersonalLink.subject_id == meeting_id)
    return f"page-{db.scalar(before)}"
