"""One date of an opening is cancelled, restored, moved or given other hours; the others stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.intervals import MINUTES_A_DAY, Interval, instant_of, minute_of
from booking.domain.occurrences import Hours, open_on
from booking.domain.refusals import UnfitValues
from booking.models import OpeningHours, OpeningOccurrence
from booking.steps import rules
from booking.steps.occurrences import last_written, opening_row, opening_rows, zone_of
from booking.steps.waiting import announce_freed
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def cancel_opening_day(db: Session, actor: Actor, *, now: datetime, rule_id: int, rule_day: date) -> OpeningHours:
    """Close one date; what is booked stays, for staff to see to. Raises OpeningHoursNotFound or DateNotFound."""
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, OpeningHours, rule_id)
    rules.dates_to_come(db, rule, rule_day, now=now)
    rules.cancel_date(db, rule, rule_day)
    _record(db, actor, rule, action="opening-day-cancelled", rule_day=rule_day, now=now)
    return rule


def restore_opening_day(db: Session, actor: Actor, *, now: datetime, rule_id: int, rule_day: date) -> OpeningHours:
    """Make one date what its rule says again; raise OpeningHoursNotFound or DateNotFound."""
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, OpeningHours, rule_id)
    rules.dates_to_come(db, rule, rule_day, now=now)
    rules.forget_date(db, rule, rule_day)
    zone = zone_of(db, actor, rule.venue_id)
    rows = opening_rows(rule, zone, since=rule_day, until=rule_day)
    if rows:
        db.execute(insert(OpeningOccurrence), rows)
        freed = Interval(minute_of(rows[0]["starts_at"]), minute_of(rows[-1]["ends_at"]))
        announce_freed(db, actor, now=now, freed=freed)
    _record(db, actor, rule, action="opening-day-restored", rule_day=rule_day, now=now)
    return rule


def change_opening_day(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    rule_id: int,
    rule_day: date,
    local_day: date | None = None,
    opens: int | None = None,
    closes: int | None = None,
    closes_on_holidays: bool | None = None,
) -> OpeningHours:
    """Move one date to another day, or give it other hours; what is not said stays as it is.

    Raises OpeningHoursNotFound, DateNotFound, or UnfitValues when it would open nothing that is to come.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, OpeningHours, rule_id)
    zone = zone_of(db, actor, rule.venue_id)
    known = _known(db, rule, rule_day, zone, now=now)
    wanted = local_day or known.local_day
    hours = Hours(
        known.hours.opens if opens is None else opens,
        known.hours.closes if closes is None else closes,
    )
    spans = open_on(wanted, hours, zone)
    if not spans:
        raise UnfitValues({"closes_at": "booking.unfit.closed"})
    if not now.astimezone(zone).date() <= wanted <= last_written(now, zone):
        raise UnfitValues({"local_day": "booking.unfit.too_far"})
    if instant_of(spans[-1].end) <= now:
        raise UnfitValues({"closes_at": "booking.unfit.past"})
    on_holidays = known.closes_on_holidays if closes_on_holidays is None else closes_on_holidays
    rules.forget_date(db, rule, rule_day)
    told = {"is_exception": True, "closes_on_holidays": on_holidays}
    rows = [opening_row(rule, rule_day=rule_day, local_day=wanted, span=span) | told for span in spans]
    db.execute(insert(OpeningOccurrence), rows)
    announce_freed(db, actor, now=now, freed=Interval(spans[0].start, spans[-1].end))
    _record(db, actor, rule, action="opening-day-changed", rule_day=rule_day, now=now)
    return rule


@dataclass(frozen=True)
class _Known:
    local_day: date
    hours: Hours
    closes_on_holidays: bool


def _known(db: Session, rule: OpeningHours, rule_day: date, zone: ZoneInfo, *, now: datetime) -> _Known:
    rows = rules.dates_to_come(db, rule, rule_day, now=now)
    first, last = rows[0], rows[-1]
    assert isinstance(first, OpeningOccurrence)  # noqa: S101 - the dates of an opening are openings
    spans = [Interval(minute_of(row.starts_at), minute_of(row.ends_at)) for row in rows]
    if spans == open_on(first.local_day, rule.hours, zone):
        # On a day when the clocks change, the instants alone would not say so.
        return _Known(first.local_day, rule.hours, first.closes_on_holidays)
    opens, closes = (_minute(instant, zone) for instant in (first.starts_at, last.ends_at))
    return _Known(first.local_day, Hours(opens, closes or MINUTES_A_DAY), first.closes_on_holidays)


def _minute(instant: datetime, zone: ZoneInfo) -> int:
    wall = instant.astimezone(zone)
    return wall.hour * 60 + wall.minute


def _record(db: Session, actor: Actor, rule: OpeningHours, *, action: str, rule_day: date, now: datetime) -> None:
    subject = ("opening-hours", rule.id)
    audit.record(db, actor, action=action, subject=subject, now=now, day=rule_day.isoformat())
