"""A series changes, all of it or from one of its dates on, or ends; its dates follow, except those set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from booking.domain.occurrences import Recurrence
from booking.domain.refusals import DateNotFound
from booking.domain.settings import (
    refuse_no_day_left,
    refuse_unfit_hour,
    refuse_unfit_recurrence,
    refuse_unfit_seats,
)
from booking.domain.workshops import Dates
from booking.models import WorkshopSeries
from booking.queries import series as queries
from booking.queries.series import Ruled
from booking.steps.occurrences import last_written
from booking.steps.series_changes import follow_rule
from booking.steps.workshops import refuse_unfit_resources
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def change_series(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    series_id: int,
    changes: Mapping[str, Any],
    recurrence: Recurrence | None = None,
    since: date | None = None,
) -> tuple[WorkshopSeries, Dates]:
    """Change title, agent, resources, start, capacity or days of what is to come; with `since`, from that date on.

    The rule is the new one in either case: what comes before `since` is rows already, and stays as it is. Returns what
    became of the dates. Raises SeriesNotFound, DateNotFound when `since` is no date to come, UnfitValues and
    ResourceNotFound.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    ruled = queries.ruled_by_id(db, series_id)
    series, today = ruled.series, now.astimezone(ruled.zone).date()
    if since is not None and not queries.has_date(db, series.id, since, now=now):
        raise DateNotFound
    if recurrence is not None and recurrence != series.recurrence:
        is_known = recurrence.first_day == series.first_day
        refuse_unfit_recurrence(recurrence, today=recurrence.first_day if is_known else today)
        refuse_no_day_left(recurrence, today=today)
        series.recurrence = recurrence
    changed = {name for name, value in changes.items() if getattr(series, name) != _kept(name, value)}
    for name in changed:
        setattr(series, name, _kept(name, changes[name]))
    _refuse_unfit(db, ruled)
    dates = _follow(db, actor, ruled, changed, first=since or today, now=now)
    audit.record(db, actor, action="series-changed", subject=("workshop-series", series.id), now=now)
    return series, dates


def end_series(
    db: Session, actor: Actor, *, now: datetime, series_id: int, since: date | None = None
) -> tuple[WorkshopSeries, Dates]:
    """Have a series end before a day, by default today: later dates are called off, except where somebody has a seat.

    Raises SeriesNotFound. A second time changes nothing.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    ruled = queries.ruled_by_id(db, series_id)
    series, today = ruled.series, now.astimezone(ruled.zone).date()
    first = max(since or today, today)
    yesterday = first - timedelta(days=1)
    series.last_day = yesterday if series.last_day is None else min(series.last_day, yesterday)
    dates = _follow(db, actor, ruled, set(), first=first, now=now)
    audit.record(db, actor, action="series-ended", subject=("workshop-series", series.id), now=now)
    return series, dates


def _follow(db: Session, actor: Actor, ruled: Ruled, changed: set[str], *, first: date, now: datetime) -> Dates:
    until = max(last_written(now, ruled.zone), ruled.series.written_until)
    dates = follow_rule(db, actor, ruled, changed, first=first, until=until, now=now)
    ruled.series.written_until = until
    return dates


def _refuse_unfit(db: Session, ruled: Ruled) -> None:
    series = ruled.series
    refuse_unfit_seats(series.capacity)
    refuse_unfit_hour(series.starts_minute)
    refuse_unfit_resources(
        db,
        venue_id=series.venue_id,
        agent_resource_id=series.agent_resource_id,
        resource_ids=[int(one) for one in series.resource_ids],
    )


def _kept(name: str, value: Any) -> Any:
    return [str(one) for one in value] if name == "resource_ids" else value
