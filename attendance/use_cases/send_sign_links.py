"""Staff send each attendee of a meeting the personal link by which they sign from afar."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.invitations import Whom
from attendance.steps.personal_links import LinksSent
from attendance.use_cases.ask_again import ask_again
from foundation.actors import Actor


def send_sign_links(db: Session, actor: Actor, *, now: datetime, meeting_id: int) -> LinksSent:
    """Ask every attendee who has yet to sign the half-day under way, or else the next.

    Pressed twice within a minute, one message leaves. Raises MeetingNotFound, SheetIsClosed or WindowClosed.
    """
    return ask_again(db, actor, now=now, meeting_id=meeting_id, whom=Whom.ATTENDEES)
