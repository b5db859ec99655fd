"""Who leads a half-day says, with a reason, that a person is there: a statement (grade E), never their signature."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.refusals import AlreadySigned, AttendeeNotFound
from attendance.models import SignatureKind, StatementCause
from attendance.queries import half_days
from attendance.steps import meetings
from attendance.steps.leading import led_by
from attendance.steps.statements import keep_statement, of_attendee, reason_of
from foundation.actors import Actor


def state_as_facilitator(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    attendee_id: int,
    half_day_id: int,
    kind: SignatureKind,
    cause: StatementCause,
    reason: str,
) -> None:
    """Keep the statement of somebody who has not signed, in the name of the facilitator.

    Raises HalfDayNotFound, AttendeeNotFound, AlreadySigned, ReasonNeeded, TooEarlyToState or SheetIsClosed.
    """
    led_by(db, actor, half_day_id)
    said = reason_of(reason)
    expectation = of_attendee(db, attendee_id, half_day_id)
    if expectation.is_cancelled:
        raise AttendeeNotFound
    expectation = meetings.with_rows(db, actor, expectation, now=now)
    if half_days.signature(db, attendee_id=attendee_id, half_day_id=half_day_id, kind=kind) is not None:
        raise AlreadySigned
    keep_statement(
        db, actor, expectation, kind=kind, cause=cause, reason=said, now=now, facilitator_id=actor.identifier
    )
