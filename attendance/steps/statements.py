"""The rows of statements: what was checked of each before it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.domain.refusals import (
    AttendeeNotFound,
    HalfDayNotFound,
    ReasonNeeded,
    SheetIsClosed,
    TooEarlyToState,
    WitnessNeeded,
)
from attendance.domain.windows import Timing
from attendance.models import SignatureKind, Statement, StatementCause
from attendance.queries import expected, half_days
from foundation import audit
from foundation.actors import Actor, ActorKind

LONGEST_REASON = 300


@dataclass(frozen=True)
class Person:
    """Whom a search found: an attendee of a half-day, or whoever an appointment expects."""

    attendee_id: int | None = None
    half_day_id: int | None = None
    appointment_id: int | None = None
    workshop_id: int | None = None
    beneficiary_id: int | None = None


def expectation_of(db: Session, person: Person) -> Expectation:
    """Return how somebody is expected; raise AttendeeNotFound or HalfDayNotFound."""
    if person.attendee_id is not None and person.half_day_id is not None:
        return of_attendee(db, person.attendee_id, person.half_day_id)
    found = None
    if person.appointment_id is not None:
        found = expected.of_appointment(db, person.appointment_id)
    elif person.workshop_id is not None and person.beneficiary_id is not None:
        booked = expected.of_workshop(db, person.workshop_id, beneficiary_id=person.beneficiary_id)
        found = booked[0] if booked else None
    if found is None:
        raise AttendeeNotFound
    return found


def check_witness(actor: Actor) -> None:
    """Raise WitnessNeeded: a statement has an author whose name is printed."""
    if actor.agent_id is None and actor.kind is not ActorKind.SYSTEM:
        raise WitnessNeeded


def reason_of(typed: str) -> str:
    """Return a reason on one line; raise ReasonNeeded."""
    reason = " ".join("".join(letter if letter.isprintable() else " " for letter in typed).split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonNeeded({"reason": "statement.reason_needed"})
    return reason


def keep_statement(
    db: Session,
    actor: Actor,
    expectation: Expectation,
    *,
    kind: SignatureKind,
    cause: StatementCause,
    reason: str,
    now: datetime,
    paper_id: int | None = None,
    facilitator_id: int | None = None,
) -> Statement:
    """Keep a statement of somebody whose rows are made; raise SheetIsClosed or TooEarlyToState."""
    if expectation.is_closed:
        raise SheetIsClosed
    if expectation.timing(now, is_departure=kind.is_departure) is Timing.EARLY:
        raise TooEarlyToState
    attendee_id, half_day_id = expectation.rows()
    statement = Statement(
        organisation_id=actor.organisation_id,
        attendee_id=attendee_id,
        half_day_id=half_day_id,
        kind=kind,
        cause=cause,
        reason=reason,
        stated_at=now,
        recorded_at=now,
        agent_id=actor.agent_id,
        paper_id=paper_id,
        facilitator_id=facilitator_id,
    )
    db.add(statement)
    db.flush()
    audit.record(db, actor, action="presence.stated", subject=("statement", statement.id), now=now)
    return statement


def of_attendee(db: Session, attendee_id: int, half_day_id: int) -> Expectation:
    """Return how an attendee is expected at a half-day; raise AttendeeNotFound or HalfDayNotFound."""
    attendee, _, spans = half_days.of_attendee(db, attendee_id)
    if half_day_id not in {one.id for one in spans}:
        raise HalfDayNotFound
    found = half_days.at_half_day(db, half_day_id=half_day_id, beneficiary_id=attendee.beneficiary_id)
    if found is None:
        raise AttendeeNotFound
    return found
