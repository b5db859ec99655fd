"""What follows from what happened: a table to read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved
from booking.queries import appointments
from booking.use_cases.forget_old_holds import forget_old_holds
from directory.domain.events import NightFell
from foundation.actors import Actor
from foundation.events import Event
from foundation.outbox import Reaction, promise_message


def confirm(db: Session, actor: Actor, event: AppointmentBooked, now: datetime) -> None:
    """Tell the person that they are expected."""
    _tell(db, actor, ("confirmation", event.appointment_id, 0), now)


def tell_of_move(db: Session, actor: Actor, event: AppointmentMoved, now: datetime) -> None:
    """Tell the person the new time."""
    _tell(db, actor, ("move", event.appointment_id, event.sequence), now)


def tell_of_cancellation(db: Session, actor: Actor, event: AppointmentCancelled, now: datetime) -> None:
    """Tell the person that nobody expects them."""
    _tell(db, actor, ("cancellation", event.appointment_id, event.sequence), now)


def _tell(db: Session, actor: Actor, about: tuple[str, int, int], now: datetime) -> None:
    subject, appointment_id, sequence = about
    ticket = appointments.ticket(db, appointment_id)
    if ticket.appointment.ends_at <= now:
        return
    reachable = {"mail": ticket.beneficiary.email, "sms": ticket.beneficiary.phone}
    for channel, contact in reachable.items():
        if contact is not None:
            name = f"booking.{subject}-{channel}"
            ids = {"appointment_id": appointment_id, "sequence": sequence}
            promise_message(db, actor, name=name, about=ids, key=f"{name}:{appointment_id}:{sequence}", now=now)


def forget(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """Forget at night the holds that nobody comes back to."""
    forget_old_holds(db, actor, now=now)


REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    AppointmentBooked: (confirm,),
    AppointmentMoved: (tell_of_move,),
    AppointmentCancelled: (tell_of_cancellation,),
    NightFell: (forget,),
}
