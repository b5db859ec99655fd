"""What is on this day, by agent: for the staff's day page, in a number of statements that does not grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import QueryableAttribute, Session

from booking.models import Appointment, AppointmentType, OpeningOccurrence, Workshop
from directory.models import Beneficiary, Resource, ResourceKind

Venues = Sequence[int | None]


@dataclass(frozen=True)
class Entry:
    """One appointment, or one workshop (then `people` are expected at it)."""

    starts_at: datetime
    ends_at: datetime
    title: str
    about: str
    state: str
    channel: str
    appointment_id: int | None
    people: int = 1


@dataclass(frozen=True)
class Column:
    """One agent's day."""

    resource_id: int
    name: str
    entries: Sequence[Entry]


def day(db: Session, *, starts_at: datetime, ends_at: datetime, venues: Venues) -> list[Column]:
    """Return each agent who works or is expected in the span at one of the venues (None: at none), with their day."""
    entries = _appointments(db, starts_at, ends_at, venues)
    for resource_id, entry in _workshops(db, starts_at, ends_at, venues):
        entries[resource_id].append(entry)
    agents = select(Resource.id, Resource.name).where(Resource.kind == ResourceKind.AGENT).order_by(Resource.name)
    at_work = _open(db, starts_at, ends_at, venues)
    return [
        Column(row.id, row.name, sorted(entries.get(row.id, []), key=lambda entry: entry.starts_at))
        for row in db.execute(agents)
        if row.id in entries or row.id in at_work
    ]


def _appointments(db: Session, starts_at: datetime, ends_at: datetime, venues: Venues) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = defaultdict(list)
    query = (
        select(Appointment, AppointmentType.name, Beneficiary)
        .join(AppointmentType, AppointmentType.id == Appointment.type_id)
        .join(Beneficiary, Beneficiary.id == Appointment.beneficiary_id)
        .where(
            Appointment.starts_at >= starts_at,
            Appointment.starts_at < ends_at,
            Appointment.workshop_id.is_(None),
            _at(Appointment.venue_id, venues),
        )
    )
    for appointment, type_name, beneficiary in db.execute(query):
        found[appointment.resource_id].append(
            Entry(
                appointment.starts_at,
                appointment.ends_at,
                beneficiary.full_name,
                type_name,
                appointment.status.value,
                appointment.channel.value,
                appointment.id,
            )
        )
    return found


def _workshops(db: Session, starts_at: datetime, ends_at: datetime, venues: Venues) -> list[tuple[int, Entry]]:
    during = Workshop.starts_at >= starts_at, Workshop.starts_at < ends_at
    query = select(Workshop).where(*during, _at(Workshop.venue_id, venues))
    workshops = list(db.scalars(query))
    if not workshops:
        return []
    people: dict[int, int] = defaultdict(int)
    coming = select(Appointment.workshop_id).where(
        Appointment.workshop_id.in_([workshop.id for workshop in workshops]),
        Appointment.cancelled_at.is_(None),
    )
    for workshop_id in db.scalars(coming):
        people[workshop_id or 0] += 1
    return [
        (
            workshop.agent_resource_id,
            Entry(
                workshop.starts_at,
                workshop.ends_at,
                workshop.title,
                "",
                "cancelled" if workshop.cancelled_at is not None else "booked",
                "group",
                None,
                people[workshop.id],
            ),
        )
        for workshop in workshops
    ]


def _open(db: Session, starts_at: datetime, ends_at: datetime, venues: Venues) -> set[int]:
    query = select(OpeningOccurrence.resource_id).where(
        OpeningOccurrence.ends_at > starts_at,
        OpeningOccurrence.starts_at < ends_at,
        OpeningOccurrence.is_cancelled.is_(False),
        _at(OpeningOccurrence.venue_id, venues),
    )
    return set(db.scalars(query.distinct()))


def _at(column: QueryableAttribute[Any], venues: Venues) -> ColumnElement[bool]:
    named = column.in_([venue_id for venue_id in venues if venue_id is not None])
    return or_(named, column.is_(None)) if None in venues else named
