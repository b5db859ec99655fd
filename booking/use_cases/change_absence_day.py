"""One date of an absence is cancelled, restored or given other hours; the others stay as they are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_from, minute_of
from booking.domain.refusals import UnfitValues
from booking.domain.settings import A_YEAR, refuse_unfit_span
from booking.models import TimeOff, TimeOffOccurrence
from booking.steps import rules
from booking.steps.occurrences import absence_rows, exact_absence, zone_of
from booking.steps.waiting import announce_freed
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def cancel_absence_day(db: Session, actor: Actor, *, now: datetime, time_off_id: int, rule_day: date) -> TimeOff:
    """Have a resource be there on one date after all; raise TimeOffNotFound or DateNotFound."""
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    rows = rules.dates_to_come(db, rule, rule_day, now=now)
    freed = Interval(minute_of(rows[0].starts_at), minute_from(rows[-1].ends_at))
    rules.cancel_date(db, rule, rule_day)
    announce_freed(db, actor, now=now, freed=freed)
    _record(db, actor, rule, action="absence-day-cancelled", rule_day=rule_day, now=now)
    return rule


def restore_absence_day(db: Session, actor: Actor, *, now: datetime, time_off_id: int, rule_day: date) -> TimeOff:
    """Make one date what the rule says again; raise TimeOffNotFound or DateNotFound."""
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    rules.dates_to_come(db, rule, rule_day, now=now)
    rules.forget_date(db, rule, rule_day)
    rows = absence_rows(rule, zone_of(db, actor, rule.venue_id), since=rule_day, until=rule_day)
    if rows:
        db.execute(insert(TimeOffOccurrence), rows)
    _record(db, actor, rule, action="absence-day-restored", rule_day=rule_day, now=now)
    return rule


def change_absence_day(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    time_off_id: int,
    rule_day: date,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> TimeOff:
    """Have one date begin or end at another time, maybe on another day; what is not said stays as it is.

    Raises TimeOffNotFound, DateNotFound, or UnfitValues for what is past or more than a year away.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    known = rules.dates_to_come(db, rule, rule_day, now=now)
    first, last = starts_at or known[0].starts_at, ends_at or known[-1].ends_at
    refuse_unfit_span(first, last)
    if last <= now:
        raise UnfitValues({"ends_at": "booking.unfit.past"})
    if first > now + A_YEAR:
        raise UnfitValues({"starts_at": "booking.unfit.too_far"})
    rules.forget_date(db, rule, rule_day)
    row = exact_absence(rule, rule_day=rule_day, starts_at=first, ends_at=last) | {"is_exception": True}
    db.execute(insert(TimeOffOccurrence), [row])
    _record(db, actor, rule, action="absence-day-changed", rule_day=rule_day, now=now)
    return rule


def _record(db: Session, actor: Actor, rule: TimeOff, *, action: str, rule_day: date, now: datetime) -> None:
    audit.record(db, actor, action=action, subject=("time-off", rule.id), now=now, day=rule_day.isoformat())
