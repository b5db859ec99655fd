"""Choosing a workshop keeps a seat for ten minutes; the last one is kept for exactly one person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.models import Channel
from booking.queries import types
from booking.steps import holds, seats
from booking.steps.holds import Held
from booking.steps.offered import refuse_closed_to_public
from foundation.actors import Actor


def hold_seat(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    client: str,
    type_id: int,
    workshop_id: int,
    most_of_network: int = holds.MOST_OF_A_NETWORK,
) -> Held:
    """Hold a seat for `client`; raise WorkshopFull, WorkshopNotFound, TypeNotFound, NotOpenToPublic, TooManyHolds."""
    kind = types.offered_by_id(db, type_id)
    refuse_closed_to_public(kind)
    holds.refuse_too_many(db, client, now=now, most_of_network=most_of_network)
    workshop = seats.locked_workshop(db, workshop_id)
    seats.refuse_unlisted(workshop, kind, now=now)
    number = seats.free_number(db, workshop, now=now)
    hold, held = holds.write_down(
        db,
        actor,
        client=client,
        now=now,
        type_id=kind.id,
        venue_id=workshop.venue_id,
        resource_id=workshop.agent_resource_id,
        workshop_id=workshop.id,
        channel=Channel.ON_SITE,
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
    )
    seats.seat_hold(db, actor, workshop, number, hold)
    return held
