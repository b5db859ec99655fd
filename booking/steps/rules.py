"""What the edits of a rule share, of opening or of absence: its lock, its dates to come, the days that stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.refusals import DateNotFound, OpeningHoursNotFound, TimeOffNotFound
from booking.models import OpeningHours, OpeningOccurrence, TimeOff, TimeOffOccurrence
from booking.steps.engagements import lock_resources
from foundation.refusals import NotFound

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


def clear_to_come(db: Session, rule: OpeningHours | TimeOff, *, since: date, now: datetime) -> set[date]:
    """Delete the dates from `since` on that are as the rule says and have not begun; return the days that stay."""
    table, key, _ = _KINDS[type(rule)]
    later = getattr(table, key) == rule.id, table.rule_day >= since
    db.execute(delete(table).where(*later, table.is_exception.is_(False), table.starts_at > now))
    return set(db.scalars(select(table.rule_day).where(*later)))


def clear_after(db: Session, rule: OpeningHours | TimeOff, last_day: date) -> bool:
    """Delete every date after `last_day`, exceptions too; say whether any date is left."""
    table, key, _ = _KINDS[type(rule)]
    mine = getattr(table, key) == rule.id
    db.execute(delete(table).where(mine, table.rule_day > last_day))
    return db.scalar(select(table.id).where(mine).limit(1)) is not None


def hand_over(db: Session, old: OpeningHours, new: OpeningHours, *, since: date) -> set[date]:
    """Give the exceptions of a rule from `since` on to the one that follows it; return their days."""
    later = OpeningOccurrence.opening_hours_id == old.id, OpeningOccurrence.rule_day >= since
    db.execute(update(OpeningOccurrence).where(*later).values(opening_hours_id=new.id))
    return set(db.scalars(select(OpeningOccurrence.rule_day).where(OpeningOccurrence.opening_hours_id == new.id)))


def cut_short(db: Session, rule: TimeOff, *, now: datetime) -> bool:
    """Have the dates of an absence that are under way end now; say whether any is under way or to come."""
    mine = TimeOffOccurrence.time_off_id == rule.id, TimeOffOccurrence.ends_at > now
    minute = now.replace(second=0, microsecond=0)
    db.execute(update(TimeOffOccurrence).where(*mine, TimeOffOccurrence.starts_at < minute).values(ends_at=minute))
    ended = TimeOffOccurrence.time_off_id == rule.id, TimeOffOccurrence.ends_at >= minute
    return db.scalar(select(TimeOffOccurrence.id).where(*ended).limit(1)) is not None
