"""What takes somebody's time? For staff who are about to book over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from booking.domain.intervals import instant_of, minute_from, minute_of
from booking.domain.settings import LONGEST, refuse_unfit_span
from booking.models import Engagement, EngagementKind
from directory.queries import organisations, resources

_MOST = 1_000


@dataclass(frozen=True)
class Conflict:
    """An appointment, a workshop or a live hold, by its own id, with the pause that follows it."""

    id: int
    kind: EngagementKind
    starts_at: datetime
    ends_at: datetime


def of_resource(
    db: Session, *, resource_id: int, starts_at: datetime, ends_at: datetime, now: datetime
) -> Sequence[Conflict]:
    """Return what takes a resource in `[starts_at, ends_at)`, in order; raise ResourceNotFound or UnfitValues."""
    refuse_unfit_span(starts_at, ends_at)
    resource = resources.by_id(db, resource_id)
    zone = ZoneInfo(organisations.by_id(db, resource.organisation_id).time_zone)
    first, last = minute_of(starts_at), minute_from(ends_at)
    query = select(Engagement).where(
        Engagement.resource_id == resource.id,
        Engagement.end_minute > first,
        Engagement.end_minute < last + LONGEST,
        Engagement.start_minute < last,
        or_(Engagement.expires_minute.is_(None), Engagement.expires_minute > minute_of(now)),
    )
    return [
        Conflict(
            row.appointment_id or row.workshop_id or row.hold_id or 0,
            row.kind,
            instant_of(row.start_minute).astimezone(zone),
            instant_of(row.end_minute).astimezone(zone),
        )
        for row in db.scalars(query.order_by(Engagement.start_minute).limit(_MOST))
    ]
