"""The person says no, or nothing: the next one is offered what was held for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.refusals import NothingOffered
from booking.models import WaitingEntry, WaitingStatus
from booking.steps import waiting
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor, ActorKind


def decline_offer(db: Session, actor: Actor, *, now: datetime, entry_id: int) -> WaitingEntry:
    """Give the offer back and wait on, unless it was the last; a second time changes nothing. Raises NothingOffered."""
    if actor.kind is not ActorKind.BENEFICIARY:
        require(actor, Permission.SEE_DAY)
    entry = waiting.locked(db, entry_id)
    offer = waiting.latest_offer(db, entry)
    if offer is None:
        raise NothingOffered
    if entry.status is not WaitingStatus.OFFERED:
        return entry
    waiting.stop_offer(db, entry, offer, now=now)
    audit.record(db, actor, action="waiting-declined", subject=("waiting_entry", entry.id), now=now)
    waiting.look_again(db, actor, entry, offer, now=now)
    return entry


def let_offer_run_out(db: Session, actor: Actor, *, now: datetime, entry_id: int, hold_id: int) -> None:
    """End an offer whose time is over; one that was answered, or another one, stays."""
    require(actor, Permission.SEE_DAY)
    entry = waiting.locked(db, entry_id)
    offer = waiting.latest_offer(db, entry)
    if entry.status is not WaitingStatus.OFFERED or offer is None or offer.id != hold_id or offer.expires_at > now:
        return
    waiting.stop_offer(db, entry, offer, now=now)
    audit.record(db, actor, action="waiting-unanswered", subject=("waiting_entry", entry.id), now=now)
    waiting.look_again(db, actor, entry, offer, now=now)
