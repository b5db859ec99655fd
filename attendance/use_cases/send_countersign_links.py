"""Staff send each facilitator of a meeting the personal link by which they countersign its half-days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.invitations import Whom
from attendance.steps.personal_links import LinksSent
from attendance.use_cases.ask_again import ask_again
from foundation.actors import Actor


def send_countersign_links(db: Session, actor: Actor, *, now: datetime, meeting_id: int) -> LinksSent:
    """Ask every facilitator who has yet to countersign a half-day. Raises MeetingNotFound or SheetIsClosed."""
    return ask_again(db, actor, now=now, meeting_id=meeting_id, whom=Whom.FACILITATORS)
