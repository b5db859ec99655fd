"""What corrections share: the cell that they are about, whether they still make sense, and what applying one does.

The meeting's row is locked for all of it: nobody signs in this meeting while a correction is judged and applied.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from attendance.domain import corrections
from attendance.domain.corrections import (
    Applied,
    AuthorNeeded,
    CorrectionDecided,
    CorrectionWaits,
    NothingToCorrect,
    PresentAlready,
)
from attendance.domain.events import CorrectionApplied
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound, SheetIsClosed
from attendance.models import (
    Correction,
    CorrectionAction,
    CorrectionState,
    HalfDay,
    Review,
    SheetState,
    Signature,
    Standing,
    Statement,
)
from attendance.queries import half_days, meetings
from attendance.steps import settling
from attendance.steps.settling import Cell
from foundation import audit
from foundation.actors import Actor, ActorKind
from foundation.outbox import announce

_GOOD = (Standing.COUNTS, Standing.DUPLICATE)


def author(actor: Actor) -> int | None:
    """Return the agent who answers for this; raise AuthorNeeded when nobody does."""
    if actor.agent_id is None and actor.kind is not ActorKind.SYSTEM:
        raise AuthorNeeded
    return actor.agent_id


def open_half_day(db: Session, *, meeting_id: int, attendee_id: int, half_day_id: int) -> HalfDay:
    """Return a half-day of an attendee, the meeting's row locked until the transaction ends.

    Raises MeetingNotFound, AttendeeNotFound, HalfDayNotFound or SheetIsClosed.
    """
    locked = meetings.locked(db, meeting_id)
    attendee, _, spans = half_days.of_attendee(db, attendee_id)
    if attendee.meeting_id != meeting_id:
        raise AttendeeNotFound
    half_day = next((one for one in spans if one.id == half_day_id), None)
    if half_day is None:
        raise HalfDayNotFound
    if locked.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    return half_day


def check_sense(db: Session, cell: Cell, action: CorrectionAction) -> Signature | None:
    """Return the signature that counts; raise NothingToCorrect or PresentAlready when the correction says nothing."""
    signature = half_days.signature(db, attendee_id=cell.attendee_id, half_day_id=cell.half_day_id, kind=cell.kind)
    made = _applied(db, cell)
    is_said = signature is not None or corrections.standing(made) is not None
    if action is CorrectionAction.PRESENT:
        if is_said:
            raise PresentAlready
    elif not is_said and not _is_stated(db, cell, since=corrections.withdrawn_at(made)):
        raise NothingToCorrect
    return signature


def check_alone(db: Session, cell: Cell) -> None:
    """Raise CorrectionWaits when another correction of this cell waits for its second person."""
    waiting = _of_cell(cell).where(Correction.state == CorrectionState.PENDING)
    if db.scalar(waiting.limit(1)) is not None:
        raise CorrectionWaits


def check_pending(db: Session, correction: Correction) -> None:
    """Raise CorrectionDecided unless the correction still waits, as the row says now."""
    db.refresh(correction)
    if correction.state is not CorrectionState.PENDING:
        raise CorrectionDecided


def claim(db: Session, correction: Correction, *, state: CorrectionState, by: int | None, now: datetime) -> None:
    """Decide a correction that waits; raise CorrectionDecided when somebody else has."""
    decided = {"state": state, "decided_at": now, "decided_by": by}
    waiting = update(Correction).where(Correction.id == correction.id, Correction.state == CorrectionState.PENDING)
    if db.scalar(waiting.values(decided).returning(Correction.id)) is None:
        raise CorrectionDecided
    db.refresh(correction)


def apply(db: Session, actor: Actor, correction: Correction, *, now: datetime) -> None:
    """Do what an agreed correction says. Whoever was not there did not sign: every observation is withdrawn."""
    cell = cell_of(correction)
    if correction.action is CorrectionAction.WITHDRAW:
        good = settling.observations(cell).where(Signature.standing.in_(_GOOD)).with_for_update()
        for one in db.scalars(good).all():
            settling.stand(db, one, Standing.WITHDRAWN)
    audit.record(db, actor, action="correction.applied", subject=("correction", correction.id), now=now)
    announce(db, actor, CorrectionApplied(correction.id), now=now)


def cell_of(correction: Correction) -> Cell:
    """Return what a correction is about."""
    return Cell(correction.attendee_id, correction.half_day_id, correction.kind)


def _applied(db: Session, cell: Cell) -> list[Applied]:
    query = _of_cell(cell).where(Correction.state == CorrectionState.APPLIED).order_by(Correction.id)
    return [Applied(one.action, one.observed_at, one.decided_at) for one in db.scalars(query) if one.decided_at]


def _of_cell(cell: Cell) -> Select[Correction]:
    return select(Correction).where(
        Correction.attendee_id == cell.attendee_id,
        Correction.half_day_id == cell.half_day_id,
        Correction.kind == cell.kind,
    )


def _is_stated(db: Session, cell: Cell, *, since: datetime | None) -> bool:
    query = select(Statement.id).where(
        Statement.attendee_id == cell.attendee_id,
        Statement.half_day_id == cell.half_day_id,
        Statement.kind == cell.kind,
        Statement.review.is_(None) | (Statement.review == Review.ACCEPTED),
    )
    if since is not None:
        query = query.where(Statement.recorded_at > since)
    return db.scalar(query.limit(1)) is not None
