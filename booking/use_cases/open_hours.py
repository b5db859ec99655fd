"""Opening hours: a rule, and its dates as rows, so that one date can be changed without the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence
from booking.models import OpeningHours
from booking.steps.opening import open_for
from booking.steps.waiting import announce_freed
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def open_hours(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    resource_id: int,
    venue_id: int | None,
    type_ids: Sequence[int],
    recurrence: Recurrence,
    hours: Hours,
    closes_on_holidays: bool = True,
) -> OpeningHours:
    """Open a resource for some types; raise what `open_for` raises."""
    require(actor, Permission.ADMINISTER)
    rule = open_for(
        db,
        actor,
        now=now,
        resource_id=resource_id,
        venue_id=venue_id,
        type_ids=type_ids,
        recurrence=recurrence,
        hours=hours,
        closes_on_holidays=closes_on_holidays,
    )
    announce_freed(db, actor, now=now)
    return rule
