"""A room or a vehicle can be taken from now on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.domain.refusals import AgentsOwnTime
from directory.models import Resource, ResourceKind
from directory.queries import venues
from foundation import audit
from foundation.actors import Actor


def add_resource(db: Session, actor: Actor, *, now: datetime, kind: ResourceKind, name: str, venue_id: int) -> Resource:
    """Write down a room or a vehicle of a venue; raise VenueNotFound, and AgentsOwnTime for an agent's."""
    require(actor, Permission.ADMINISTER)
    if kind is ResourceKind.AGENT:
        raise AgentsOwnTime
    venue = venues.by_id(db, venue_id)
    row = Resource(organisation_id=actor.organisation_id, kind=kind, name=name, venue_id=venue.id)
    db.add(row)
    db.flush()
    audit.record(db, actor, action="resource-added", subject=("resource", row.id), now=now, kind=kind.value)
    return row
