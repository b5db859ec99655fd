"""Choosing another time for an appointment keeps that time too, until the person has confirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.settings import refuse_seconds
from booking.queries import appointments, types
from booking.steps import engagements, holds, moves
from booking.steps.counting import refuse_full_person
from booking.steps.holds import Held
from directory.queries import people
from foundation.actors import Actor


def hold_move(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    client: str,
    appointment_id: int,
    venue_id: int | None,
    starts_at: datetime,
    most_of_network: int = holds.MOST_OF_A_NETWORK,
) -> Held:
    """Hold a slot that the appointment would move to; raise SlotTaken, TooManyHolds, or why it may not move."""
    refuse_seconds(starts_at)
    holds.refuse_too_many(db, client, now=now, most_of_network=most_of_network)
    appointment = appointments.by_id(db, appointment_id, for_update=True)
    kind = types.by_id(db, appointment.type_id)
    moves.refuse(actor, appointment, kind, now=now)
    beneficiary = people.by_id(db, appointment.beneficiary_id)
    refuse_full_person(db, kind, beneficiary, starts_at=starts_at, but=appointment.id)
    start = minute_of(starts_at)
    question = moves.question(appointment, kind, starts=Interval(start, start + 1), venues=(venue_id,))
    slot = engagements.claim(db, question, now=now)
    hold, held = holds.write_down(
        db,
        actor,
        client=client,
        now=now,
        type_id=kind.id,
        venue_id=slot.venue_id,
        resource_id=slot.resource_id,
        moves_appointment_id=appointment.id,
        channel=appointment.channel,
        starts_at=instant_of(slot.start),
        ends_at=instant_of(slot.end),
        people=appointment.people,
    )
    own = engagements.of_appointment(db, appointment.id)
    engagements.engage_hold(db, actor, slot, hold, pause=kind.pause_minutes, own=own)
    return held
