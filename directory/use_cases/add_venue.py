"""A place where people are received, and the rooms in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.models import Resource, ResourceKind, Venue
from foundation import audit
from foundation.actors import Actor


def add_venue(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    name: str,
    address: str,
    time_zone: str,
    region: str,
    directions: str = "",
) -> Venue:
    """Write down a venue with its own zone."""
    require(actor, Permission.ADMINISTER)
    venue = Venue(
        organisation_id=actor.organisation_id,
        name=name,
        address=address,
        time_zone=time_zone,
        region=region,
        directions=directions,
    )
    db.add(venue)
    db.flush()
    audit.record(db, actor, action="venue-added", subject=("venue", venue.id), now=now)
    return venue


def add_room(db: Session, actor: Actor, *, now: datetime, name: str, venue_id: int) -> Resource:
    """Write down a room of a venue."""
    require(actor, Permission.ADMINISTER)
    room = Resource(organisation_id=actor.organisation_id, kind=ResourceKind.ROOM, name=name, venue_id=venue_id)
    db.add(room)
    db.flush()
    audit.record(db, actor, action="room-added", subject=("resource", room.id), now=now)
    return room
