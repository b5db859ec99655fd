"""An agent says, with a reason, that a person is there: a statement (grade E), never that person's signature."""

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
from attendance.models import SignatureKind, Statement
from attendance.queries import expected, half_days
from attendance.steps import meetings
from directory.domain.permissions import Permission, require
from directory.queries import people
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


@dataclass(frozen=True)
class Stated:
    """What the agent is told back."""

    name: str
    title: str


def state_presence(
    db: Session, actor: Actor, *, now: datetime, person: Person, kind: SignatureKind, reason: str
) -> Stated:
    """Keep the statement; raise ReasonNeeded, TooEarlyToState, SheetIsClosed, AttendeeNotFound, or WitnessNeeded.

    A statement has an author whose name is printed; of programs, only a device that an agent answers for has one.
    """
    require(actor, Permission.SCAN)
    if actor.agent_id is None and actor.kind is not ActorKind.SYSTEM:
        raise WitnessNeeded
    reason = "".join(letter if letter.isprintable() else " " for letter in reason)
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonNeeded({"reason": "statement.reason_needed"})
    expectation = _expectation(db, person)
    if expectation.is_cancelled:
        raise AttendeeNotFound
    expectation = meetings.with_rows(db, actor, expectation, now=now)
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
        reason=reason,
        stated_at=now,
        recorded_at=now,
        agent_id=actor.agent_id,
    )
    db.add(statement)
    db.flush()
    audit.record(db, actor, action="presence.stated", subject=("statement", statement.id), now=now)
    holder = people.by_id(db, expectation.beneficiary_id)
    return Stated(holder.full_name, expectation.title)


def _expectation(db: Session, person: Person) -> Expectation:
    if person.attendee_id is not None and person.half_day_id is not None:
        return _of_attendee(db, person.attendee_id, person.half_day_id)
    found = None
    if person.appointment_id is not None:
        found = expected.of_appointment(db, person.appointment_id)
    elif person.workshop_id is not None and person.beneficiary_id is not None:
        booked = expected.of_workshop(db, person.workshop_id, beneficiary_id=person.beneficiary_id)
        found = booked[0] if booked else None
    if found is None:
        raise AttendeeNotFound
    return found


def _of_attendee(db: Session, attendee_id: int, half_day_id: int) -> Expectation:
    attendee, _, spans = half_days.of_attendee(db, attendee_id)
    if half_day_id not in {one.id for one in spans}:
        raise HalfDayNotFound
    found = half_days.at_half_day(db, half_day_id=half_day_id, beneficiary_id=attendee.beneficiary_id)
    if found is None:
        raise AttendeeNotFound
    return found
