"""Staff look for somebody known by name, to add them to a sheet. The search is audited, without the name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.queries import meetings
from directory.domain.permissions import Permission, require
from directory.models import Beneficiary
from directory.queries import people
from foundation import audit
from foundation.actors import Actor

MOST = 10


def find_known(db: Session, actor: Actor, *, now: datetime, meeting_id: int, query: str) -> list[Beneficiary]:
    """Return at most ten people of that name; raise MeetingNotFound, or QueryTooShort under three letters."""
    require(actor, Permission.SEARCH_PEOPLE)
    meetings.by_id(db, meeting_id)
    found = people.named_like(db, query, most=MOST)
    audit.record(db, actor, action="people.searched", subject=("meeting", meeting_id), now=now, found=len(found))
    return found
