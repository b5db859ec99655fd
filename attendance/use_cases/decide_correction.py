"""A second person decides a correction that was proposed late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.corrections import CorrectionNotFound, SecondHandNeeded
from attendance.models import Attendee, Correction, CorrectionState
from attendance.steps import corrections as rows
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def decide_correction(db: Session, actor: Actor, *, now: datetime, correction_id: int, accepts: bool) -> int:
    """Apply the correction or decline it; return the meeting's id. Of two who decide at once, one is told too late.

    Raises CorrectionNotFound, SheetIsClosed, AuthorNeeded, SecondHandNeeded, CorrectionDecided, and for an application
    NothingToCorrect or PresentAlready when the sheet has changed since.
    """
    if not actor.may(Permission.CLOSE_SHEET):
        require(actor, Permission.MANAGE_MEETINGS)
    correction = db.get(Correction, correction_id)
    if correction is None:
        raise CorrectionNotFound
    meeting_id = db.scalars(select(Attendee.meeting_id).where(Attendee.id == correction.attendee_id)).one()
    rows.open_half_day(
        db, meeting_id=meeting_id, attendee_id=correction.attendee_id, half_day_id=correction.half_day_id
    )
    by = rows.author(actor)
    if by is not None and by == correction.proposed_by:
        raise SecondHandNeeded
    if accepts:
        rows.check_pending(db, correction)
        rows.check_sense(db, rows.cell_of(correction), correction.action)
    rows.claim(db, correction, state=CorrectionState.APPLIED if accepts else CorrectionState.DECLINED, by=by, now=now)
    if accepts:
        rows.apply(db, actor, correction, now=now)
    else:
        audit.record(db, actor, action="correction.declined", subject=("correction", correction_id), now=now)
    return meeting_id
