"""What a training consists of while it is changed, and of which of its rows something is known already."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from attendance.models import (
    Absence,
    Attachment,
    Attendee,
    ConnectionTime,
    Correction,
    Countersignature,
    Facilitator,
    HalfDay,
    Scan,
    Signature,
    Statement,
)

_OF_PEOPLE = (Signature, Statement, Scan, Correction, ConnectionTime, Absence, Attachment)
"""What is kept of one person at one half-day; a code that was asked for is none of it."""


@dataclass(frozen=True)
class TrainingRows:
    """The half-days, the facilitators and the attendees of a training, by id."""

    half_days: Mapping[int, HalfDay]
    facilitators: Mapping[int, Facilitator]
    attendees: Mapping[int, Attendee]


def of_meeting(db: Session, meeting_id: int) -> TrainingRows:
    """Return the rows as they are now, in the order in which they are shown; lock the meeting before."""
    spans = select(HalfDay).where(HalfDay.meeting_id == meeting_id).order_by(HalfDay.starts_at)
    leaders = select(Facilitator).where(Facilitator.meeting_id == meeting_id).order_by(Facilitator.id)
    people = select(Attendee).where(Attendee.meeting_id == meeting_id).order_by(Attendee.id)
    fresh = {"populate_existing": True}
    return TrainingRows(
        {one.id: one for one in db.scalars(spans, execution_options=fresh)},
        {one.id: one for one in db.scalars(leaders, execution_options=fresh)},
        {one.id: one for one in db.scalars(people, execution_options=fresh)},
    )


def half_days_with_evidence(db: Session, half_day_ids: Collection[int]) -> set[int]:
    """Return of which of these half-days something is kept: signed, stated, counted, countersigned or refused."""
    return _named(db, [one.half_day_id for one in (*_OF_PEOPLE, Countersignature)], half_day_ids)


def attendees_with_evidence(db: Session, attendee_ids: Collection[int]) -> set[int]:
    """Return of which of these people something is kept."""
    return _named(db, [one.attendee_id for one in _OF_PEOPLE], attendee_ids)


def facilitators_with_evidence(db: Session, facilitator_ids: Collection[int]) -> set[int]:
    """Return which of these facilitators have countersigned or stated."""
    return _named(db, [Countersignature.facilitator_id, Statement.facilitator_id], facilitator_ids)


def _named(db: Session, columns: Collection[InstrumentedAttribute[Any]], wanted: Collection[int]) -> set[int]:
    if not wanted:
        return set()
    return {one for column in columns for one in db.scalars(select(column).where(column.in_(wanted)).distinct())}
