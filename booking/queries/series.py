"""Which series of workshops are there, and which dates do they have?"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.occurrences import Repeats
from booking.domain.refusals import SeriesNotFound
from booking.domain.workshops import Timetable, Wanted, start_on
from booking.models import AppointmentType, Engagement, TimeOffOccurrence, Workshop, WorkshopSeries
from directory.models import Venue


@dataclass(frozen=True)
class Ruled:
    """A series with what its dates need to know."""

    series: WorkshopSeries
    type: AppointmentType
    venue: Venue

    @property
    def zone(self) -> ZoneInfo:
        """Return on whose wall clock it begins."""
        return ZoneInfo(self.venue.time_zone)

    @property
    def resource_ids(self) -> frozenset[int]:
        """Return whose time it takes."""
        return frozenset({self.series.agent_resource_id, *(int(one) for one in self.series.resource_ids)})

    def wanted_on(self, day: date) -> Wanted | None:
        """Return the time that a date of the rule asks for; None when that hour does not exist on this day."""
        starts_at = start_on(day, self.series.starts_minute, self.zone)
        if starts_at is None:
            return None
        start = minute_of(starts_at)
        return Wanted(self.resource_ids, Interval(start, start + self.type.duration_minutes), self.type.pause_minutes)


def select_every() -> Select[WorkshopSeries]:
    """Ask for the series, ended ones included."""
    return select(WorkshopSeries)


def by_id(db: Session, series_id: int) -> WorkshopSeries:
    """Return one series; raise SeriesNotFound."""
    found = db.get(WorkshopSeries, series_id)
    if found is None:
        raise SeriesNotFound
    return found


def ruled(db: Session, query: Select[WorkshopSeries]) -> list[Ruled]:
    """Return series with their types and venues, locked until the end of the transaction, in id order."""
    locking = query.order_by(WorkshopSeries.id).with_for_update(key_share=True)
    rows = db.scalars(locking.execution_options(populate_existing=True)).all()
    type_ids, venue_ids = {row.type_id for row in rows}, {row.venue_id for row in rows}
    types = {row.id: row for row in db.scalars(select(AppointmentType).where(AppointmentType.id.in_(type_ids)))}
    venues = {row.id: row for row in db.scalars(select(Venue).where(Venue.id.in_(venue_ids)))}
    return [Ruled(row, types[row.type_id], venues[row.venue_id]) for row in rows]


def ruled_by_id(db: Session, series_id: int) -> Ruled:
    """Return one series with its type and venue, locked until the end of the transaction; raise SeriesNotFound."""
    found = ruled(db, select_every().where(WorkshopSeries.id == series_id))
    if not found:
        raise SeriesNotFound
    return found[0]


def behind(*, until: date) -> Select[WorkshopSeries]:
    """Ask for the series whose dates are not all written until a day."""
    unended = WorkshopSeries.last_day.is_(None) | (WorkshopSeries.last_day > WorkshopSeries.written_until)
    return select_every().where(WorkshopSeries.written_until < until, unended, WorkshopSeries.repeats != Repeats.ONCE)


def dates_from(series_id: int, first: date) -> Select[Workshop]:
    """Ask for the dates that the rule puts on `first` or later, cancelled ones too."""
    return select(Workshop).where(Workshop.series_id == series_id, Workshop.rule_day >= first)


def has_date(db: Session, series_id: int, rule_day: date, *, now: datetime) -> bool:
    """Say whether the rule has put a date on this day that has not begun yet, cancelled or not."""
    mine = Workshop.series_id == series_id, Workshop.rule_day == rule_day, Workshop.starts_at > now
    return db.scalar(select(Workshop.id).where(*mine)) is not None


def timetable(db: Session, resource_ids: Collection[int], during: Interval) -> Timetable:
    """Return when these resources are taken or away in an interval."""
    engaged = select(Engagement).where(
        Engagement.resource_id.in_(resource_ids),
        Engagement.start_minute < during.end,
        Engagement.end_minute > during.start,
    )
    absent = select(TimeOffOccurrence).where(
        TimeOffOccurrence.resource_id.in_(resource_ids),
        TimeOffOccurrence.is_cancelled.is_(False),
        TimeOffOccurrence.starts_at < instant_of(during.end),
        TimeOffOccurrence.ends_at > instant_of(during.start),
    )
    return Timetable(
        [(row.resource_id, Interval(row.start_minute, row.end_minute), row.workshop_id) for row in db.scalars(engaged)],
        [(row.resource_id, Interval(minute_of(row.starts_at), minute_of(row.ends_at))) for row in db.scalars(absent)],
    )
