"""Makes the rows of attendance for a booking the first time they are touched, and keeps them as the booking says.

Two may do it at once: each row is inserted unless it is there, and read again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.models import Attendee, Facilitator, HalfDay, Meeting, MeetingKind, SheetState, Signature
from directory.queries import venues
from foundation.actors import Actor
from foundation.rows import insert_if_absent


def with_rows(db: Session, actor: Actor, expectation: Expectation, *, now: datetime) -> Expectation:
    """Return the expectation with the ids of its meeting, half-day and attendee, made now where they are missing.

    The meeting's row is locked against closing the sheet until the transaction ends; a closed one stays as it is.
    """
    if expectation.appointment_id is None and expectation.workshop_id is None:
        return expectation  # of a training: whoever found it has locked its meeting
    found = _found(db, expectation)
    if found is None:
        _make_meeting(db, actor, expectation, now=now)
        found = _found(db, expectation)
    if found is None:  # pragma: no cover - it was inserted or found a line above
        raise RuntimeError("a meeting that was just made is not there")
    meeting, half_day, attendee_id = found
    is_closed = meeting.sheet_state is not SheetState.OPEN
    if not is_closed:
        _follow_booking(db, meeting, half_day, expectation)
        if attendee_id is None and expectation.beneficiary_id:
            attendee_id = _attend(db, actor, meeting.id, expectation.beneficiary_id)
    return replace(
        expectation,
        meeting_id=meeting.id,
        half_day_id=half_day.id,
        attendee_id=attendee_id,
        is_closed=is_closed,
    )


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


def _make_meeting(db: Session, actor: Actor, expectation: Expectation, *, now: datetime) -> None:
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
        return
    span = {"starts_at": expectation.starts_at, "ends_at": expectation.ends_at}
    db.add(HalfDay(organisation_id=actor.organisation_id, meeting_id=meeting_id, **span))
    _add_facilitator(db, actor, meeting_id, expectation.agent_resource_id)
    db.flush()


def _add_facilitator(db: Session, actor: Actor, meeting_id: int, agent_resource_id: int | None) -> None:
    agent = venues.agent_of_resource(db, agent_resource_id) if agent_resource_id is not None else None
    if agent is None:
        return
    db.add(
        Facilitator(
            organisation_id=actor.organisation_id,
            meeting_id=meeting_id,
            agent_id=agent.id,
            name=agent.name,
            email=agent.email,
        )
    )


def _follow_booking(db: Session, meeting: Meeting, half_day: HalfDay, expectation: Expectation) -> None:
    told = (expectation.starts_at, expectation.ends_at, expectation.venue_id)
    if (half_day.starts_at, half_day.ends_at, meeting.venue_id) == told:
        return
    # The booking was moved. What somebody has signed stays as they saw it.
    if db.scalar(select(Signature.id).where(Signature.half_day_id == half_day.id).limit(1)) is None:
        half_day.starts_at, half_day.ends_at = expectation.starts_at, expectation.ends_at
        meeting.venue_id, meeting.time_zone = expectation.venue_id, expectation.time_zone


def _attend(db: Session, actor: Actor, meeting_id: int, beneficiary_id: int) -> int:
    values = {"meeting_id": meeting_id, "beneficiary_id": beneficiary_id}
    made = insert_if_absent(db, Attendee, organisation_id=actor.organisation_id, **values)
    if made is not None:
        return made
    query = select(Attendee.id).where(Attendee.meeting_id == meeting_id, Attendee.beneficiary_id == beneficiary_id)
    return db.scalars(query).one()
