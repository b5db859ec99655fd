"""Somebody waits no more: what they are offered goes to the next."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.models import WaitingEntry, WaitingStatus
from booking.queries.waiting import LIVE
from booking.steps import waiting
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor, ActorKind


def leave_waiting_list(db: Session, actor: Actor, *, now: datetime, entry_id: int) -> WaitingEntry:
    """Leave, at any time; a wait that is over stays as it is."""
    if actor.kind is not ActorKind.BENEFICIARY:
        require(actor, Permission.SEE_DAY)
    entry = waiting.locked(db, entry_id)
    if entry.status not in LIVE:
        return entry
    offer = waiting.latest_offer(db, entry) if entry.status is WaitingStatus.OFFERED else None
    waiting.stop_offer(db, entry, offer, now=now)
    entry.status = WaitingStatus.LEFT
    audit.record(db, actor, action="waiting-left", subject=("waiting_entry", entry.id), now=now)
    waiting.look_again(db, actor, entry, offer, now=now)
    return entry
