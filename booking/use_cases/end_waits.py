"""Waits end by themselves, one by the clock or all that are over at night."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from booking.domain.events import LookedFor
from booking.models import AppointmentType, Hold, WaitingEntry, WaitingStatus, Workshop
from booking.queries import waiting
from booking.queries.waiting import LIVE
from booking.steps import waiting as steps
from directory.domain.permissions import Permission, require
from foundation.actors import Actor
from foundation.outbox import announce


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


def look_at_every_wait(db: Session, actor: Actor, *, now: datetime) -> None:
    """End what is over and was not ended, and have a look for everybody else: at night, for what nobody announced."""
    require(actor, Permission.SEE_DAY)
    kept = exists().where(Hold.waiting_entry_id == WaitingEntry.id, Hold.expires_at > now)
    lapsed = update(WaitingEntry).where(WaitingEntry.status == WaitingStatus.OFFERED, ~kept)
    db.execute(lapsed.values(status=WaitingStatus.WAITING), execution_options=_BLINDLY)
    retired = select(AppointmentType.id).where(AppointmentType.retired_at.is_not(None))
    for is_over in (WaitingEntry.ends_at <= now, WaitingEntry.type_id.in_(retired)):
        over = update(WaitingEntry).where(WaitingEntry.status == WaitingStatus.WAITING, is_over)
        db.execute(over.values(status=WaitingStatus.ENDED), execution_options=_BLINDLY)
    for type_id, workshop_id in waiting.waited_for(db):
        announce(db, actor, LookedFor(type_id, workshop_id), now=now)


_BLINDLY = {"synchronize_session": False}
