"""The clock of the house: one event an organisation and night, in the outbox like any other work."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.domain.events import NightFell
from foundation.actors import Actor
from foundation.outbox import announce

QUIET_HOUR = 2  # in UTC: after midnight in Paris, before dawn in Saint-Denis de La Réunion


def announce_next_night(db: Session, actor: Actor, *, now: datetime) -> None:
    """Promise the next quiet hour after `now`."""
    tonight = now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    announce(db, actor, NightFell(), now=now, due_at=tonight if tonight > now else tonight + timedelta(days=1))
