"""Who is away, and when?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from booking.domain.refusals import TimeOffNotFound
from booking.models import TimeOff, TimeOffOccurrence


def select_every(
    *, resource_id: int | None = None, since: datetime | None = None, until: datetime | None = None
) -> Select[TimeOff]:
    """Ask for the absences of which a date shares some time with `[since, until)`."""
    query = select(TimeOff)
    if resource_id is not None:
        query = query.where(TimeOff.resource_id == resource_id)
    if since is None and until is None:
        return query
    dates = select(TimeOffOccurrence.id).where(
        TimeOffOccurrence.time_off_id == TimeOff.id, TimeOffOccurrence.is_cancelled.is_(False)
    )
    if since is not None:
        dates = dates.where(TimeOffOccurrence.ends_at > since)
    if until is not None:
        dates = dates.where(TimeOffOccurrence.starts_at < until)
    return query.where(exists(dates))


def by_id(db: Session, time_off_id: int) -> TimeOff:
    """Return one absence; raise TimeOffNotFound."""
    found = db.get(TimeOff, time_off_id)
    if found is None:
        raise TimeOffNotFound
    return found


def first_dates(db: Session, rule_ids: Sequence[int]) -> Mapping[int, TimeOffOccurrence]:
    """Return the first date of each of these absences, cancelled or not; one that has none is missing."""
    date = TimeOffOccurrence
    first = select(date.time_off_id, func.min(date.starts_at).label("starts_at")).where(date.time_off_id.in_(rule_ids))
    firsts = first.group_by(date.time_off_id).subquery()
    is_first = (date.time_off_id == firsts.c.time_off_id) & (date.starts_at == firsts.c.starts_at)
    return {row.time_off_id: row for row in db.scalars(select(date).join(firsts, is_first))}


def dates_of(time_off_id: int, *, since: datetime, until: datetime) -> Select[TimeOffOccurrence]:
    """Ask for the dates of an absence that share some time with `[since, until)`, cancelled ones too."""
    return select(TimeOffOccurrence).where(
        TimeOffOccurrence.time_off_id == time_off_id,
        TimeOffOccurrence.ends_at > since,
        TimeOffOccurrence.starts_at < until,
    )
