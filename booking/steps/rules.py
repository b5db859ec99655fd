"""What the edits of a rule share, of opening or of absence: its lock, its dates to come, the days that stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.occurrences import Recurrence
from booking.domain.refusals import DateNotFound, OpeningHoursNotFound, TimeOffNotFound
from booking.models import OpeningHours, OpeningOccurrence, TimeOff, TimeOffOccurrence
from booking.steps.engagements import lock_resources
from foundation.refusals import NotFound

DAYS = ("repeats", "every", "weekdays", "first_day", "last_day")
"""What says on which days a rule falls."""
Rule = TypeVar("Rule", OpeningHours, TimeOff)
_KINDS: dict[type, tuple[Any, str, type[NotFound]]] = {
    OpeningHours: (OpeningOccurrence, "opening_hours_id", OpeningHoursNotFound),
    TimeOff: (TimeOffOccurrence, "time_off_id", TimeOffNotFound),
}


def locked(db: Session, kind: type[Rule], rule_id: int) -> Rule:
    """Return a rule, it and its resource locked until the end of the transaction; raise what it is not found by."""
    _, _, refusal = _KINDS[kind]
    resource_id = db.scalar(select(kind.resource_id).where(kind.id == rule_id))
    if resource_id is None:
        raise refusal
    lock_resources(db, [resource_id])
    found = db.scalar(select(kind).where(kind.id == rule_id).execution_options(populate_existing=True))
    if found is None:
        raise refusal
    return found


def changed_days(rule: OpeningHours | TimeOff, changes: Mapping[str, Any]) -> Recurrence:
    """Return the days of a rule once it has been changed: what is not said stays."""
    return replace(rule.recurrence, **{name: changes[name] for name in DAYS if name in changes})


def leaves_earlier_dates(rule: OpeningHours | TimeOff, since: date | None, *, today: date) -> bool:
    """Say whether a change from a date on leaves others before it; raise DateNotFound when it is none to come."""
    if since is None:
        return False
    if since < today or since not in rule.recurrence.days(since=since, until=since):
        raise DateNotFound
    return next(rule.recurrence.days(until=since - timedelta(days=1)), None) is not None


def hand_over(db: Session, old: Rule, new: Rule, *, since: date, now: datetime) -> None:
    """End a rule before `since`; what is left of its dates from then on is the one's that follows it."""
    table, key, _ = _KINDS[type(old)]
    clear_to_come(db, old, since=since, now=now)
    later = getattr(table, key) == old.id, table.rule_day >= since
    db.execute(update(table).where(*later).values({key: new.id}))
    old.last_day = since - timedelta(days=1)


def clear_to_come(db: Session, rule: OpeningHours | TimeOff, *, now: datetime, since: date = date.min) -> None:
    """Delete the dates from `since` on that are as the rule says and have not begun."""
    table, key, _ = _KINDS[type(rule)]
    later = getattr(table, key) == rule.id, table.rule_day >= since, table.starts_at > now
    db.execute(delete(table).where(*later, table.is_exception.is_(False)))


def days_that_stay(db: Session, rule: OpeningHours | TimeOff, *, since: date) -> set[date]:
    """Return the days from `since` on for which there is something: set by hand, or under way."""
    table, key, _ = _KINDS[type(rule)]
    return set(db.scalars(select(table.rule_day).where(getattr(table, key) == rule.id, table.rule_day >= since)))


def dates_to_come(
    db: Session, rule: OpeningHours | TimeOff, rule_day: date, *, now: datetime
) -> Sequence[OpeningOccurrence | TimeOffOccurrence]:
    """Return the rows of one date of a rule, in order; raise DateNotFound for none, and once it has begun."""
    table, key, _ = _KINDS[type(rule)]
    mine = getattr(table, key) == rule.id, table.rule_day == rule_day
    found = db.scalars(select(table).where(*mine).order_by(table.starts_at)).all()
    if not found or found[0].starts_at <= now:
        raise DateNotFound
    return found


def forget_date(db: Session, rule: OpeningHours | TimeOff, rule_day: date) -> None:
    """Delete the rows of one date, for what comes in their stead."""
    table, key, _ = _KINDS[type(rule)]
    db.execute(delete(table).where(getattr(table, key) == rule.id, table.rule_day == rule_day))


def cancel_date(db: Session, rule: OpeningHours | TimeOff, rule_day: date) -> None:
    """Keep one date as an exception that does not take place."""
    table, key, _ = _KINDS[type(rule)]
    mine = getattr(table, key) == rule.id, table.rule_day == rule_day
    db.execute(update(table).where(*mine).values(is_cancelled=True, is_exception=True))


def clear_after(db: Session, rule: OpeningHours | TimeOff, last_day: date, *, now: datetime) -> None:
    """Delete the dates to come after `last_day`, those set by hand too."""
    table, key, _ = _KINDS[type(rule)]
    mine = getattr(table, key) == rule.id
    db.execute(delete(table).where(mine, table.rule_day > last_day, table.starts_at > now))


def cut_short(db: Session, rule: OpeningHours | TimeOff, *, at: datetime) -> None:
    """Have the dates that are under way `at` an instant end then, and delete those that would begin later."""
    table, key, _ = _KINDS[type(rule)]
    mine, minute = getattr(table, key) == rule.id, at.replace(second=0, microsecond=0)
    db.execute(delete(table).where(mine, table.starts_at >= minute))
    db.execute(update(table).where(mine, table.ends_at > minute).values(ends_at=minute))


def delete_without_dates(db: Session, rule: OpeningHours | TimeOff) -> None:
    """Delete a rule that has no date left."""
    table, key, _ = _KINDS[type(rule)]
    db.flush()
    if db.scalar(select(table.id).where(getattr(table, key) == rule.id).limit(1)) is None:
        db.delete(rule)
