"""Waits end by themselves: by the clock, or with what they were for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from booking.models import WaitingEntry, WaitingStatus, Workshop
from booking.queries.waiting import LIVE
from booking.steps import waiting as steps
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def end_wait(db: Session, actor: Actor, *, now: datetime, entry_id: int) -> None:
    """End a wait whose time is over; while an offer lasts, its end is the wait's."""
    require(actor, Permission.SEE_DAY)
    entry = steps.locked(db, entry_id)
    if entry.status is WaitingStatus.WAITING and entry.ends_at <= now:
        entry.status = WaitingStatus.ENDED


def end_waits_for_earlier(db: Session, actor: Actor, *, now: datetime, appointment_id: int) -> None:
    """End the wait of somebody whose appointment is cancelled: nothing is left that could be earlier."""
    require(actor, Permission.SEE_DAY)
    mine = select(WaitingEntry.id).where(WaitingEntry.appointment_id == appointment_id, WaitingEntry.status.in_(LIVE))
    for entry_id in db.scalars(mine.order_by(WaitingEntry.id)).all():
        entry = steps.locked(db, entry_id)
        if entry.status not in LIVE:
            continue
        offer = steps.latest_offer(db, entry) if entry.status is WaitingStatus.OFFERED else None
        steps.stop_offer(db, entry, offer, now=now)
        entry.status = WaitingStatus.ENDED
        steps.look_again(db, actor, entry, offer, now=now)


def follow_workshop(db: Session, actor: Actor, *, workshop_id: int) -> None:
    """Have those who wait for a workshop wait until it begins, whenever that is now."""
    require(actor, Permission.SEE_DAY)
    begins = select(Workshop.starts_at).where(Workshop.id == workshop_id).scalar_subquery()
    mine = WaitingEntry.workshop_id == workshop_id, WaitingEntry.status.in_(LIVE)
    db.execute(update(WaitingEntry).where(*mine).values(ends_at=begins), execution_options=_BLINDLY)


_BLINDLY = {"synchronize_session": False}
