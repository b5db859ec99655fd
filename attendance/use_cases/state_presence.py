"""An agent says, with a reason, that a person is there: a statement (grade E), never that person's signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.refusals import AttendeeNotFound
from attendance.models import SignatureKind, StatementCause
from attendance.steps import meetings
from attendance.steps.statements import Person, check_witness, expectation_of, keep_statement, reason_of
from directory.domain.permissions import Permission, require
from directory.queries import people
from foundation.actors import Actor

__all__ = ["Person", "Stated", "state_presence"]


@dataclass(frozen=True)
class Stated:
    """What the agent is told back."""

    name: str
    title: str


def state_presence(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    person: Person,
    kind: SignatureKind,
    reason: str,
    cause: StatementCause = StatementCause.OTHER,
) -> Stated:
    """Keep the statement; raise ReasonNeeded, TooEarlyToState, SheetIsClosed, AttendeeNotFound, or WitnessNeeded.

    A statement has an author whose name is printed; of programs, only a device that an agent answers for has one.
    """
    require(actor, Permission.SCAN)
    check_witness(actor)
    reason = reason_of(reason)
    expectation = expectation_of(db, person)
    if expectation.is_cancelled:
        raise AttendeeNotFound
    expectation = meetings.with_rows(db, actor, expectation, now=now)
    keep_statement(db, actor, expectation, kind=kind, cause=cause, reason=reason, now=now)
    holder = people.by_id(db, expectation.beneficiary_id)
    return Stated(holder.full_name, expectation.title)
