"""Which workshops are coming, and how many seats are free?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from booking.domain.refusals import WorkshopNotFound
from booking.models import AppointmentType, Engagement, Hold, Seat, Workshop
from directory.models import Venue


@dataclass(frozen=True)
class ComingWorkshop:
    """A workshop with its venue and its free seats."""

    workshop: Workshop
    venue: Venue
    free_seats: int


def coming(db: Session, kind: AppointmentType, *, now: datetime, most: int = 20) -> list[ComingWorkshop]:
    """Return the workshops of a type that the public may book at `now`, full ones included, the soonest first."""
    earliest = now + timedelta(minutes=kind.booking_notice_minutes)
    latest = now + timedelta(minutes=kind.booking_horizon_minutes)
    query = _with_free_seats(now).where(
        Workshop.type_id == kind.id,
        Workshop.cancelled_at.is_(None),
        Workshop.starts_at >= earliest,
        Workshop.starts_at <= latest,
    )
    rows = db.execute(query.order_by(Workshop.starts_at).limit(most))
    return [ComingWorkshop(workshop, venue, free) for workshop, venue, free in rows]


def by_id(db: Session, workshop_id: int) -> Workshop:
    """Return one workshop; raise WorkshopNotFound."""
    found = db.get(Workshop, workshop_id)
    if found is None:
        raise WorkshopNotFound
    return found


def select_every(
    *, since: datetime | None, until: datetime | None, type_id: int | None, series_id: int | None
) -> Select[Workshop]:
    """Ask for the workshops that start in `[since, until)`, cancelled and past ones included."""
    query = select(Workshop)
    if series_id is not None:
        query = query.where(Workshop.series_id == series_id)
    if since is not None:
        query = query.where(Workshop.starts_at >= since)
    if until is not None:
        query = query.where(Workshop.starts_at < until)
    return query if type_id is None else query.where(Workshop.type_id == type_id)


def with_free_seats(db: Session, workshop_ids: Sequence[int], *, now: datetime) -> list[ComingWorkshop]:
    """Return these workshops by id, each with its venue and its free seats."""
    query = _with_free_seats(now).where(Workshop.id.in_(workshop_ids)).order_by(Workshop.id)
    return [ComingWorkshop(workshop, venue, free) for workshop, venue, free in db.execute(query)]


def resources_of(db: Session, workshop_ids: Sequence[int]) -> Mapping[int, set[int]]:
    """Return whose time each of these workshops takes: the agent's, a room's, a second agent's."""
    query = select(Engagement.workshop_id, Engagement.resource_id).where(Engagement.workshop_id.in_(workshop_ids))
    found: dict[int, set[int]] = defaultdict(set)
    for workshop_id, resource_id in db.execute(query):
        found[workshop_id or 0].add(resource_id)
    return found


def lapsed(now: datetime) -> Select[int]:
    """Return the ids of the holds whose time is over."""
    return select(Hold.id).where(Hold.expires_at <= now)


def is_kept(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a seat is taken: by an appointment, or by a hold that still lasts."""
    return or_(Seat.appointment_id.is_not(None), Hold.expires_at > now)


def _with_free_seats(now: datetime) -> Select[Workshop, Venue, int]:
    taken = (
        select(func.count(Seat.id))
        .outerjoin(Hold, Hold.id == Seat.hold_id)
        .where(Seat.workshop_id == Workshop.id, is_kept(now))
        .correlate(Workshop)
        .scalar_subquery()
    )
    return select(Workshop, Venue, (Workshop.capacity - taken).label("free")).join(Venue, Venue.id == Workshop.venue_id)
