"""Which appointments are there, with who is expected and on which clock?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from booking.models import Appointment, AppointmentStatus, AppointmentType
from booking.queries import appointments
from directory.models import Beneficiary, Organisation, Resource, Venue


@dataclass(frozen=True)
class Expected:
    """An appointment with its person and the time zone of its place."""

    appointment: Appointment
    beneficiary: Beneficiary
    zone: str


def select_every(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    venue_id: int | None = None,
    status: AppointmentStatus | None = None,
) -> Select[Appointment]:
    """Ask for the appointments that start in `[since, until)`."""
    query = select(Appointment)
    if since is not None:
        query = query.where(Appointment.starts_at >= since)
    if until is not None:
        query = query.where(Appointment.starts_at < until)
    if venue_id is not None:
        query = query.where(Appointment.venue_id == venue_id)
    return query if status is None else query.where(Appointment.status == status)


def with_people(db: Session, rows: Sequence[Appointment]) -> list[Expected]:
    """Return these appointments with who comes and where, by one statement a table."""
    if not rows:
        return []
    wanted = {row.beneficiary_id for row in rows}
    people = {one.id: one for one in db.scalars(select(Beneficiary).where(Beneficiary.id.in_(wanted)))}
    zones: dict[int | None, str] = {venue.id: venue.time_zone for venue in db.scalars(select(Venue))}
    own = select(Organisation.time_zone).where(Organisation.id == rows[0].organisation_id)
    zones[None] = db.scalars(own).one()
    return [Expected(row, people[row.beneficiary_id], zones[row.venue_id]) for row in rows]


@dataclass(frozen=True)
class Requested:
    """A request as staff decide on it: who, what for, with whom, on which clock."""

    appointment: Appointment
    beneficiary: Beneficiary
    type_name: str
    agent_name: str
    zone: str


def requested(db: Session, *, now: datetime, most: int = 200) -> list[Requested]:
    """Return the requests that wait for a decision, the soonest first."""
    query = (
        select(
            Appointment,
            Beneficiary,
            AppointmentType.name,
            Resource.name.label("agent_name"),
            func.coalesce(Venue.time_zone, Organisation.time_zone).label("zone"),
        )
        .join(Beneficiary, Beneficiary.id == Appointment.beneficiary_id)
        .join(AppointmentType, AppointmentType.id == Appointment.type_id)
        .join(Resource, Resource.id == Appointment.resource_id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .outerjoin(Venue, Venue.id == Appointment.venue_id)
        .where(Appointment.status == AppointmentStatus.REQUESTED, Appointment.starts_at > now)
    )
    rows = db.execute(query.order_by(Appointment.starts_at, Appointment.id).limit(most))
    return [Requested(*row) for row in rows]


def by_id(db: Session, appointment_id: int) -> Expected:
    """Return one appointment with who comes and where; raise AppointmentNotFound."""
    (found,) = with_people(db, [appointments.by_id(db, appointment_id)])
    return found
