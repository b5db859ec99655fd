"""The one writer of seats: the workshop's row is locked, and a number is taken once (`uq_seat_workshop_id_number`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.intervals import minute_of
from booking.domain.refusals import CapacityBelowTaken, WorkshopFull, WorkshopNotFound
from booking.domain.slots import bookable
from booking.models import Appointment, AppointmentType, Hold, Seat, Workshop
from booking.queries import workshops
from foundation.actors import Actor


def locked_workshop(db: Session, workshop_id: int) -> Workshop:
    """Return a workshop that takes place, locked until the end of the transaction; raise WorkshopNotFound."""
    query = select(Workshop).where(Workshop.id == workshop_id, Workshop.cancelled_at.is_(None))
    locking = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.scalar(locking)
    if found is None:
        raise WorkshopNotFound
    return found


def refuse_unlisted(workshop: Workshop, kind: AppointmentType, *, now: datetime) -> None:
    """Return when the public may take a seat of this type there at `now`; raise WorkshopNotFound."""
    span = bookable(now, notice=kind.booking_notice_minutes, horizon=kind.booking_horizon_minutes)
    if workshop.type_id != kind.id or not span.start <= minute_of(workshop.starts_at) < span.end:
        raise WorkshopNotFound


def free_number(db: Session, workshop: Workshop, *, now: datetime) -> int:
    """Sweep the seats whose hold is over and return the first number that nobody has; raise WorkshopFull."""
    _sweep(db, [workshop.id], now=now)
    taken = set(db.scalars(select(Seat.number).where(Seat.workshop_id == workshop.id)))
    number = next((number for number in range(1, workshop.capacity + 1) if number not in taken), None)
    if number is None:
        raise WorkshopFull
    return number


def taken_of(db: Session, workshop_ids: Sequence[int], *, now: datetime) -> Mapping[int, list[Seat]]:
    """Sweep the seats of locked workshops whose hold is over, and lock and return the others by workshop."""
    _sweep(db, workshop_ids, now=now)
    query = select(Seat).where(Seat.workshop_id.in_(workshop_ids)).order_by(Seat.id)
    found: dict[int, list[Seat]] = defaultdict(list)
    for seat in db.scalars(query.with_for_update().execution_options(populate_existing=True)):
        found[seat.workshop_id].append(seat)
    return found


def fit(taken: Sequence[Seat], capacity: int) -> None:
    """Renumber seats so that all are within the capacity; raise CapacityBelowTaken when they are too many."""
    if len(taken) > capacity:
        raise CapacityBelowTaken(taken=len(taken))
    numbers = {seat.number for seat in taken}
    free_ones = (number for number in range(1, capacity + 1) if number not in numbers)
    for seat in taken:
        if seat.number > capacity:
            seat.number = next(free_ones)


def seat_hold(db: Session, actor: Actor, workshop: Workshop, number: int, hold: Hold) -> None:
    """Keep a seat for a hold."""
    db.add(Seat(organisation_id=actor.organisation_id, workshop_id=workshop.id, number=number, hold_id=hold.id))
    db.flush()


def seat_appointment(db: Session, actor: Actor, workshop: Workshop, number: int, appointment: Appointment) -> None:
    """Give a seat to an appointment, which is when and where its workshop is."""
    follow(appointment, workshop)
    db.add(
        Seat(
            organisation_id=actor.organisation_id,
            workshop_id=workshop.id,
            number=number,
            appointment_id=appointment.id,
        )
    )
    db.flush()


def turn_into_appointment(db: Session, hold: Hold, appointment: Appointment, *, now: datetime) -> bool:
    """Make the hold's seat the appointment's; False when the hold has lapsed. The workshop is locked.

    The workshop may have moved since it was held, so the appointment asks it when and where.
    """
    if hold.expires_at <= now:
        return False
    changes = {"appointment_id": appointment.id, "hold_id": None}
    mine = update(Seat).where(Seat.hold_id == hold.id).values(changes)
    workshop_ids = db.scalars(mine.returning(Seat.workshop_id)).all()
    for workshop_id in workshop_ids:
        follow(appointment, db.get_one(Workshop, workshop_id))
    return bool(workshop_ids)


def follow(row: Appointment | Hold, workshop: Workshop) -> None:
    """Have an appointment or a hold be when, where and with whom its workshop is."""
    row.starts_at, row.ends_at = workshop.starts_at, workshop.ends_at
    row.venue_id, row.resource_id = workshop.venue_id, workshop.agent_resource_id


def free(db: Session, *, hold_id: int | None = None, appointment_id: int | None = None) -> None:
    """Give the seat back at once."""
    mine = Seat.hold_id == hold_id if hold_id is not None else Seat.appointment_id == appointment_id
    db.execute(delete(Seat).where(mine))


def free_kept(db: Session, workshop_id: int) -> None:
    """Take the seats of a locked workshop from whoever keeps one by a hold."""
    db.execute(delete(Seat).where(Seat.workshop_id == workshop_id, Seat.hold_id.is_not(None)))


def _sweep(db: Session, workshop_ids: Sequence[int], *, now: datetime) -> None:
    over = workshops.lapsed(now).where(Hold.workshop_id.in_(workshop_ids))
    db.execute(
        delete(Seat).where(Seat.workshop_id.in_(workshop_ids), Seat.hold_id.in_(over)),
        execution_options={"synchronize_session": False},
    )
