"""A series of workshops is planned: a rule on the wall clock, and its dates as rows for a year ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.occurrences import Recurrence
from booking.domain.refusals import TypeNotFound
from booking.domain.settings import refuse_no_day_left, refuse_unfit_hour, refuse_unfit_recurrence, refuse_unfit_seats
from booking.domain.workshops import Dates
from booking.models import WorkshopSeries
from booking.queries import types
from booking.queries.series import Ruled
from booking.steps import series as steps
from booking.steps.occurrences import last_written
from booking.steps.workshops import refuse_unfit_resources
from directory.domain.permissions import Permission, require
from directory.queries import venues
from foundation import audit
from foundation.actors import Actor


def plan_series(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    type_id: int,
    venue_id: int,
    agent_resource_id: int,
    title: str,
    recurrence: Recurrence,
    starts_minute: int,
    capacity: int,
    resource_ids: Sequence[int] = (),
) -> tuple[WorkshopSeries, Dates]:
    """Plan a series up to 52 weeks ahead, and say on which days it is planned and which are skipped, and why.

    A public holiday is skipped, and so is a date on which somebody or something is taken or away. Raises UnfitValues,
    TypeNotFound, VenueNotFound and ResourceNotFound.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    kind = types.offered_by_id(db, type_id)
    if not kind.is_workshop:
        raise TypeNotFound
    venue = venues.by_id(db, venue_id)
    zone = ZoneInfo(venue.time_zone)
    today = now.astimezone(zone).date()
    refuse_unfit_resources(db, venue_id=venue_id, agent_resource_id=agent_resource_id, resource_ids=resource_ids)
    refuse_unfit_recurrence(recurrence, today=today)
    refuse_no_day_left(recurrence, today=today)
    refuse_unfit_seats(capacity)
    refuse_unfit_hour(starts_minute)
    series = WorkshopSeries(
        organisation_id=actor.organisation_id,
        type_id=kind.id,
        venue_id=venue.id,
        agent_resource_id=agent_resource_id,
        resource_ids=[str(one) for one in resource_ids],
        title=title,
        starts_minute=starts_minute,
        capacity=capacity,
        written_until=last_written(now, zone),
    )
    series.recurrence = recurrence
    db.add(series)
    db.flush()
    dates = _write(db, actor, Ruled(series, kind, venue), now=now)
    audit.record(db, actor, action="series-planned", subject=("workshop-series", series.id), now=now)
    return series, dates


def _write(db: Session, actor: Actor, ruled: Ruled, *, now: datetime) -> Dates:
    dates, series = Dates(), ruled.series
    today, until = now.astimezone(ruled.zone).date(), series.written_until
    timetable = steps.claim_time(db, ruled.resource_ids, now=now)
    closed = steps.closed_days(db, [ruled], first=today, last=until)
    days = series.recurrence.days(since=today, until=until)
    made = steps.new_dates(actor, ruled, days, timetable, closed=closed[series.id], dates=dates, now=now)
    steps.write(db, actor, made)
    return dates
