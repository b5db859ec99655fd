"""Somebody would like to be told when something is free: for a reason, or for a workshop that is full."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.person import Person
from booking.domain.refusals import NotFull, TooManyWaits, UnfitValues, WorkshopNotFound
from booking.domain.waiting import ANY, Wishes, waits_until
from booking.models import AppointmentType, Channel, WaitingEntry, WaitingStatus, Workshop
from booking.queries import types, workshops
from booking.steps import seats, waiting
from booking.steps.appointments import whoever
from booking.steps.holds import NETWORK_LETTERS
from booking.steps.offered import refuse_closed_to_public, slots_of_type
from directory.domain.permissions import Permission, require
from directory.models import Venue
from directory.queries import organisations, venues
from foundation import throttle
from foundation.actors import Actor, ActorKind

MOST_AN_HOUR = 10
MOST_OF_A_PROGRAM = 500
WINDOW, DELAY = timedelta(hours=1), timedelta(minutes=10)


def join_waiting_list(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    type_id: int,
    person: Person,
    channel: Channel = Channel.ON_SITE,
    workshop_id: int | None = None,
    venue_id: int | None = None,
    people: int = 1,
    wishes: Wishes = ANY,
    client: str | None = None,
    most_of_client: int = MOST_AN_HOUR,
) -> WaitingEntry:
    """Put `person` at the end of the list, once; `client` is who types for the public, and is counted.

    Raises AlreadyWaiting, NotFull, UnfitValues, TooManyWaits, and what booking the type or the workshop raises.
    """
    by_staff = actor.kind is not ActorKind.VISITOR
    if by_staff:
        require(actor, Permission.SEE_DAY)
    _count(db, client, most=most_of_client, now=now)
    kind = types.offered_by_id(db, type_id)
    workshop = None
    if workshop_id is None:
        slots_of_type(db, type_id, channel, people=people, by_staff=by_staff)
    else:
        workshop = _full_workshop(db, kind, workshop_id, now=now, by_staff=by_staff)
        channel, venue_id, people, wishes = Channel.ON_SITE, workshop.venue_id, 1, ANY
    venue = None if venue_id is None else venues.by_id(db, venue_id)
    zone = ZoneInfo(_zone(db, actor, venue))
    wishes.refuse_unfit(today=now.astimezone(zone).date())
    _refuse_unreachable(person, channel)
    beneficiary = whoever(db, actor, person, now=now)
    # Two who put the same person down at once wait for each other.
    types.locked_by_id(db, kind.id)
    waiting.refuse_waiting(db, kind, workshop_id, beneficiary)
    entry = WaitingEntry(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        workshop_id=workshop_id,
        beneficiary_id=beneficiary.id,
        channel=channel,
        venue_id=venue_id,
        people=people,
        home_address=person.home_address,
        status=WaitingStatus.WAITING,
        joined_at=now,
        ends_at=waits_until(
            now=now,
            horizon_minutes=kind.booking_horizon_minutes,
            last_day=wishes.last_day,
            zone=zone,
            starts_at=None if workshop is None else workshop.starts_at,
        ),
        **waiting.columns_of(wishes),
    )
    waiting.write_down(db, actor, entry, now=now)
    return entry


def _count(db: Session, client: str | None, *, most: int, now: datetime) -> None:
    if client is None:
        return
    counter = throttle.locked(db, f"waiting {client[:NETWORK_LETTERS]}", now=now)
    if throttle.is_closed(counter, now=now):
        raise TooManyWaits(retry_after=int(DELAY.total_seconds()))
    throttle.count(counter, most=most, window=WINDOW, delay=DELAY, now=now)


def _full_workshop(db: Session, kind: AppointmentType, workshop_id: int, *, now: datetime, by_staff: bool) -> Workshop:
    refuse_closed_to_public(kind, by_staff=by_staff)
    workshop = workshops.by_id(db, workshop_id)
    if workshop.cancelled_at is not None:
        raise WorkshopNotFound
    if workshop.type_id != kind.id:
        raise UnfitValues({"workshop_id": "booking.waiting.other_type"})
    seats.refuse_unlisted(workshop, kind, now=now)
    (coming,) = workshops.with_free_seats(db, [workshop_id], now=now)
    if coming.free_seats > 0:
        raise NotFull
    return workshop


def _zone(db: Session, actor: Actor, venue: Venue | None) -> str:
    return organisations.by_id(db, actor.organisation_id).time_zone if venue is None else venue.time_zone


def _refuse_unreachable(person: Person, channel: Channel) -> None:
    # Staff know how to reach whoever they book for; an offer that lasts two hours has to find its own way.
    person.refuse_unreachable(by_phone=channel is Channel.PHONE)
    if channel is Channel.HOME:
        person.refuse_without_address()
