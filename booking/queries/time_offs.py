"""Who is away, and when?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.domain.refusals import TimeOffNotFound
from booking.models import TimeOff


def select_every(
    *, resource_id: int | None = None, since: datetime | None = None, until: datetime | None = None
) -> Select[TimeOff]:
    """Ask for the absences that share some time with `[since, until)`."""
    query = select(TimeOff)
    if resource_id is not None:
        query = query.where(TimeOff.resource_id == resource_id)
    if since is not None:
        query = query.where(TimeOff.ends_at > since)
    return query if until is None else query.where(TimeOff.starts_at < until)


def by_id(db: Session, time_off_id: int) -> TimeOff:
    """Return one absence; raise TimeOffNotFound."""
    found = db.get(TimeOff, time_off_id)
    if found is None:
        raise TimeOffNotFound
    return found
