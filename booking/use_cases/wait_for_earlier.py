"""Somebody who has an appointment would like to come earlier; they keep it until an offer is accepted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.refusals import NothingEarlier
from booking.domain.waiting import ANY, Wishes, waits_until
from booking.models import WaitingEntry, WaitingStatus
from booking.queries import appointments, types
from booking.steps import moves, waiting
from directory.queries import organisations, people, venues
from foundation.actors import Actor


def wait_for_earlier(
    db: Session, actor: Actor, *, now: datetime, appointment_id: int, wishes: Wishes = ANY, here_only: bool = False
) -> WaitingEntry:
    """Put whoever has the appointment at the end of the list of its type, for an earlier start (`here_only`: there).

    Raises what moving it raises, AlreadyWaiting, UnfitValues, NothingEarlier for whom nobody could tell.
    """
    appointment = appointments.by_id(db, appointment_id)
    kind = types.by_id(db, appointment.type_id)
    moves.refuse(actor, appointment, kind, now=now)
    beneficiary = people.by_id(db, appointment.beneficiary_id)
    if beneficiary.email is None and beneficiary.phone is None:
        raise NothingEarlier
    place = appointment.venue_id
    zone = organisations.by_id(db, actor.organisation_id).time_zone
    if place is not None:
        zone = venues.by_id(db, place).time_zone
    wishes.refuse_unfit(today=now.astimezone(ZoneInfo(zone)).date())
    types.locked_by_id(db, kind.id)
    waiting.refuse_waiting(db, kind, None, beneficiary)
    entry = WaitingEntry(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        beneficiary_id=beneficiary.id,
        appointment_id=appointment.id,
        channel=appointment.channel,
        venue_id=place if here_only else None,
        people=appointment.people,
        home_address=appointment.home_address,
        status=WaitingStatus.WAITING,
        joined_at=now,
        ends_at=waits_until(
            now=now,
            horizon_minutes=kind.booking_horizon_minutes,
            last_day=wishes.last_day,
            zone=ZoneInfo(zone),
            starts_at=appointment.starts_at,
        ),
        **waiting.columns_of(wishes),
    )
    waiting.write_down(db, actor, entry, now=now)
    return entry
