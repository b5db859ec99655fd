"""A facilitator signs a half-day that they led, with the heads they counted and what they remark."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.countersigning import check_heads, remark_of
from attendance.domain.events import HalfDayCountersigned
from attendance.domain.refusals import (
    AlreadyCountersigned,
    HeadcountNeeded,
    SheetIsClosed,
    TooEarlyToCountersign,
)
from attendance.models import Countersignature, SheetState
from attendance.queries import sheet
from attendance.queries.findings import told_at
from attendance.steps.leading import led_by
from foundation.actors import Actor
from foundation.outbox import announce
from foundation.rows import insert_if_absent

MOST_HEADS = 999


def countersign(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    half_day_id: int,
    headcount: int | None,
    is_confirmed: bool = False,
    remark: str = "",
) -> None:
    """Countersign once the half-day has begun; each half-day once, until the sheet is closed.

    A headcount unlike what the sheet says is taken once it is confirmed. Raises HalfDayNotFound, HeadcountNeeded,
    RemarkTooLong, SheetIsClosed, TooEarlyToCountersign, AlreadyCountersigned or HeadcountDiffers.
    """
    half_day, meeting = led_by(db, actor, half_day_id)
    if headcount is None or not 0 <= headcount <= MOST_HEADS:
        raise HeadcountNeeded({"headcount": "countersign.headcount_needed"})
    said = remark_of(remark)
    if meeting.sheet_state is not SheetState.OPEN:
        raise SheetIsClosed
    if now < half_day.starts_at:
        raise TooEarlyToCountersign
    _check_heads(db, actor, half_day_id, headcount, is_confirmed=is_confirmed, now=now)
    made = insert_if_absent(
        db,
        Countersignature,
        organisation_id=actor.organisation_id,
        facilitator_id=actor.identifier,
        half_day_id=half_day_id,
        link_id=actor.through,
        headcount=headcount,
        remark=said,
        signed_at=now,
    )
    if made is None:
        raise AlreadyCountersigned
    announce(db, actor, HalfDayCountersigned(actor.identifier or 0, half_day_id), now=now)


def _check_heads(
    db: Session, actor: Actor, half_day_id: int, headcount: int, *, is_confirmed: bool, now: datetime
) -> None:
    view, mine = sheet.of_facilitator(db, actor.identifier or 0, now=now)
    number = next(at for at, one in enumerate(view.half_days) if one.id == half_day_id)
    if mine.countersignatures[number] is not None:
        raise AlreadyCountersigned
    check_heads(headcount, told_at(view, number), is_confirmed=is_confirmed)
