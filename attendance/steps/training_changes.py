"""Rows of a training are taken out or moved, while nothing is known of them; the meeting's row is locked before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from attendance.domain.trainings import AttendeeHasEvidence, FacilitatorHasEvidence, HalfDayHasEvidence, Span
from attendance.models import Attendee, Facilitator, HalfDay, OneTimeCode
from attendance.queries.training_rows import (
    attendees_with_evidence,
    facilitators_with_evidence,
    half_days_with_evidence,
)

_ASIDE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TakenOut:
    """The ids of what is no longer part of a training."""

    half_day_ids: Collection[int] = ()
    facilitator_ids: Collection[int] = ()
    attendee_ids: Collection[int] = ()


def take_out(db: Session, out: TakenOut) -> None:
    """Take rows out; raise HalfDayHasEvidence, FacilitatorHasEvidence or AttendeeHasEvidence.

    Their invitations go with them, and so do codes that were asked for and have signed nothing.
    """
    for model, ids in ((HalfDay, out.half_day_ids), (Facilitator, out.facilitator_ids), (Attendee, out.attendee_ids)):
        _hold(db, model, ids)
    if half_days_with_evidence(db, out.half_day_ids):
        raise HalfDayHasEvidence
    if facilitators_with_evidence(db, out.facilitator_ids):
        raise FacilitatorHasEvidence
    if attendees_with_evidence(db, out.attendee_ids):
        raise AttendeeHasEvidence
    for column in (OneTimeCode.half_day_id, OneTimeCode.attendee_id):
        ids = out.half_day_ids if column is OneTimeCode.half_day_id else out.attendee_ids
        db.execute(delete(OneTimeCode).where(column.in_(ids)))
    db.execute(delete(HalfDay).where(HalfDay.id.in_(out.half_day_ids)))
    db.execute(delete(Facilitator).where(Facilitator.id.in_(out.facilitator_ids)))
    db.execute(delete(Attendee).where(Attendee.id.in_(out.attendee_ids)))


def move(db: Session, half_days: Mapping[int, HalfDay], wanted: Mapping[int, Span]) -> None:
    """Give half-days other hours and titles; raise HalfDayHasEvidence for hours that somebody has signed or noted."""
    moved = {
        half_days[one]: span
        for one, span in wanted.items()
        if (half_days[one].starts_at, half_days[one].ends_at) != (span.starts_at, span.ends_at)
    }
    _hold(db, HalfDay, [one.id for one in moved])
    if half_days_with_evidence(db, [one.id for one in moved]):
        raise HalfDayHasEvidence
    # Two may exchange their hours, and the database lets no two begin at once, not even for a moment.
    for number, half_day in enumerate(moved):
        half_day.starts_at = _ASIDE + timedelta(minutes=number)
    db.flush()
    for half_day, span in moved.items():
        half_day.starts_at, half_day.ends_at = span.starts_at, span.ends_at
    for half_day_id, span in wanted.items():
        half_days[half_day_id].title = span.title.strip()
    db.flush()


def _hold(db: Session, model: type[HalfDay | Facilitator | Attendee], ids: Collection[int]) -> None:
    # A scan that is refused is kept without locking the meeting. Held, its row is waited for before anybody looks.
    if ids:
        db.execute(select(model.id).where(model.id.in_(ids)).order_by(model.id).with_for_update())
