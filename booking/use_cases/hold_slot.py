"""Choosing a slot keeps it for ten minutes, so that a slow form never loses it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.settings import refuse_seconds
from booking.models import Channel
from booking.queries.finding import Question
from booking.steps import engagements, holds
from booking.steps.holds import Held
from booking.steps.offered import slots_of_type
from foundation.actors import Actor


def hold_slot(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    client: str,
    type_id: int,
    venue_id: int | None,
    channel: Channel,
    starts_at: datetime,
    people: int = 1,
    most_of_network: int = holds.MOST_OF_A_NETWORK,
) -> Held:
    """Hold a listed slot for `client`; raise SlotTaken, TooManyHolds, TypeNotFound, NotOpenToPublic, TooManyPeople."""
    refuse_seconds(starts_at)
    kind = slots_of_type(db, type_id, channel, people=people)
    holds.refuse_too_many(db, client, now=now, most_of_network=most_of_network)
    start = minute_of(starts_at)
    question = Question(kind, channel, Interval(start, start + 1), venues=(venue_id,), people=people)
    slot = engagements.claim(db, question, now=now)
    hold, held = holds.write_down(
        db,
        actor,
        client=client,
        now=now,
        type_id=kind.id,
        venue_id=slot.venue_id,
        resource_id=slot.resource_id,
        channel=channel,
        starts_at=instant_of(slot.start),
        ends_at=instant_of(slot.end),
        people=people,
    )
    engagements.engage_hold(db, actor, slot, hold, pause=kind.pause_minutes)
    return held
