"""Staff send each facilitator of a meeting the personal link by which they countersign its half-days."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.domain.refusals import SheetIsClosed
from attendance.models import SheetState
from attendance.queries import meetings
from attendance.steps.personal_links import LinksSent, Reached, send_links
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor

AFTER_THE_END = timedelta(days=7)
SHORTEST = timedelta(days=1)


def send_countersign_links(db: Session, actor: Actor, *, now: datetime, meeting_id: int) -> LinksSent:
    """Promise a link to every facilitator who can be reached. Raises MeetingNotFound or SheetIsClosed."""
    require(actor, Permission.MANAGE_MEETINGS)
    meeting = meetings.locked(db, meeting_id)
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    lasts = max(meetings.last_end(db, meeting_id) + AFTER_THE_END - now, SHORTEST)
    people = [Reached(one.id, one.name, one.email, one.phone) for one in meetings.facilitators(db, meeting_id)]
    sent = send_links(db, actor, purpose="countersign", people=people, lasts=lasts, now=now)
    audit.record(db, actor, action="countersign-links.sent", subject=("meeting", meeting_id), now=now, sent=sent.count)
    return sent
