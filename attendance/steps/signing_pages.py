"""What the holder of a personal link may sign: their own attendance, at the half-days of that one meeting."""

from __future__ import annotations

from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound
from attendance.queries import half_days
from foundation.actors import Actor, ActorKind


def expectation_of_holder(db: Session, actor: Actor, *, half_day_id: int) -> tuple[int, Expectation]:
    """Return the attendee's id and how they are expected; raise when the half-day is not of their meeting.

    The meeting's row is locked against closing the sheet until the transaction ends.
    """
    if actor.kind is not ActorKind.BENEFICIARY or actor.identifier is None:
        raise AttendeeNotFound
    attendee, meeting, spans = half_days.of_attendee(db, actor.identifier)
    if half_day_id not in {one.id for one in spans}:
        raise HalfDayNotFound
    found = half_days.at_half_day(db, half_day_id=half_day_id, beneficiary_id=attendee.beneficiary_id)
    if found is None:
        raise AttendeeNotFound(meeting=meeting.id)
    return attendee.id, found
