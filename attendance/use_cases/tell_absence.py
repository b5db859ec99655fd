"""Staff note how an absence was told, never why; it can be changed until the sheet is closed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from attendance.domain.evidence import PersonIsPresent
from attendance.models import Absence, AbsenceCategory, SignatureKind
from attendance.queries import half_days
from attendance.steps.evidence import check_belong, open_meeting
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def tell_absence(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    meeting_id: int,
    attendee_id: int,
    half_day_id: int,
    category: AbsenceCategory | None,
) -> None:
    """Keep the category, in the stead of the one before; None takes it back.

    Raises MeetingNotFound, SheetIsClosed, AttendeeNotFound, HalfDayNotFound, or PersonIsPresent of who has signed.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    open_meeting(db, meeting_id)
    check_belong(db, meeting_id, attendee_ids={attendee_id}, half_day_ids={half_day_id})
    cell = {"attendee_id": attendee_id, "half_day_id": half_day_id}
    if category is None:
        db.execute(delete(Absence).filter_by(**cell))
    elif half_days.signature(db, kind=SignatureKind.ARRIVAL, **cell) is not None:
        raise PersonIsPresent
    else:
        row = db.scalar(select(Absence).filter_by(**cell))
        if row is None:
            row = Absence(organisation_id=actor.organisation_id, **cell)
            db.add(row)
        row.category, row.told_at, row.told_by = category, now, actor.agent_id
    audit.record(db, actor, action="absence.told", subject=("attendee", attendee_id), now=now)
