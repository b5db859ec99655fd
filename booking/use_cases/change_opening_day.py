"""One date of an opening is cancelled, restored, moved or given other hours; the others stay as they are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.intervals import MINUTES_A_DAY
from booking.domain.occurrences import Hours, open_on
from booking.domain.refusals import UnfitValues
from booking.domain.settings import AHEAD
from booking.models import OpeningHours, OpeningOccurrence
from booking.steps import rules
from booking.steps.occurrences import opening_row, zone_of
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
    spans = (
        open_on(rule_day, rule.hours, zone) if rule_day in rule.recurrence.days(since=rule_day, until=rule_day) else []
    )
    rows = [opening_row(rule, rule_day=rule_day, local_day=rule_day, span=span) for span in spans]
    if rows:
        db.execute(insert(OpeningOccurrence), rows)
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
    known = rules.dates_to_come(db, rule, rule_day, now=now)
    first, last = known[0], known[-1]
    assert isinstance(first, OpeningOccurrence)  # noqa: S101 - the dates of an opening are openings
    zone = zone_of(db, actor, rule.venue_id)
    wanted = local_day or first.local_day
    hours = Hours(
        _minute(first.starts_at, zone) if opens is None else opens,
        (_minute(last.ends_at, zone) or MINUTES_A_DAY) if closes is None else closes,
    )
    spans = open_on(wanted, hours, zone)
    if not spans:
        raise UnfitValues({"closes_at": "booking.unfit.closed"})
    if not now.astimezone(zone).date() <= wanted <= (now + AHEAD).astimezone(zone).date():
        raise UnfitValues({"local_day": "booking.unfit.too_far"})
    on_holidays = first.closes_on_holidays if closes_on_holidays is None else closes_on_holidays
    rules.forget_date(db, rule, rule_day)
    told = {"is_exception": True, "closes_on_holidays": on_holidays}
    rows = [opening_row(rule, rule_day=rule_day, local_day=wanted, span=span) | told for span in spans]
    db.execute(insert(OpeningOccurrence), rows)
    _record(db, actor, rule, action="opening-day-changed", rule_day=rule_day, now=now)
    return rule


def _minute(instant: datetime, zone: ZoneInfo) -> int:
    wall = instant.astimezone(zone)
    return int(timedelta(hours=wall.hour, minutes=wall.minute).total_seconds()) // 60


def _record(db: Session, actor: Actor, rule: OpeningHours, *, action: str, rule_day: date, now: datetime) -> None:
    subject = ("opening-hours", rule.id)
    audit.record(db, actor, action=action, subject=subject, now=now, day=rule_day.isoformat())
