"""Trainings that a file has planned already, by the reference that it gave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import Attendee, HalfDay, Meeting


@dataclass(frozen=True)
class Planned:
    """A training, the hours of its half-days, and the ids of the people who are enrolled."""

    meeting_id: int
    hours: frozenset[tuple[datetime, datetime]]
    people: frozenset[int]


def of_reference(db: Session, reference: str) -> Planned | None:
    """Return the training that has this reference here."""
    meeting_id = db.scalar(select(Meeting.id).where(Meeting.reference == reference))
    if meeting_id is None:
        return None
    hours = db.execute(select(HalfDay.starts_at, HalfDay.ends_at).where(HalfDay.meeting_id == meeting_id))
    people = db.scalars(select(Attendee.beneficiary_id).where(Attendee.meeting_id == meeting_id))
    return Planned(meeting_id, frozenset((begin, end) for begin, end in hours), frozenset(people))
