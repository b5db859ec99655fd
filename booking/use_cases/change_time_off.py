"""One date of an absence is cancelled or restored, or the whole of it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.occurrences import Repeats
from booking.domain.refusals import DateNotFound
from booking.models import TimeOff, TimeOffOccurrence
from booking.steps import rules
from booking.steps.occurrences import absence_row, spans_of, zone_of
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


def cancel_absence_day(db: Session, actor: Actor, *, now: datetime, time_off_id: int, rule_day: date) -> TimeOff:
    """Have a resource be there on one date after all; raise TimeOffNotFound or DateNotFound."""
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    rules.dates_to_come(db, rule, rule_day, now=now)
    rules.cancel_date(db, rule, rule_day)
    audit.record(db, actor, action="absence-day-cancelled", subject=("time-off", rule.id), now=now)
    return rule


def restore_absence_day(db: Session, actor: Actor, *, now: datetime, time_off_id: int, rule_day: date) -> TimeOff:
    """Make one date what the rule says again; raise TimeOffNotFound or DateNotFound."""
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    rules.dates_to_come(db, rule, rule_day, now=now)
    rules.forget_date(db, rule, rule_day)
    spans = spans_of(rule, rule_day, zone_of(db, actor, rule.venue_id))
    db.execute(insert(TimeOffOccurrence), [absence_row(rule, rule_day=rule_day, span=span) for span in spans])
    audit.record(db, actor, action="absence-day-restored", subject=("time-off", rule.id), now=now)
    return rule


def end_time_off(db: Session, actor: Actor, *, now: datetime, time_off_id: int, last_day: date | None = None) -> None:
    """End an absence with `last_day`, by default yesterday; one that is under way once ends now.

    Without a date left the absence is gone. Raises TimeOffNotFound, and DateNotFound when all of it is past.
    """
    require(actor, Permission.ADMINISTER)
    rule = rules.locked(db, TimeOff, time_off_id)
    today = now.astimezone(zone_of(db, actor, rule.venue_id)).date()
    end = max(last_day or date.min, today - timedelta(days=1))
    if rule.repeats is not Repeats.ONCE:
        rule.last_day = end
    elif last_day is None and not rules.cut_short(db, rule, now=now):
        raise DateNotFound
    is_left = rules.clear_after(db, rule, end)
    audit.record(db, actor, action="time-off-ended", subject=("time-off", rule.id), now=now)
    if not is_left:
        db.flush()
        db.delete(rule)
