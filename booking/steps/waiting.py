"""The waiting list: what joining, offering, answering and leaving share. The entry is locked first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.events import LookedFor, TimeFreed, WaitJoined, WaitRanOut
from booking.domain.intervals import Interval, minute_of
from booking.domain.refusals import AlreadyWaiting, WaitingEntryNotFound
from booking.domain.waiting import MOST_OFFERS, Wishes
from booking.models import AppointmentType, Hold, WaitingEntry, WaitingStatus
from booking.queries import waiting
from booking.steps import engagements, holds, seats
from directory.models import Beneficiary
from foundation import audit
from foundation.actors import Actor
from foundation.links import give_link
from foundation.outbox import announce

AFTERWARDS = timedelta(days=7)


def announce_freed(db: Session, actor: Actor, *, now: datetime, freed: Interval | None = None) -> None:
    """Tell those who wait that time was freed: in `freed`, or anywhere, as when hours are opened or an absence ends."""
    start, end = freed or (None, None)
    announce(db, actor, TimeFreed(start, end), now=now)


def look_again(db: Session, actor: Actor, entry: WaitingEntry, freed: Hold | None, *, now: datetime) -> None:
    """Have what was kept for an entry be offered to the next."""
    if freed is None or freed.starts_at <= now:
        return
    if entry.workshop_id is not None:
        announce(db, actor, LookedFor(entry.type_id, entry.workshop_id), now=now)
        return
    # Those who wait for another type may want the same agent's time.
    announce_freed(db, actor, now=now, freed=Interval(minute_of(freed.starts_at), minute_of(freed.ends_at)))


def locked(db: Session, entry_id: int) -> WaitingEntry:
    """Return an entry as it is now, locked until the end of the transaction; raise WaitingEntryNotFound."""
    query = select(WaitingEntry).where(WaitingEntry.id == entry_id).with_for_update(key_share=True)
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise WaitingEntryNotFound
    return found


def latest_offer(db: Session, entry: WaitingEntry) -> Hold | None:
    """Return what a locked entry was offered last, locked too."""
    query = select(Hold).where(Hold.waiting_entry_id == entry.id).order_by(Hold.id.desc()).limit(1)
    return db.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))


def refuse_waiting(db: Session, kind: AppointmentType, workshop_id: int | None, person: Beneficiary) -> None:
    """Return when the person does not wait for this yet; the type is locked. Raises AlreadyWaiting."""
    if waiting.waits_already(db, kind, workshop_id, person):
        raise AlreadyWaiting


def columns_of(wishes: Wishes) -> dict[str, Any]:
    """Return the columns that keep what is wanted."""
    return asdict(wishes)


def write_down(db: Session, actor: Actor, entry: WaitingEntry, *, now: datetime) -> None:
    """Put an entry at the end of the list, with its links, and announce its end."""
    db.add(entry)
    db.flush()
    for channel in ("page", "mail", "sms"):
        give_link(
            db,
            actor,
            purpose="waiting",
            subject_id=entry.id,
            channel=channel,
            lasts=entry.ends_at + AFTERWARDS - now,
            now=now,
        )
    audit.record(db, actor, action="waiting-joined", subject=("waiting_entry", entry.id), now=now)
    announce(db, actor, WaitJoined(entry.id), now=now)
    announce(db, actor, WaitRanOut(entry.id), now=now, due_at=entry.ends_at)


def stop_offer(db: Session, entry: WaitingEntry, offer: Hold | None, *, now: datetime) -> None:
    """Give back at once what a locked entry is offered; it waits on, or has had all its offers."""
    if offer is not None:
        engagements.free(db, hold_id=offer.id)
        seats.free(db, hold_id=offer.id)
        if offer.expires_at > now:
            holds.end(offer, now=now)
    is_over = entry.offers_made >= MOST_OFFERS or entry.ends_at <= now
    entry.status = WaitingStatus.ENDED if is_over else WaitingStatus.WAITING
