"""Something is free: the first of those who wait for it is offered it, held; then the look goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.domain.events import LookedFor
from booking.domain.intervals import Interval
from booking.domain.refusals import PersonFull, WorkshopFull, WorkshopNotFound
from booking.domain.waiting import is_quiet, lasts_until, may_leave_at
from booking.models import AppointmentType, WaitingEntry, WaitingStatus
from booking.queries import types, waiting, workshops
from booking.steps import seats
from booking.steps import waiting as steps
from booking.steps.counting import refuse_full_person
from booking.steps.offering import SHORTEST, Look, is_due, offer
from directory.domain.permissions import Permission, require
from directory.queries import people, venues
from foundation.actors import Actor
from foundation.outbox import announce

PAGE = 40


def offer_freed_time(db: Session, actor: Actor, *, now: datetime, asked: LookedFor) -> WaitingEntry | None:
    """Make one offer at most, and announce the look that goes on after it: each offer is a transaction of its own.

    What is kept for the morning, or by somebody who types, is looked at again then.
    """
    require(actor, Permission.SEE_DAY)
    kind = types.by_id(db, asked.type_id)
    entries = waiting.in_order(db, kind.id, asked.workshop_id, after_id=asked.after_id, now=now, most=PAGE)
    if not entries or kind.retired_at is not None:
        return None
    if asked.workshop_id is not None:
        offered, again_at = _Seats(db, actor, kind, asked.workshop_id, now).to_first(entries)
    else:
        look = Look(db, actor, kind, asked, now)
        offered, again_at = look.through(entries), look.wake_at
        if offered is None and again_at is None and asked.start_minute is not None and asked.end_minute is not None:
            again_at = waiting.kept_until(db, Interval(asked.start_minute, asked.end_minute), now=now)
    if again_at is not None:
        announce(db, actor, replace(asked, after_id=0), now=now, due_at=again_at)
    if offered is not None:
        announce(db, actor, replace(asked, after_id=offered.id), now=now)
    elif len(entries) == PAGE:
        announce(db, actor, replace(asked, after_id=entries[-1].id), now=now)
    return offered


@dataclass
class _Seats:
    """The seats of one workshop, for those who wait for it."""

    db: Session
    actor: Actor
    kind: AppointmentType
    workshop_id: int
    now: datetime

    def to_first(self, entries: Sequence[WaitingEntry]) -> tuple[WaitingEntry | None, datetime | None]:
        """Offer a seat to the first who may have one; return them, and when to look again if that is known."""
        workshop = workshops.by_id(self.db, self.workshop_id)
        if workshop.cancelled_at is not None:
            mine = WaitingEntry.workshop_id == workshop.id, WaitingEntry.status == WaitingStatus.WAITING
            self.db.execute(update(WaitingEntry).where(*mine).values(status=WaitingStatus.ENDED))
            return None, None
        zone = ZoneInfo(venues.by_id(self.db, workshop.venue_id).time_zone)
        if is_quiet(self.now, zone):
            return None, may_leave_at(self.now, zone)
        try:
            return next((entry for entry in entries if self._offered(entry.id, zone)), None), None
        except WorkshopFull:
            return None, waiting.seat_kept_until(self.db, workshop.id, now=self.now)
        except WorkshopNotFound:
            return None, None

    def _offered(self, entry_id: int, zone: ZoneInfo) -> bool:
        entry = steps.locked(self.db, entry_id)
        if not is_due(entry, zone, self.now):
            return False
        workshop = seats.locked_workshop(self.db, self.workshop_id)
        seats.refuse_unlisted(workshop, self.kind, now=self.now)
        if workshop.starts_at < self.now + SHORTEST:
            return False
        person = people.by_id(self.db, entry.beneficiary_id)
        try:
            refuse_full_person(self.db, self.kind, person, starts_at=workshop.starts_at)
        except PersonFull:
            return False
        number = seats.free_number(self.db, workshop, now=self.now)
        hold = offer(
            self.db,
            self.actor,
            entry,
            until=min(lasts_until(self.now, self.kind.offer_minutes, zone), workshop.starts_at),
            now=self.now,
            venue_id=workshop.venue_id,
            resource_id=workshop.agent_resource_id,
            workshop_id=workshop.id,
            starts_at=workshop.starts_at,
            ends_at=workshop.ends_at,
        )
        seats.seat_hold(self.db, self.actor, workshop, number, hold)
        return True
