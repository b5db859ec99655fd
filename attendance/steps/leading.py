"""What the holder of a facilitator's personal link may touch: the half-days of the one meeting that they lead."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import HalfDayNotFound
from attendance.models import Facilitator, HalfDay, Meeting
from foundation.actors import Actor, ActorKind


def led_by(db: Session, actor: Actor, half_day_id: int) -> tuple[HalfDay, Meeting]:
    """Return a half-day that the holder of a facilitator's link led, and its meeting; raise HalfDayNotFound."""
    if actor.kind is not ActorKind.FACILITATOR:
        raise HalfDayNotFound
    # Both locked: against closing the sheet, and against giving the meeting to another agent.
    query = (
        select(HalfDay, Meeting)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .join(Facilitator, Facilitator.meeting_id == Meeting.id)
        .where(HalfDay.id == half_day_id, Facilitator.id == actor.identifier)
        .with_for_update(read=True, of=(Meeting, Facilitator))
        .execution_options(populate_existing=True)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise HalfDayNotFound
    return row[0], row[1]
