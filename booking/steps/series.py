"""Writes the dates of series: all that is wanted at once, whatever the number of dates.

As for every other writer of time: the resources are locked, what has lapsed is swept, one looks, and then one writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.settings import AHEAD, LONGEST
from booking.domain.workshops import Dates, Timetable, Wanted, Why
from booking.models import Engagement, EngagementKind, Workshop
from booking.queries import series as queries
from booking.queries.series import Ruled
from booking.steps.engagements import lock_resources, sweep
from directory.queries import holidays, organisations
from foundation.actors import Actor
from foundation.ids import new_id


def claim_time(db: Session, resource_ids: Collection[int], *, now: datetime) -> Timetable:
    """Lock resources, sweep the holds on them that are over, and return when they are taken or away from now on."""
    lock_resources(db, sorted(resource_ids))
    ahead = Interval(minute_of(now), minute_of(now + 2 * AHEAD) + LONGEST)
    sweep(db, resource_ids, ahead, now=now)
    return queries.timetable(db, resource_ids, ahead)


def closed_days(db: Session, ruled: Sequence[Ruled], *, first: date, last: date) -> Mapping[int, set[date]]:
    """Return the public holidays of each series between two days, both included."""
    if not ruled:
        return {}
    organisation = organisations.by_id(db, ruled[0].series.organisation_id)
    closed = holidays.closed_days_of(db, first=first, last=last)
    return {one.series.id: set(closed.at(one.venue, organisation)) for one in ruled}


def new_dates(
    actor: Actor,
    ruled: Ruled,
    days: Iterable[date],
    timetable: Timetable,
    *,
    closed: Collection[date],
    dates: Dates,
    now: datetime,
    given_up: Mapping[date, Workshop] | None = None,
) -> dict[int, tuple[Workshop, Wanted]]:
    """Return the workshops of these days with the time they take, and note in `dates` what is planned or skipped.

    A date that the rule gave up (`given_up`) and falls on again is the same row. What is over already is nothing.
    """
    made: dict[int, tuple[Workshop, Wanted]] = {}
    for day in days:
        wanted = ruled.wanted_on(day)
        if wanted is not None and wanted.span.start <= minute_of(now):
            continue
        why = Why.HOLIDAY if day in closed else Why.NO_SUCH_HOUR if wanted is None else timetable.hindrance(wanted)
        if why is not None or wanted is None:
            dates.skipped.append((day, why or Why.NO_SUCH_HOUR))
            continue
        workshop = (given_up or {}).get(day) or Workshop(id=new_id(), organisation_id=actor.organisation_id)
        _fill(workshop, ruled, day, wanted)
        timetable.take(workshop.id, wanted)
        made[workshop.id] = (workshop, wanted)
        dates.planned.append(day)
    return made


def write(
    db: Session, actor: Actor, made: Mapping[int, tuple[Workshop, Wanted]], *, freed: Collection[int] = ()
) -> None:
    """Write workshops with the time they take; it, and what those of `freed` take, is given up first."""
    gone = [*made, *freed]
    if gone:
        db.execute(delete(Engagement).where(Engagement.workshop_id.in_(gone)))
    db.add_all(workshop for workshop, _ in made.values())
    db.flush()
    db.add_all(
        Engagement(
            organisation_id=actor.organisation_id,
            resource_id=resource_id,
            kind=EngagementKind.WORKSHOP,
            start_minute=wanted.whole.start,
            end_minute=wanted.whole.end,
            workshop_id=workshop.id,
        )
        for workshop, wanted in made.values()
        for resource_id in sorted(wanted.resource_ids)
    )
    db.flush()


def _fill(workshop: Workshop, ruled: Ruled, day: date, wanted: Wanted) -> None:
    series = ruled.series
    workshop.series_id, workshop.rule_day = series.id, day
    workshop.type_id, workshop.venue_id = series.type_id, series.venue_id
    workshop.agent_resource_id = series.agent_resource_id
    workshop.title, workshop.capacity = series.title, series.capacity
    workshop.starts_at, workshop.ends_at = instant_of(wanted.span.start), instant_of(wanted.span.end)
    workshop.cancelled_at = None
