"""What the directory does when something happened: event → functions."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.domain.events import NightFell
from directory.steps.nights import announce_next_night
from foundation import idempotency, outbox, throttle
from foundation.actors import Actor
from foundation.database import refresh_statistics
from foundation.events import Event

KEPT = timedelta(days=30)


def forget_old_work(db: Session, _actor: Actor, _event: NightFell, now: datetime) -> None:
    """Delete counters that count nothing any more, work that was done a month ago, and answers kept for a day."""
    throttle.forget(db, before=now - timedelta(days=1), now=now)
    outbox.forget_done(db, before=now - KEPT)
    idempotency.forget(db, now=now)


def look_at_the_tables_anew(db: Session, _actor: Actor, _event: NightFell, _now: datetime) -> None:
    """Tell the database how its tables have grown."""
    refresh_statistics(db)


def promise_the_next_night(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """Go on tomorrow."""
    announce_next_night(db, actor, now=now)


REACTIONS: dict[type[Event], tuple[outbox.Reaction, ...]] = {
    NightFell: (forget_old_work, look_at_the_tables_anew, promise_the_next_night)
}
