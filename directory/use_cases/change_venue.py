"""A venue moves, is renamed, or its directions become better."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.domain.identity import check_identity
from directory.domain.permissions import Permission, require
from directory.models import Venue
from directory.queries import venues
from foundation import audit
from foundation.actors import Actor

IDENTITY = ("name", "address", "time_zone", "region", "directions")
CHANGEABLE = (*IDENTITY, "holiday_calendar")


def change_venue(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    venue_id: int,
    changes: Mapping[str, Any],
    compare: Callable[[Venue], None],
) -> Venue:
    """Give some of what is CHANGEABLE other values; what is booked already keeps its instant.

    `compare` is handed the venue as it is, under a lock, and raises when that is not what the sender has seen. Raises
    VenueNotFound, ZoneNotKnown, UnreadableIdentity.
    """
    require(actor, Permission.ADMINISTER)
    venue = venues.locked_by_id(db, venue_id)
    compare(venue)
    check_identity(**{name: changes.get(name, getattr(venue, name)) for name in IDENTITY})
    changed = sorted(name for name, value in changes.items() if getattr(venue, name) != value)
    for name in changed:
        setattr(venue, name, changes[name])
    if changed:
        subject = ("venue", venue.id)
        audit.record(db, actor, action="venue-changed", subject=subject, now=now, changed=" ".join(changed))
    return venue
