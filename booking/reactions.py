"""What follows from what happened: a table to read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentRequested,
    LookedFor,
    OfferMade,
    OfferRanOut,
    RequestRanOut,
    TimeFreed,
    WaitJoined,
    WaitRanOut,
    WorkshopChanged,
)
from booking.domain.intervals import minute_of
from booking.queries import appointments, waiting
from booking.use_cases.decide_request import let_request_run_out
from booking.use_cases.decline_offer import let_offer_run_out
from booking.use_cases.end_waits import end_wait, end_waits_for_earlier, follow_workshop
from booking.use_cases.extend_dates import extend_dates
from booking.use_cases.extend_series import extend_series
from booking.use_cases.forget_old_holds import forget_old_holds
from booking.use_cases.look_at_every_wait import look_at_every_wait
from booking.use_cases.offer_freed_time import offer_freed_time
from booking.use_cases.tell_those_who_wait import tell_those_who_wait, tell_those_who_wait_for_workshop
from directory.domain.events import NightFell
from foundation.actors import Actor
from foundation.events import Event
from foundation.outbox import Reaction, promise_message


def confirm(db: Session, actor: Actor, event: AppointmentBooked, now: datetime) -> None:
    """Tell the person that they are expected."""
    _tell(db, actor, ("confirmation", event.appointment_id, 0), now)


def acknowledge(db: Session, actor: Actor, event: AppointmentRequested, now: datetime) -> None:
    """Tell the person that staff will decide."""
    _tell(db, actor, ("request", event.appointment_id, 0), now)


def end_request(db: Session, actor: Actor, event: RequestRanOut, now: datetime) -> None:
    """Give up a request that nobody has decided in time."""
    let_request_run_out(db, actor, now=now, appointment_id=event.appointment_id)


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


def write_dates(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """Write the dates of opening hours and absences a day further."""
    extend_dates(db, actor, now=now)


def write_series(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """Write the dates of workshops in series a day further."""
    extend_series(db, actor, now=now)


def offer_cancelled(db: Session, actor: Actor, event: AppointmentCancelled, now: datetime) -> None:
    """Have what a cancelled appointment took be offered to those who wait."""
    appointment = appointments.by_id(db, event.appointment_id)
    end_waits_for_earlier(db, actor, now=now, appointment_id=appointment.id)
    if appointment.starts_at <= now:
        return
    if appointment.workshop_id is not None:
        tell_those_who_wait_for_workshop(db, actor, now=now, workshop_id=appointment.workshop_id)
        return
    start, end = minute_of(appointment.starts_at), minute_of(appointment.ends_at)
    tell_those_who_wait(db, actor, now=now, start_minute=start, end_minute=end)


def offer_freed(db: Session, actor: Actor, event: TimeFreed, now: datetime) -> None:
    """Have time that was freed be offered to those who wait."""
    tell_those_who_wait(db, actor, now=now, start_minute=event.start_minute, end_minute=event.end_minute)


def offer_seats(db: Session, actor: Actor, event: WorkshopChanged, now: datetime) -> None:
    """Have the seats that a workshop has more be offered, and those who wait for it follow it."""
    follow_workshop(db, actor, workshop_id=event.workshop_id)
    tell_those_who_wait_for_workshop(db, actor, now=now, workshop_id=event.workshop_id)


def look(db: Session, actor: Actor, event: LookedFor, now: datetime) -> None:
    """Offer what is free to the first who wants it, and go on."""
    offer_freed_time(db, actor, now=now, asked=event)


def tell_of_offer(db: Session, actor: Actor, event: OfferMade, now: datetime) -> None:
    """Tell the person what is held for them, and until when."""
    wait = waiting.wait(db, event.waiting_entry_id)
    for channel, contact in (("mail", wait.beneficiary.email), ("sms", wait.beneficiary.phone)):
        if contact is not None:
            name = f"booking.offer-{channel}"
            about = {"waiting_entry_id": event.waiting_entry_id, "hold_id": event.hold_id}
            promise_message(db, actor, name=name, about=about, key=f"{name}:{event.hold_id}", now=now)


def end_offer(db: Session, actor: Actor, event: OfferRanOut, now: datetime) -> None:
    """Give up an offer that nobody has answered in time."""
    let_offer_run_out(db, actor, now=now, entry_id=event.waiting_entry_id, hold_id=event.hold_id)


def tell_of_wait(db: Session, actor: Actor, event: WaitJoined, now: datetime) -> None:
    """Give the person the link to their page: by mail, or by SMS when they have none."""
    wait = waiting.wait(db, event.waiting_entry_id)
    name = "booking.waiting-mail" if wait.beneficiary.email is not None else "booking.waiting-sms"
    about = {"waiting_entry_id": event.waiting_entry_id}
    promise_message(db, actor, name=name, about=about, key=f"{name}:{event.waiting_entry_id}", now=now)


def end_one_wait(db: Session, actor: Actor, event: WaitRanOut, now: datetime) -> None:
    """End a wait that has lasted long enough."""
    end_wait(db, actor, now=now, entry_id=event.waiting_entry_id)


def look_at_night(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """End the waits that are over, and look for those who could not be offered something the day before."""
    look_at_every_wait(db, actor, now=now)


REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    AppointmentBooked: (confirm,),
    AppointmentRequested: (acknowledge,),
    RequestRanOut: (end_request,),
    AppointmentMoved: (tell_of_move,),
    AppointmentCancelled: (tell_of_cancellation, offer_cancelled),
    WorkshopChanged: (offer_seats,),
    TimeFreed: (offer_freed,),
    LookedFor: (look,),
    OfferMade: (tell_of_offer,),
    OfferRanOut: (end_offer,),
    WaitJoined: (tell_of_wait,),
    WaitRanOut: (end_one_wait,),
    NightFell: (
        forget,
        write_dates,
        write_series,
        look_at_night,
    ),
}
