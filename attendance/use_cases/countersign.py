"""A facilitator signs a half-day that they led, with the heads they counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.events import HalfDayCountersigned
from attendance.domain.refusals import (
    AlreadyCountersigned,
    HalfDayNotFound,
    HeadcountNeeded,
    SheetIsClosed,
    TooEarlyToCountersign,
)
from attendance.models import Countersignature, Facilitator, HalfDay, Meeting, SheetState
from foundation.actors import Actor, ActorKind
from foundation.outbox import announce
from foundation.rows import insert_if_absent

MOST_HEADS = 999


def countersign(db: Session, actor: Actor, *, now: datetime, half_day_id: int, headcount: int | None) -> None:
    """Countersign once the half-day has begun; each half-day once, until the sheet is closed."""
    half_day, meeting = _led_by(db, actor, half_day_id)
    if headcount is None or not 0 <= headcount <= MOST_HEADS:
        raise HeadcountNeeded({"headcount": "countersign.headcount_needed"})
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    if now < half_day.starts_at:
        raise TooEarlyToCountersign
    made = insert_if_absent(
        db,
        Countersignature,
        organisation_id=actor.organisation_id,
        facilitator_id=actor.identifier,
        half_day_id=half_day_id,
        link_id=actor.through,
        headcount=headcount,
        signed_at=now,
    )
    if made is None:
        raise AlreadyCountersigned
    announce(db, actor, HalfDayCountersigned(actor.identifier or 0, half_day_id), now=now)


def _led_by(db: Session, actor: Actor, half_day_id: int) -> tuple[HalfDay, Meeting]:
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
