"""Counts what may be guessed or flooded, in the database and in the transaction of the check itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from foundation.models import Throttle
from foundation.rows import insert_if_absent


def locked(db: Session, name: str, *, now: datetime) -> Throttle:
    """Return the counter of `name` (a keyed hash), locked until the transaction ends."""
    query = select(Throttle).where(Throttle.name == name).with_for_update()
    row = db.scalar(query)
    if row is None:
        insert_if_absent(db, Throttle, name=name, window_began_at=now, failures=0)
        row = db.scalars(query).one()
    return row


def is_closed(counter: Throttle, *, now: datetime) -> bool:
    """Say whether trying is not allowed at present."""
    return counter.closed_until is not None and counter.closed_until > now


def count(counter: Throttle, *, most: int, window: timedelta, delay: timedelta, now: datetime) -> None:
    """Count one more; from `most` in a `window` on, close for `delay`, twice as long each time, an hour at most."""
    if counter.window_began_at + window <= now:
        counter.window_began_at, counter.failures = now, 0
    counter.failures += 1
    if counter.failures >= most:
        counter.closed_until = now + min(delay * 2 ** min(counter.failures - most, 12), timedelta(hours=1))


def forget(db: Session, *, before: datetime, now: datetime) -> None:
    """Delete the counters that began before an instant and close nothing any more; the next failure begins anew."""
    is_open = or_(Throttle.closed_until.is_(None), Throttle.closed_until <= now)
    db.execute(delete(Throttle).where(Throttle.window_began_at <= before, is_open))


def forgive(counter: Throttle) -> None:
    """Forget the failures after a success."""
    counter.failures, counter.closed_until = 0, None
