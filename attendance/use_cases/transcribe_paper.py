"""Staff transcribe a sheet that was signed by hand: one statement (grade E) a cell, with its photograph as proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.evidence import AttachmentNotFound, UnreadableTranscription
from attendance.domain.refusals import AttendeeNotFound
from attendance.models import Attachment, AttachmentKind, SignatureKind, Statement, StatementCause
from attendance.steps import meetings
from attendance.steps.evidence import check_belong, open_meeting
from attendance.steps.statements import check_witness, keep_statement, of_attendee, reason_of
from directory.domain.permissions import Permission, require
from foundation.actors import Actor

MOST_CELLS = 2000


def transcribe_paper(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    meeting_id: int,
    attachment_id: int,
    kind: SignatureKind,
    reason: str,
    cells: Sequence[tuple[int, int]],
) -> int:
    """Keep a statement for each (attendee, half-day) and return how many are new; what this paper has said stays once.

    Raises MeetingNotFound, SheetIsClosed, AttachmentNotFound, AttendeeNotFound, HalfDayNotFound, ReasonNeeded,
    UnreadableTranscription, TooEarlyToState or WitnessNeeded.
    """
    require(actor, Permission.SCAN)
    open_meeting(db, meeting_id)
    paper = db.get(Attachment, attachment_id)
    if paper is None or paper.meeting_id != meeting_id or paper.kind is not AttachmentKind.PAPER:
        raise AttachmentNotFound
    check_witness(actor)
    wanted = dict.fromkeys(cells)
    if not 0 < len(wanted) <= MOST_CELLS:
        raise UnreadableTranscription({"cells": "evidence.nobody_ticked"})
    check_belong(db, meeting_id, attendee_ids={one for one, _ in wanted}, half_day_ids={one for _, one in wanted})
    reason = reason_of(reason)
    said = select(Statement.attendee_id, Statement.half_day_id).where(
        Statement.paper_id == attachment_id, Statement.kind == kind
    )
    known = {(attendee_id, half_day_id) for attendee_id, half_day_id in db.execute(said)}
    new = [cell for cell in wanted if cell not in known]
    for attendee_id, half_day_id in new:
        expectation = of_attendee(db, attendee_id, half_day_id)
        if expectation.is_cancelled:
            raise AttendeeNotFound
        expectation = meetings.with_rows(db, actor, expectation, now=now)
        keep_statement(
            db,
            actor,
            expectation,
            kind=kind,
            cause=StatementCause.PAPER,
            reason=reason,
            now=now,
            paper_id=attachment_id,
        )
    return len(new)
