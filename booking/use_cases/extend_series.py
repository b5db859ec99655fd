"""Each night the dates of every series are written a day further, so that there is always a year of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.settings import AHEAD
from booking.domain.workshops import Dates, Wanted
from booking.models import Workshop
from booking.queries import series as queries
from booking.queries.series import Ruled
from booking.steps import series as steps
from booking.steps.occurrences import last_written
from directory.domain.permissions import Permission, require
from directory.models import Resource
from foundation import audit
from foundation.actors import Actor


def extend_series(db: Session, actor: Actor, *, now: datetime) -> int:
    """Write the dates that are missing up to 52 weeks from now, and return how many series had some to be written.

    What is skipped is written into the audit trail. A series stands still, and is extended later, while its type or
    somebody whose time it takes is retired. A second time finds nothing to do.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    # No zone is more than a day ahead of this.
    behind = queries.ruled(db, queries.behind(until=(now + AHEAD + timedelta(days=1)).date()))
    due = [one for one in behind if one.series.written_until < last_written(now, one.zone)]
    due = _at_work(db, [one for one in due if one.type.retired_at is None])
    if not due:
        return 0
    timetable = steps.claim_time(db, {resource_id for one in due for resource_id in one.resource_ids}, now=now)
    first = min(one.series.written_until for one in due)
    closed = steps.closed_days(db, due, first=first, last=max(last_written(now, one.zone) for one in due))
    made: dict[int, tuple[Workshop, Wanted]] = {}
    for one in due:
        series, dates, until = one.series, Dates(), last_written(now, one.zone)
        days = series.recurrence.days(since=series.written_until + timedelta(days=1), until=until)
        made |= steps.new_dates(actor, one, days, timetable, closed=closed[series.id], dates=dates, now=now)
        series.written_until = until
        _note(db, actor, one, dates, now=now)
    steps.write(db, actor, made)
    return len(due)


def _at_work(db: Session, due: list[Ruled]) -> list[Ruled]:
    wanted = {resource_id for one in due for resource_id in one.resource_ids}
    at_work = set(db.scalars(select(Resource.id).where(Resource.id.in_(wanted), Resource.retired_at.is_(None))))
    return [one for one in due if one.resource_ids <= at_work]


def _note(db: Session, actor: Actor, one: Ruled, dates: Dates, *, now: datetime) -> None:
    if dates.skipped:
        subject = ("workshop-series", one.series.id)
        skipped = " ".join(f"{day}:{why}" for day, why in dates.skipped)
        audit.record(db, actor, action="series-dates-skipped", subject=subject, now=now, skipped=skipped)
