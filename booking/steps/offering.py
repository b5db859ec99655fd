"""Making an offer: of what is free, the first slot that somebody who waits wants is kept for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.changes import may_change
from booking.domain.events import LookedFor, OfferMade, OfferRanOut
from booking.domain.intervals import Interval, instant_of, minute_from, minute_of
from booking.domain.picking import once_each
from booking.domain.refusals import PersonFull, SlotTaken
from booking.domain.slots import Slot
from booking.domain.waiting import is_quiet, lasts_until, may_be_offered, may_leave_at
from booking.models import (
    Appointment,
    AppointmentStatus,
    AppointmentType,
    Hold,
    WaitingEntry,
    WaitingStatus,
)
from booking.queries import waiting
from booking.queries.finding import Finding, Question
from booking.queries.search import search
from booking.steps import engagements, holds, moves
from booking.steps.counting import refuse_full_person
from booking.steps.waiting import locked
from directory.queries import people
from foundation import audit
from foundation.actors import Actor
from foundation.outbox import announce

SHORTEST = timedelta(minutes=10)
"""Nobody is offered what begins before they could answer."""


@dataclass
class Look:
    """One look through those who wait for a type. `wake_at` is set when something was kept back until the morning."""

    db: Session
    actor: Actor
    kind: AppointmentType
    asked: LookedFor
    now: datetime
    moving: dict[int, Appointment] = field(default_factory=dict)
    offers: dict[int, list[Hold]] = field(default_factory=dict)
    wake_at: datetime | None = None
    _found: dict[tuple[Any, ...], tuple[Finding, list[Slot]]] = field(default_factory=dict)

    def through(self, entries: Sequence[WaitingEntry]) -> WaitingEntry | None:
        """Offer something to the first who wants what is free, and return them; None when nobody does."""
        self.moving = dict(waiting.moving(self.db, [one for one in entries if one.appointment_id is not None]))
        self.offers = dict(waiting.offers_of(self.db, [one.id for one in entries]))
        return next((entry for entry in entries if self._offered(entry)), None)

    def _offered(self, entry: WaitingEntry) -> bool:
        appointment = self.moving.get(entry.appointment_id or 0)
        if entry.appointment_id is not None and not (appointment and _is_movable(appointment, self.kind, self.now)):
            return False
        question = self._question(entry, appointment)
        finding, slots = self._searched(question)
        full_days = set[date]()
        for slot in self._wanted(entry, appointment, finding, slots):
            zone = finding.zone_at(slot.venue_id)
            day = instant_of(slot.start).astimezone(zone).date()
            if day in full_days:
                continue
            current = locked(self.db, entry.id)
            if not is_due(current, zone, self.now):
                return False
            try:
                self._keep(current, appointment, question, slot, zone)
            except PersonFull:
                full_days.add(day)
            except SlotTaken:
                continue
            else:
                return True
        return False

    def _question(self, entry: WaitingEntry, appointment: Appointment | None) -> Question:
        starts = self._starts()
        if appointment is not None:
            return moves.question(appointment, self.kind, starts=starts)
        return Question(self.kind, entry.channel, starts, people=entry.people)

    def _starts(self) -> Interval:
        asked, first = self.asked, minute_of(self.now)
        if asked.start_minute is None or asked.end_minute is None:
            return Interval(first, first + self.kind.booking_horizon_minutes + 1)
        longest = self.kind.duration_minutes * self.kind.most_people + self.kind.pause_minutes
        last = asked.end_minute + self.kind.pause_minutes
        return Interval(max(first, asked.start_minute - longest + 1), max(first, last))

    def _is_new(self, slot: Slot) -> bool:
        # What would not have met the freed time was free before: whoever waits has seen it.
        freed = self.asked.start_minute
        return freed is None or slot.end + self.kind.pause_minutes > freed

    def _searched(self, question: Question) -> tuple[Finding, list[Slot]]:
        key = (question.channel, question.people, question.own_appointment)
        if key not in self._found:
            finding = search(self.db, question, now=self.now)
            self._found[key] = finding, [one for one in once_each(finding.slots(self.now)) if self._is_new(one)]
        return self._found[key]

    def _wanted(
        self, entry: WaitingEntry, appointment: Appointment | None, finding: Finding, slots: Sequence[Slot]
    ) -> Iterator[Slot]:
        wishes = waiting.wishes_of(entry)
        before = {(one.starts_at, one.venue_id) for one in self.offers.get(entry.id, ())}
        for slot in slots:
            starts_at, zone = instant_of(slot.start), finding.zone_at(slot.venue_id)
            if entry.venue_id not in {None, slot.venue_id} or not wishes.match(starts_at, zone):
                continue
            if (starts_at, slot.venue_id) in before or starts_at < self.now + SHORTEST:
                continue
            if appointment is not None and starts_at >= appointment.starts_at:
                continue
            if is_quiet(self.now, zone):
                self._wake(may_leave_at(self.now, zone))
            elif is_due(entry, zone, self.now):
                yield slot

    def _wake(self, at: datetime) -> None:
        self.wake_at = at if self.wake_at is None else min(self.wake_at, at)

    def _keep(
        self,
        entry: WaitingEntry,
        appointment: Appointment | None,
        question: Question,
        slot: Slot,
        zone: ZoneInfo,
    ) -> None:
        starts_at = instant_of(slot.start)
        person = people.by_id(self.db, entry.beneficiary_id)
        refuse_full_person(self.db, self.kind, person, starts_at=starts_at, but=entry.appointment_id)
        claimed = engagements.claim(self.db, _narrowed(question, slot), now=self.now)
        ends = [lasts_until(self.now, self.kind.offer_minutes, zone), starts_at]
        if appointment is not None:
            ends.append(appointment.starts_at - timedelta(minutes=self.kind.cancel_notice_minutes))
        hold = offer(
            self.db,
            self.actor,
            entry,
            until=min(ends),
            now=self.now,
            venue_id=claimed.venue_id,
            resource_id=claimed.resource_id,
            moves_appointment_id=entry.appointment_id,
            starts_at=starts_at,
            ends_at=instant_of(claimed.end),
        )
        own = [] if appointment is None else engagements.of_appointment(self.db, appointment.id)
        engagements.engage_hold(self.db, self.actor, claimed, hold, pause=self.kind.pause_minutes, own=own)


def offer(db: Session, actor: Actor, entry: WaitingEntry, *, until: datetime, now: datetime, **kept: Any) -> Hold:
    """Write an offer to a locked entry down, as a hold that nobody has the token of; what it keeps is to be engaged."""
    hold, _ = holds.write_down(
        db,
        actor,
        client=f"waiting {entry.id}",
        now=now,
        type_id=entry.type_id,
        waiting_entry_id=entry.id,
        channel=entry.channel,
        people=entry.people,
        **kept,
    )
    hold.expires_at = instant_of(minute_from(until))
    entry.status = WaitingStatus.OFFERED
    entry.offers_made += 1
    entry.last_offer_at = now
    audit.record(db, actor, action="waiting-offered", subject=("waiting_entry", entry.id), now=now)
    announce(db, actor, OfferMade(entry.id, hold.id), now=now)
    announce(db, actor, OfferRanOut(entry.id, hold.id), now=now, due_at=hold.expires_at)
    return hold


def is_due(entry: WaitingEntry, zone: ZoneInfo, now: datetime) -> bool:
    """Say whether somebody may be offered something now."""
    return (
        entry.status is WaitingStatus.WAITING
        and entry.ends_at > now
        and may_be_offered(offers_made=entry.offers_made, last_offer_at=entry.last_offer_at, zone=zone, now=now)
    )


def _is_movable(appointment: Appointment, kind: AppointmentType, now: datetime) -> bool:
    return appointment.status is AppointmentStatus.BOOKED and may_change(
        starts_at=appointment.starts_at, notice_minutes=kind.cancel_notice_minutes, now=now + SHORTEST
    )


def _narrowed(question: Question, slot: Slot) -> Question:
    return replace(question, starts=Interval(slot.start, slot.start + 1), venues=(slot.venue_id,))
