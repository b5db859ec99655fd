"""At night: what is over ends, and who could not be offered something the day before may be in the morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from booking.domain.events import LookedFor
from booking.domain.intervals import MINUTES_A_DAY, minute_of
from booking.models import AppointmentType, Hold, WaitingEntry, WaitingStatus
from booking.queries import waiting
from directory.domain.permissions import Permission, require
from foundation.actors import Actor
from foundation.outbox import announce

OF_LATE = timedelta(days=2)
_BLINDLY = {"synchronize_session": False}


def look_at_every_wait(db: Session, actor: Actor, *, now: datetime) -> None:
    """End what is over and was not ended; announce looks for what is new.

    New is what was cancelled of late (its first in order may have had their offer of that day), and the day that comes
    within the horizon. What has been free all along is not offered: whoever waits has seen it, and wants another.
    """
    require(actor, Permission.SEE_DAY)
    _end(db, now)
    waited = waiting.waited_for(db)
    for type_id, workshop_id in waited:
        if workshop_id is not None:
            announce(db, actor, LookedFor(type_id, workshop_id), now=now)
    types = {type_id for type_id, workshop_id in waited if workshop_id is None}
    for appointment in waiting.cancelled_of_late(db, types, since=now - OF_LATE, now=now):
        start, end = minute_of(appointment.starts_at), minute_of(appointment.ends_at)
        announce(db, actor, LookedFor(appointment.type_id, start_minute=start, end_minute=end), now=now)
    for kind in db.scalars(select(AppointmentType).where(AppointmentType.id.in_(types)).order_by(AppointmentType.id)):
        farthest = minute_of(now) + kind.booking_horizon_minutes
        start, end = farthest - MINUTES_A_DAY, farthest + MINUTES_A_DAY
        announce(db, actor, LookedFor(kind.id, start_minute=start, end_minute=end), now=now)


def _end(db: Session, now: datetime) -> None:
    kept = exists().where(Hold.waiting_entry_id == WaitingEntry.id, Hold.expires_at > now)
    lapsed = update(WaitingEntry).where(WaitingEntry.status == WaitingStatus.OFFERED, ~kept)
    db.execute(lapsed.values(status=WaitingStatus.WAITING), execution_options=_BLINDLY)
    retired = select(AppointmentType.id).where(AppointmentType.retired_at.is_not(None))
    for is_over in (WaitingEntry.ends_at <= now, WaitingEntry.type_id.in_(retired)):
        over = update(WaitingEntry).where(WaitingEntry.status == WaitingStatus.WAITING, is_over)
        db.execute(over.values(status=WaitingStatus.ENDED), execution_options=_BLINDLY)
