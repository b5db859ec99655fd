"""The person has said who they are: the held slot or seat becomes their appointment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.person import Person
from booking.domain.refusals import HoldConfirmed, HoldNotFound
from booking.models import Appointment, Channel
from booking.steps import holds
from booking.steps.appointments import whoever
from booking.steps.confirming import book_held
from directory.queries import people
from foundation.actors import Actor


def confirm_hold(db: Session, actor: Actor, *, now: datetime, token: str, person: Person) -> Appointment:
    """Book what `token` holds for `person`; the same token and person twice is the same appointment.

    Raises HoldConfirmed for somebody else than the first time, and what `book_held` raises.
    """
    hold = holds.locked(db, token)
    # The appointment has the hold's id, so a form posted twice finds what the first one made.
    if (already := db.get(Appointment, hold.id)) is not None:
        _refuse_another(db, already, person)
        return already
    if hold.moves_appointment_id is not None:
        raise HoldNotFound
    person.refuse_unreachable(by_phone=hold.channel is Channel.PHONE)
    if hold.channel is Channel.HOME:
        person.refuse_without_address()
    beneficiary = whoever(db, actor, person, now=now)
    told = {"booked_by": person.booked_by, "home_address": person.home_address}
    return book_held(db, actor, hold, beneficiary, now=now, **told)


def _refuse_another(db: Session, already: Appointment, person: Person) -> None:
    # Whoever is given the appointment is given its badge and its ticket too.
    first = people.by_id(db, already.beneficiary_id)
    known = (first.first_name, first.last_name, first.phone, first.email)
    if known != (person.first_name, person.last_name, person.phone, person.email):
        raise HoldConfirmed
