"""Who is expected? The one query that looks into booking, because a booking is the truth of it at every moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.models import Attendee, HalfDay, Meeting, SheetState
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel, Workshop
from directory.models import Organisation, Venue
from foundation.times import local

_NOT_COMING = {AppointmentStatus.REQUESTED, AppointmentStatus.CANCELLED, AppointmentStatus.EXCUSED}
# A local day lies within this much of any of its instants, in every zone and at every change of hour.
_A_DAY = timedelta(hours=26)
_starts_at = func.coalesce(Workshop.starts_at, Appointment.starts_at)
_ends_at = func.coalesce(Workshop.ends_at, Appointment.ends_at)
_venue_id = func.coalesce(Workshop.venue_id, Appointment.venue_id)


ROWS = (
    Meeting.id.label("meeting_id"),
    Meeting.sheet_state,
    Meeting.needs_drawing,
    Meeting.venue_id.label("kept_venue_id"),
    HalfDay.id.label("half_day_id"),
    HalfDay.starts_at.label("kept_starts_at"),
    HalfDay.ends_at.label("kept_ends_at"),
    Attendee.id.label("attendee_id"),
)
"""The rows of attendance, and what they keep of the hours and the venue: the last columns of `booked`."""

_BOOKING = (
    Appointment.beneficiary_id,
    func.coalesce(Workshop.title, AppointmentType.name).label("title"),
    _venue_id.label("venue_id"),
    func.coalesce(Venue.time_zone, Organisation.time_zone).label("time_zone"),
    _starts_at.label("starts_at"),
    _ends_at.label("ends_at"),
    Appointment.id.label("appointment_id"),
    Appointment.workshop_id,
    func.coalesce(Workshop.agent_resource_id, Appointment.resource_id).label("agent_resource_id"),
    Appointment.status,
    Appointment.cancelled_at,
    Workshop.cancelled_at.label("workshop_cancelled_at"),
)


def booked() -> Select[*tuple[Any, ...]]:
    """Select every booking with its rows of attendance, where they were made: what `expectation` reads."""
    return (
        select(*_BOOKING, *ROWS)
        .select_from(Appointment)
        .join(AppointmentType, AppointmentType.id == Appointment.type_id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .outerjoin(Workshop, Workshop.id == Appointment.workshop_id)
        .outerjoin(Venue, Venue.id == _venue_id)
        .outerjoin(Meeting, or_(Meeting.workshop_id == Workshop.id, Meeting.appointment_id == Appointment.id))
        .outerjoin(HalfDay, HalfDay.meeting_id == Meeting.id)
        .outerjoin(
            Attendee,
            and_(Attendee.meeting_id == Meeting.id, Attendee.beneficiary_id == Appointment.beneficiary_id),
        )
    )


def expectation(row: Any) -> Expectation:
    """Return what a row of `booked` says, or one of the same columns; one without a status is of a training."""
    kept = (row.kept_starts_at, row.kept_ends_at, row.kept_venue_id)
    return Expectation(
        beneficiary_id=row.beneficiary_id,
        title=row.title,
        venue_id=row.venue_id,
        time_zone=row.time_zone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        is_cancelled=row.status in _NOT_COMING or row.workshop_cancelled_at is not None,
        cancelled_at=min(filter(None, (row.cancelled_at, row.workshop_cancelled_at)), default=None),
        is_closed=row.sheet_state not in {None, SheetState.OPEN},
        needs_drawing=bool(row.needs_drawing),
        is_moved=row.half_day_id is not None and kept != (row.starts_at, row.ends_at, row.venue_id),
        appointment_id=row.appointment_id if row.workshop_id is None else None,
        workshop_id=row.workshop_id,
        agent_resource_id=row.agent_resource_id,
        meeting_id=row.meeting_id,
        half_day_id=row.half_day_id,
        attendee_id=row.attendee_id,
    )


def without_seat() -> ColumnElement[bool]:
    """Hold for an attendee who has no seat in the workshop of their meeting: for a walk-in who has not booked."""
    seat = exists().where(
        Appointment.workshop_id == Meeting.workshop_id,
        Appointment.beneficiary_id == Attendee.beneficiary_id,
        Appointment.status.not_in(_NOT_COMING),
    )
    return ~seat


def workshop_cancelled_at() -> ColumnElement[datetime | None]:
    """Return when the workshop of a meeting was cancelled: what a walk-in was expected at."""
    return select(Workshop.cancelled_at).where(Workshop.id == Meeting.workshop_id).scalar_subquery()


def capacity(db: Session, workshop_id: int) -> int | None:
    """Return how many seats a workshop has."""
    return db.scalar(select(Workshop.capacity).where(Workshop.id == workshop_id))


def _read(db: Session, query: Select[*tuple[Any, ...]]) -> list[Expectation]:
    return [expectation(row) for row in db.execute(query.order_by(Appointment.starts_at, Appointment.id))]


def booked_at_desk(venue_id: int, now: datetime) -> Select[*tuple[Any, ...]]:
    """Select the bookings around the local day of `now` at the reception desk of a venue; see `of_the_day`."""
    return booked().where(
        _venue_id == venue_id,
        or_(Appointment.channel == Channel.ON_SITE, Appointment.workshop_id.is_not(None)),
        Appointment.starts_at >= now - _A_DAY,
        Appointment.starts_at <= now + _A_DAY,
        _starts_at >= now - _A_DAY,
        _starts_at <= now + _A_DAY,
    )


def booked_between(db: Session, *, since: datetime, until: datetime, venue_id: int | None = None) -> list[Expectation]:
    """Return the bookings on site that start in `[since, until)`, at one venue or at all, by hour."""
    query = booked().where(
        or_(Appointment.channel == Channel.ON_SITE, Appointment.workshop_id.is_not(None)),
        Appointment.starts_at >= since - _A_DAY,
        Appointment.starts_at < until + _A_DAY,
        _starts_at >= since,
        _starts_at < until,
    )
    return _read(db, query if venue_id is None else query.where(_venue_id == venue_id))


def of_the_day(expectations: list[Expectation], now: datetime) -> list[Expectation]:
    """Return those that start on the day of `now` as the clocks of their venues have it."""
    return [
        one for one in expectations if local(one.starts_at, one.time_zone).date() == local(now, one.time_zone).date()
    ]


def at_desk(db: Session, *, venue_id: int, now: datetime) -> list[Expectation]:
    """Return who is expected at the reception desk of a venue on its local day, by hour."""
    return of_the_day(_read(db, booked_at_desk(venue_id, now)), now)


def of_appointment(db: Session, appointment_id: int) -> Expectation | None:
    """Return the expectation that an appointment is."""
    found = _read(db, booked().where(Appointment.id == appointment_id))
    return found[0] if found else None


def of_workshop(db: Session, workshop_id: int, *, beneficiary_id: int | None = None) -> list[Expectation]:
    """Return who is expected at a workshop, or whether one person is; those who cancelled are told apart."""
    query = booked().where(Appointment.workshop_id == workshop_id)
    if beneficiary_id is not None:
        query = query.where(Appointment.beneficiary_id == beneficiary_id)
    by_person: dict[int, Expectation] = {}
    for one in _read(db, query):
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
