"""The one writer of seats: the workshop's row is locked, and a number is taken once (`uq_seat_workshop_id_number`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.intervals import minute_of
from booking.domain.refusals import WorkshopFull, WorkshopNotFound
from booking.domain.slots import bookable
from booking.models import Appointment, AppointmentType, Hold, Seat, Workshop
from booking.queries import workshops
from foundation.actors import Actor


def locked_workshop(db: Session, workshop_id: int) -> Workshop:
    """Return a workshop that takes place, locked until the end of the transaction; raise WorkshopNotFound."""
    query = select(Workshop).where(Workshop.id == workshop_id, Workshop.cancelled_at.is_(None))
    found = db.scalar(query.with_for_update(key_share=True))
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
    over = workshops.lapsed(now).where(Hold.workshop_id == workshop.id)
    db.execute(
        delete(Seat).where(Seat.workshop_id == workshop.id, Seat.hold_id.in_(over)),
        execution_options={"synchronize_session": False},
    )
    taken = set(db.scalars(select(Seat.number).where(Seat.workshop_id == workshop.id)))
    number = next((number for number in range(1, workshop.capacity + 1) if number not in taken), None)
    if number is None:
        raise WorkshopFull
    return number


def seat_hold(db: Session, actor: Actor, workshop: Workshop, number: int, hold: Hold) -> None:
    """Keep a seat for a hold."""
    db.add(Seat(organisation_id=actor.organisation_id, workshop_id=workshop.id, number=number, hold_id=hold.id))
    db.flush()


def seat_appointment(db: Session, actor: Actor, workshop: Workshop, number: int, appointment: Appointment) -> None:
    """Give a seat to an appointment."""
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
    """Make the hold's seat the appointment's; False when the hold has lapsed."""
    if hold.expires_at <= now:
        return False
    changes = {"appointment_id": appointment.id, "hold_id": None}
    mine = update(Seat).where(Seat.hold_id == hold.id).values(changes)
    changed = db.scalars(mine.returning(Seat.id))
    return bool(changed.all())


def free(db: Session, *, hold_id: int | None = None, appointment_id: int | None = None) -> None:
    """Give the seat back at once."""
    mine = Seat.hold_id == hold_id if hold_id is not None else Seat.appointment_id == appointment_id
    db.execute(delete(Seat).where(mine))
