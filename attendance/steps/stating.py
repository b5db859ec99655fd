"""A statement that waited in a device's queue: judged by what was true when it was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.entries import Flag
from attendance.domain.expectations import Expectation
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound, ReasonNeeded
from attendance.domain.verdicts import Verdict
from attendance.domain.windows import Timing
from attendance.models import SignatureKind, Statement, StatementCause
from attendance.steps import meetings, scans
from attendance.steps.scans import Judged
from attendance.steps.statements import Person, expectation_of, reason_of
from directory.queries import people
from foundation import audit
from foundation.actors import Actor


@dataclass(frozen=True)
class Stated:
    """What was stated, as it was sent: cause and kind may be none that we know."""

    cause: str
    reason: str
    kind: str
    observed_at: datetime


def state(
    db: Session, actor: Actor, person: Person | None, stated: Stated, *, now: datetime, counts: bool, **row: Any
) -> Judged:
    """Keep the statement, or say which refusal holds; what does not count, or meets a closed sheet, awaits review."""
    try:
        reason, cause, kind = reason_of(stated.reason), StatementCause(stated.cause), SignatureKind(stated.kind)
        one = expectation_of(db, person or Person()).as_of(stated.observed_at)
    except (ReasonNeeded, ValueError):
        return Judged(Verdict.MALFORMED)
    except (AttendeeNotFound, HalfDayNotFound):
        return Judged(Verdict.MALFORMED if person is None else Verdict.WRONG_MEETING)
    judged = _stands(db, one, kind, stated.observed_at)
    if judged.verdict is not Verdict.STATED:
        return judged
    one = meetings.with_rows(db, actor, one, now=now)
    if not counts or one.is_closed:
        flags = (Flag.SHEET_CLOSED,) if one.is_closed else ()
        return replace(judged, verdict=Verdict.AWAITING_REVIEW, expectation=one, flags=flags)
    keep(db, actor, one.rows(), Stated(cause.value, reason, kind.value, stated.observed_at), now=now, **row)
    return replace(judged, expectation=one)


def _stands(db: Session, one: Expectation, kind: SignatureKind, at: datetime) -> Judged:
    holder, leaves = people.by_id(db, one.beneficiary_id), kind.is_departure
    verdict, opens_at = Verdict.STATED, None
    if one.is_cancelled:
        verdict = Verdict.CANCELLED
    elif windows.timing(at, starts_at=one.starts_at, ends_at=one.ends_at, is_departure=leaves) is Timing.EARLY:
        verdict, opens_at = Verdict.TOO_EARLY, windows.opens_at(one.starts_at, is_departure=leaves)
    return Judged(verdict, holder=holder, expectation=one, opens_at=opens_at)


def keep(db: Session, actor: Actor, rows: tuple[int, int], stated: Stated, *, now: datetime, **row: Any) -> None:
    """Write a statement of (attendee, half-day) that waited, and note it."""
    values = {"agent_id": actor.agent_id, "device_id": scans.device_of(actor)} | row
    statement = Statement(
        organisation_id=actor.organisation_id,
        attendee_id=rows[0],
        half_day_id=rows[1],
        kind=SignatureKind(stated.kind),
        cause=StatementCause(stated.cause),
        reason=stated.reason,
        stated_at=stated.observed_at,
        recorded_at=now,
        **values,
    )
    db.add(statement)
    db.flush()
    audit.record(db, actor, action="presence.stated", subject=("statement", statement.id), now=now)
