"""Makes the rows of attendance for a booking, when it is booked or when it is first touched, and keeps them as it says.

Two may do it at once: each row is inserted unless it is there, and read again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import BigInteger, and_, delete, exists, insert, literal, select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.models import (
    Attendee,
    Countersignature,
    Facilitator,
    HalfDay,
    Meeting,
    MeetingKind,
    SheetState,
    Signature,
    Statement,
)
from directory.models import Agent
from foundation.actors import Actor
from foundation.ids import new_id
from foundation.rows import insert_if_absent


def with_rows(db: Session, actor: Actor, expectation: Expectation, *, now: datetime) -> Expectation:
    """Return the expectation with the ids of its meeting, half-day and attendee, made now where they are missing.

    The meeting's row is locked against closing the sheet until the transaction ends; a closed one stays as it is.
    """
    if not expectation.is_booked:
        return expectation  # of a training: its rows are there since it was planned
    if expectation.meeting_id is None:
        made = _made(db, actor, expectation, now=now)
        if made is not None:
            return made
    found = _found(db, expectation)
    if found is None:  # pragma: no cover - it was read before, or found by the insert a line above
        raise RuntimeError("a meeting that was just made is not there")
    meeting, half_day, attendee_id = found
    is_closed = meeting.sheet_state is not SheetState.OPEN
    if not is_closed:
        _follow_booking(db, meeting, half_day, expectation)
        if attendee_id is None and expectation.beneficiary_id:
            attendee_id = attend(db, actor, meeting.id, expectation.beneficiary_id)
    return replace(
        expectation,
        meeting_id=meeting.id,
        half_day_id=half_day.id,
        attendee_id=attendee_id,
        is_closed=is_closed,
    )


def follow_agent(db: Session, actor: Actor, expectation: Expectation) -> None:
    """Have the agent who now serves countersign, unless the one before has signed or stated, or the sheet is closed.

    The row is another one, so that a link given to the one before is of no use any more.
    """
    meeting_id = expectation.meeting_id
    if expectation.is_closed or meeting_id is None or expectation.agent_resource_id is None:
        return
    serves = select(Agent.id).where(Agent.resource_id == expectation.agent_resource_id).scalar_subquery()
    has_signed = exists().where(Countersignature.facilitator_id == Facilitator.id)
    has_stated = exists().where(Statement.facilitator_id == Facilitator.id)
    before = delete(Facilitator).where(Facilitator.meeting_id == meeting_id, Facilitator.agent_id != serves)
    gone = db.scalars(before.where(~has_signed, ~has_stated).returning(Facilitator.id)).all()
    if gone:
        _add_facilitator(db, actor, meeting_id, expectation.agent_resource_id)


def _found(db: Session, expectation: Expectation) -> tuple[Meeting, HalfDay, int | None] | None:
    if expectation.workshop_id is not None:
        cause = Meeting.workshop_id == expectation.workshop_id
    else:
        cause = Meeting.appointment_id == expectation.appointment_id
    this_person = and_(Attendee.meeting_id == Meeting.id, Attendee.beneficiary_id == expectation.beneficiary_id)
    query = (
        select(Meeting, HalfDay, Attendee.id)
        .join(HalfDay, HalfDay.meeting_id == Meeting.id)
        .outerjoin(Attendee, this_person)
        .where(cause)
        .with_for_update(read=True, of=Meeting)
        .execution_options(populate_existing=True)
    )
    row = db.execute(query).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def _made(db: Session, actor: Actor, expectation: Expectation, *, now: datetime) -> Expectation | None:
    is_workshop = expectation.workshop_id is not None
    meeting_id = insert_if_absent(
        db,
        Meeting,
        organisation_id=actor.organisation_id,
        kind=MeetingKind.WORKSHOP if is_workshop else MeetingKind.APPOINTMENT,
        title=expectation.title,
        venue_id=expectation.venue_id,
        time_zone=expectation.time_zone,
        appointment_id=expectation.appointment_id,
        workshop_id=expectation.workshop_id,
        created_at=now,
        sheet_state=SheetState.OPEN,
    )
    if meeting_id is None:
        return None
    half_day_id = new_id()
    mine = {"organisation_id": actor.organisation_id, "meeting_id": meeting_id}
    db.add(HalfDay(id=half_day_id, starts_at=expectation.starts_at, ends_at=expectation.ends_at, **mine))
    attendee_id = new_id() if expectation.beneficiary_id else None
    if attendee_id is not None:
        db.add(Attendee(id=attendee_id, beneficiary_id=expectation.beneficiary_id, **mine))
    db.flush()
    if expectation.agent_resource_id is not None:
        _add_facilitator(db, actor, meeting_id, expectation.agent_resource_id)
    return replace(expectation, meeting_id=meeting_id, half_day_id=half_day_id, attendee_id=attendee_id)


def _add_facilitator(db: Session, actor: Actor, meeting_id: int, agent_resource_id: int) -> None:
    # The agent whose time the resource is, if it is an agent's.
    given = (literal(one, BigInteger()) for one in (new_id(), actor.organisation_id, meeting_id))
    agent = select(*given, Agent.id, Agent.name, Agent.email).where(Agent.resource_id == agent_resource_id)
    names = ["id", "organisation_id", "meeting_id", "agent_id", "name", "email"]
    db.execute(insert(Facilitator).from_select(names, agent))


def _follow_booking(db: Session, meeting: Meeting, half_day: HalfDay, expectation: Expectation) -> None:
    told = (expectation.starts_at, expectation.ends_at, expectation.venue_id)
    if (half_day.starts_at, half_day.ends_at, meeting.venue_id) == told:
        return
    # The booking was moved. What somebody has signed stays as they saw it.
    if db.scalar(select(Signature.id).where(Signature.half_day_id == half_day.id).limit(1)) is None:
        half_day.starts_at, half_day.ends_at = expectation.starts_at, expectation.ends_at
        meeting.venue_id, meeting.time_zone = expectation.venue_id, expectation.time_zone


def attend(db: Session, actor: Actor, meeting_id: int, beneficiary_id: int) -> int:
    """Return the id of a person's row at a meeting, made now where it is missing."""
    values = {"meeting_id": meeting_id, "beneficiary_id": beneficiary_id}
    made = insert_if_absent(db, Attendee, organisation_id=actor.organisation_id, **values)
    if made is not None:
        return made
    query = select(Attendee.id).where(Attendee.meeting_id == meeting_id, Attendee.beneficiary_id == beneficiary_id)
    return db.scalars(query).one()
