"""What the directory does when something happened: event → functions."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.domain.events import NightFell
from directory.steps.nights import announce_next_night
from foundation import outbox, throttle
from foundation.actors import Actor
from foundation.events import Event

KEPT = timedelta(days=30)


def forget_old_work(db: Session, _actor: Actor, _event: NightFell, now: datetime) -> None:
    """Delete counters that count nothing any more, and work that was done a month ago."""
    throttle.forget(db, before=now - timedelta(days=1), now=now)
    outbox.forget_done(db, before=now - KEPT)


def promise_the_next_night(db: Session, actor: Actor, _event: NightFell, now: datetime) -> None:
    """Go on tomorrow."""
    announce_next_night(db, actor, now=now)


REACTIONS: dict[type[Event], tuple[outbox.Reaction, ...]] = {NightFell: (forget_old_work, promise_the_next_night)}
