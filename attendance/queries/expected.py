"""Who is expected? The one query that looks into booking, because a booking is the truth of it at every moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel, Workshop
from directory.models import Organisation, Venue
from foundation.times import local

_NOT_COMING = {AppointmentStatus.CANCELLED, AppointmentStatus.EXCUSED}
# A local day lies within this much of any of its instants, in every zone and at every change of hour.
_A_DAY = timedelta(hours=26)


def _booked() -> Select[Appointment, str, Workshop, str]:
    zone = func.coalesce(Venue.time_zone, Organisation.time_zone)
    return (
        select(Appointment, AppointmentType.name, Workshop, zone)
        .join(AppointmentType, AppointmentType.id == Appointment.type_id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .outerjoin(Workshop, Workshop.id == Appointment.workshop_id)
        .outerjoin(Venue, Venue.id == func.coalesce(Workshop.venue_id, Appointment.venue_id))
        .order_by(Appointment.starts_at, Appointment.id)
    )


def _of_rows(rows: Iterable[Any]) -> list[Expectation]:
    return [_expectation(appointment, name, workshop, zone) for appointment, name, workshop, zone in rows]


def _expectation(appointment: Appointment, name: str, workshop: Workshop | None, zone: str) -> Expectation:
    is_cancelled = appointment.status in _NOT_COMING
    if workshop is None:
        return Expectation(
            beneficiary_id=appointment.beneficiary_id,
            title=name,
            venue_id=appointment.venue_id,
            time_zone=zone,
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            is_cancelled=is_cancelled,
            cancelled_at=appointment.cancelled_at,
            appointment_id=appointment.id,
            agent_resource_id=appointment.resource_id,
        )
    return Expectation(
        beneficiary_id=appointment.beneficiary_id,
        title=workshop.title,
        venue_id=workshop.venue_id,
        time_zone=zone,
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
        is_cancelled=is_cancelled or workshop.cancelled_at is not None,
        cancelled_at=min(filter(None, (appointment.cancelled_at, workshop.cancelled_at)), default=None),
        workshop_id=workshop.id,
        agent_resource_id=workshop.agent_resource_id,
    )


def _at_desk(venue_id: int, now: datetime) -> Select[Appointment, str, Workshop, str]:
    starts_at = func.coalesce(Workshop.starts_at, Appointment.starts_at)
    return _booked().where(
        func.coalesce(Workshop.venue_id, Appointment.venue_id) == venue_id,
        or_(Appointment.channel == Channel.ON_SITE, Appointment.workshop_id.is_not(None)),
        Appointment.starts_at >= now - _A_DAY,
        Appointment.starts_at <= now + _A_DAY,
        starts_at >= now - _A_DAY,
        starts_at <= now + _A_DAY,
    )


def _of_the_day(expectations: list[Expectation], now: datetime) -> list[Expectation]:
    return [
        one for one in expectations if local(one.starts_at, one.time_zone).date() == local(now, one.time_zone).date()
    ]


def at_desk(db: Session, *, venue_id: int, now: datetime) -> list[Expectation]:
    """Return who is expected at the reception desk of a venue on its local day, by hour."""
    return _of_the_day(_of_rows(db.execute(_at_desk(venue_id, now))), now)


def of_beneficiary(db: Session, *, beneficiary_id: int, venue_id: int, now: datetime) -> list[Expectation]:
    """Return what one person may have come for, at this venue on its local day."""
    query = _at_desk(venue_id, now).where(Appointment.beneficiary_id == beneficiary_id)
    return _of_the_day(_of_rows(db.execute(query)), now)


def of_appointment(db: Session, appointment_id: int) -> Expectation | None:
    """Return the expectation that an appointment is."""
    found = _of_rows(db.execute(_booked().where(Appointment.id == appointment_id)))
    return found[0] if found else None


def of_workshop(db: Session, workshop_id: int, *, beneficiary_id: int | None = None) -> list[Expectation]:
    """Return who is expected at a workshop, or whether one person is; those who cancelled are told apart."""
    query = _booked().where(Appointment.workshop_id == workshop_id)
    if beneficiary_id is not None:
        query = query.where(Appointment.beneficiary_id == beneficiary_id)
    by_person: dict[int, Expectation] = {}
    for one in _of_rows(db.execute(query)):
        known = by_person.get(one.beneficiary_id)
        # Somebody who cancelled and booked again is expected.
        if known is None or known.is_cancelled:
            by_person[one.beneficiary_id] = one
    return list(by_person.values())


def of_meeting(db: Session, *, appointment_id: int | None, workshop_id: int | None) -> list[Expectation]:
    """Return who is expected at the meeting of a booking."""
    if workshop_id is not None:
        return of_workshop(db, workshop_id)
    found = of_appointment(db, appointment_id or 0)
    return [found] if found is not None else []


def appointment_in_workshop(db: Session, *, workshop_id: int, beneficiary_id: int) -> int | None:
    """Return the appointment by which a person has a seat in a workshop."""
    query = select(Appointment.id).where(
        Appointment.workshop_id == workshop_id,
        Appointment.beneficiary_id == beneficiary_id,
        Appointment.status.not_in(_NOT_COMING),
    )
    return db.scalar(query.order_by(Appointment.id.desc()).limit(1))


def workshop(db: Session, workshop_id: int) -> Expectation | None:
    """Return a workshop as an expectation of nobody yet (beneficiary 0): what its meeting is made from."""
    found = _workshops(db, select(Workshop, Venue.time_zone).where(Workshop.id == workshop_id))
    return found[0] if found else None


def workshops(db: Session, *, since: datetime, until: datetime) -> list[Expectation]:
    """Return the workshops that start in `[since, until)` and were not cancelled, by start."""
    query = select(Workshop, Venue.time_zone).where(
        Workshop.starts_at >= since, Workshop.starts_at < until, Workshop.cancelled_at.is_(None)
    )
    return _workshops(db, query)


def _workshops(db: Session, query: Select[Workshop, str]) -> list[Expectation]:
    joined = query.join(Venue, Venue.id == Workshop.venue_id).order_by(Workshop.starts_at, Workshop.id)
    return [
        Expectation(
            beneficiary_id=0,
            title=row.title,
            venue_id=row.venue_id,
            time_zone=zone,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_cancelled=row.cancelled_at is not None,
            workshop_id=row.id,
            agent_resource_id=row.agent_resource_id,
        )
        for row, zone in db.execute(joined)
    ]
