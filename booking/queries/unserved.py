"""Which appointments to come lie outside of the opening hours by now, or in an absence, for staff to see to?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_from, minute_of, subtract
from booking.models import (
    Appointment,
    Engagement,
    EngagementKind,
    OpeningOccurrence,
    TimeOffOccurrence,
    Workshop,
    opening_hours_type,
)
from directory.queries import resources

MOST, MOST_IDS = 200, 100


@dataclass(frozen=True)
class Unserved:
    """How many appointments and workshops there are to see to, and which, the soonest first."""

    count: int
    appointment_ids: Sequence[int]
    workshop_ids: Sequence[int]


def of_resource(db: Session, resource_id: int, *, now: datetime) -> Sequence[Appointment]:
    """Return the appointments to come that a resource could not be booked for now, the soonest first, 200 at most.

    Holidays are not looked at: they were known when it was booked. What was booked on purpose is not told again.
    Raises ResourceNotFound.
    """
    resources.by_id(db, resource_id)
    return _appointments(db, resource_id, now)[:MOST]


def after_edit(db: Session, resource_id: int, *, now: datetime) -> Unserved:
    """Return the same by their ids, and the workshops to come that lie in an absence, a hundred of each at most."""
    appointments = [appointment.id for appointment in _appointments(db, resource_id, now)]
    workshops = _workshops(db, resource_id, now)
    return Unserved(len(appointments) + len(workshops), appointments[:MOST_IDS], workshops[:MOST_IDS])


def _appointments(db: Session, resource_id: int, now: datetime) -> list[Appointment]:
    booked = _booked(db, resource_id, now)
    if not booked:
        return []
    last = max(appointment.ends_at for appointment in booked)
    openings = _openings(db, resource_id, now, last)
    away = _absences(db, resource_id, now, last)
    found = []
    for appointment in booked:
        open_ = openings[appointment.type_id, appointment.venue_id]
        whole = Interval(minute_of(appointment.starts_at), minute_of(appointment.ends_at))
        if not any(free.contains(whole) for free in subtract(open_, away)):
            found.append(appointment)
    return found


def _workshops(db: Session, resource_id: int, now: datetime) -> Sequence[int]:
    absence = TimeOffOccurrence
    is_away = exists().where(
        absence.resource_id == resource_id,
        absence.is_cancelled.is_(False),
        absence.ends_at > Workshop.starts_at,
        absence.starts_at < Workshop.ends_at,
    )
    query = (
        select(Workshop.id)
        .join(Engagement, Engagement.workshop_id == Workshop.id)
        .where(Engagement.resource_id == resource_id, Workshop.starts_at > now, is_away)
    )
    return db.scalars(query.order_by(Workshop.starts_at)).all()


def _booked(db: Session, resource_id: int, now: datetime) -> Sequence[Appointment]:
    query = (
        select(Appointment)
        .join(Engagement, Engagement.appointment_id == Appointment.id)
        .where(
            Engagement.resource_id == resource_id,
            Engagement.kind == EngagementKind.APPOINTMENT,
            Engagement.end_minute > minute_of(now),
            Engagement.is_override.is_(False),
            Appointment.starts_at > now,
        )
    )
    return db.scalars(query.order_by(Appointment.starts_at).limit(10 * MOST)).unique().all()


def _openings(
    db: Session, resource_id: int, now: datetime, last: datetime
) -> dict[tuple[int, int | None], list[Interval]]:
    occurrence, serves = OpeningOccurrence, opening_hours_type.c
    query = (
        select(serves.appointment_type_id, occurrence.venue_id, occurrence.starts_at, occurrence.ends_at)
        .join(opening_hours_type, serves.opening_hours_id == occurrence.opening_hours_id)
        .where(
            occurrence.resource_id == resource_id,
            occurrence.is_cancelled.is_(False),
            occurrence.ends_at > now,
            occurrence.starts_at < last,
        )
    )
    found: dict[tuple[int, int | None], list[Interval]] = defaultdict(list)
    for row in db.execute(query):
        span = Interval(minute_of(row.starts_at), minute_from(row.ends_at))
        found[row.appointment_type_id, row.venue_id].append(span)
    return found


def _absences(db: Session, resource_id: int, now: datetime, last: datetime) -> list[Interval]:
    absence = TimeOffOccurrence
    query = select(absence.starts_at, absence.ends_at).where(
        absence.resource_id == resource_id,
        absence.is_cancelled.is_(False),
        absence.ends_at > now,
        absence.starts_at < last,
    )
    return [Interval(minute_of(row.starts_at), minute_from(row.ends_at)) for row in db.execute(query)]
