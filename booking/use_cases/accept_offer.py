"""The person says yes: what was held for them is their appointment, or their appointment moves there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.refusals import NothingOffered, SlotTaken, WaitOver
from booking.models import Appointment, Hold, WaitingEntry, WaitingStatus
from booking.queries import appointments, types
from booking.steps import moves, waiting
from booking.steps.confirming import book_held
from directory.domain.permissions import Permission, require
from directory.queries import people
from foundation import audit
from foundation.actors import Actor, ActorKind


def accept_offer(
    db: Session, actor: Actor, *, now: datetime, entry_id: int, starts_at: datetime | None = None
) -> Appointment:
    """Book what was offered last; a second time it is the same appointment.

    Whoever comes late has it when it is still free. `starts_at` is what they saw: another one is not booked for it.
    Raises NothingOffered, WaitOver, SlotTaken, WorkshopFull, WorkshopNotFound, PersonFull, and why it may not move.
    """
    if actor.kind is not ActorKind.BENEFICIARY:
        require(actor, Permission.SEE_DAY)
    entry = waiting.locked(db, entry_id)
    if entry.status is WaitingStatus.SERVED and entry.appointment_id is not None:
        return appointments.by_id(db, entry.appointment_id)
    if entry.status is WaitingStatus.LEFT:
        raise WaitOver
    offer = waiting.latest_offer(db, entry)
    if offer is None or starts_at not in {None, offer.starts_at}:
        raise NothingOffered
    if offer.starts_at <= now:
        raise SlotTaken
    appointment = _taken(db, actor, entry, offer, now=now)
    entry.status, entry.appointment_id = WaitingStatus.SERVED, appointment.id
    audit.record(db, actor, action="waiting-served", subject=("waiting_entry", entry.id), now=now)
    return appointment


def _taken(db: Session, actor: Actor, entry: WaitingEntry, offer: Hold, *, now: datetime) -> Appointment:
    if entry.appointment_id is None:
        person = people.by_id(db, entry.beneficiary_id)
        return book_held(db, actor, offer, person, now=now, home_address=entry.home_address)
    appointment = appointments.by_id(db, entry.appointment_id, for_update=True)
    kind = types.by_id(db, appointment.type_id)
    moves.refuse(actor, appointment, kind, now=now)
    moves.move_held(db, actor, appointment, kind, offer, now=now)
    return appointment
