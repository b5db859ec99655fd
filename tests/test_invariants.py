"""After a storm of everything at once, on both engines: an audit of the tables finds nothing that may not be."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from threading import Lock
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.intervals import minute_of
from booking.domain.person import Person
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel, Engagement, Hold, Seat, Workshop
from booking.queries import appointments
from booking.steps.engagements import Override
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.cancel_appointment import cancel_appointment
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.confirm_move import confirm_move
from booking.use_cases.decide_request import approve_request, refuse_request
from booking.use_cases.forget_old_holds import forget_old_holds
from booking.use_cases.hold_move import hold_move
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.mark_arrived import mark_arrived
from booking.use_cases.release_hold import release_hold
from booking.use_cases.renew_hold import renew_hold
from foundation.models import OutboxRow
from foundation.refusals import Refusal
from tests.booking.diary import at, book, listed, open_weekly, reason, visitor, workshop
from tests.booking.diary import hold as hold_again
from tests.house import House

T = TypeVar("T")
THREADS, OPERATIONS = 8, 480
MOST_A_DAY = 3
GONE = {AppointmentStatus.CANCELLED, AppointmentStatus.EXCUSED}


@dataclass
class Storm:
    """What the threads share: tokens and ids that any of them may use, so that they meet."""

    house: House
    alone: AppointmentType
    with_room: AppointmentType
    pair: AppointmentType
    capped: AppointmentType
    group: AppointmentType
    planned: Workshop
    tokens: list[str] = field(default_factory=list)
    moves: list[tuple[int, str]] = field(default_factory=list)
    booked: list[int] = field(default_factory=list)
    requested: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def run(self, seed: int) -> None:
        """Do a share of the operations, each refused or not."""
        dice = random.Random(seed)  # noqa: S311
        ways: list[tuple[float, Callable[[random.Random], None]]] = [
            (5, self.hold),
            (2, self.hold_seat),
            (6, self.confirm),
            (1, self.release),
            (1, self.renew),
            (1.5, self.cancel),
            (0.5, self.arrive),
            (2, self.approve),
            (0.5, self.refuse),
            (1.5, self.override),
            (4, self.keep_move),
            (4, self.move),
            (1, self.wait),
        ]
        for number in range(OPERATIONS // THREADS):
            way = dice.choices([way for _, way in ways], [weight for weight, _ in ways])[0]
            name = way.__name__
            try:
                way(random.Random(f"{seed} {number}"))  # noqa: S311
            except Refusal as refusal:
                name = refusal.code
            with self.lock:
                self.done[name] += 1

    def wait(self, dice: random.Random) -> None:
        """Let time pass, so that holds lapse while others use them."""
        self.house.clock.advance(timedelta(minutes=dice.randint(1, 7)))

    def hold(self, dice: random.Random) -> None:
        kind = dice.choice([self.alone, self.with_room, self.pair, self.pair, self.capped])
        held = self._do(
            hold_slot,
            client=str(dice.random()),
            type_id=kind.id,
            venue_id=self.house.venue.id,
            channel=Channel.ON_SITE,
            starts_at=at(7) + timedelta(minutes=10 * dice.randrange(28)),
            people=dice.randint(1, kind.most_people),
        )
        self.tokens.append(held.token)

    def hold_seat(self, dice: random.Random) -> None:
        wanted = {"type_id": self.group.id, "workshop_id": self.planned.id}
        self.tokens.append(self._do(hold_seat, client=str(dice.random()), **wanted).token)

    def confirm(self, dice: random.Random) -> None:
        person = Person("Personne", f"Numéro {dice.random()}", "+33639980001", None, "fr")
        made = self._do(confirm_hold, token=self._one(self.tokens, dice), person=person)
        self.booked.append(made.id)
        if made.status is AppointmentStatus.REQUESTED:
            self.requested.append(made.id)

    def release(self, dice: random.Random) -> None:
        self._do(release_hold, token=self._one(self.tokens, dice))

    def renew(self, dice: random.Random) -> None:
        self._do(renew_hold, token=self._one(self.tokens, dice))

    def cancel(self, dice: random.Random) -> None:
        self._do(cancel_appointment, appointment_id=self._one(self.booked, dice))

    def arrive(self, dice: random.Random) -> None:
        self._do(mark_arrived, appointment_id=self._one(self.booked, dice))

    def approve(self, dice: random.Random) -> None:
        self._do(approve_request, appointment_id=self._one(self.requested, dice))

    def refuse(self, dice: random.Random) -> None:
        self._do(refuse_request, appointment_id=self._one(self.requested, dice))

    def override(self, dice: random.Random) -> None:
        made = self._do(
            book_for_person,
            type_id=self.alone.id,
            channel=Channel.ON_SITE,
            venue_id=self.house.venue.id,
            starts_at=at(7) + timedelta(minutes=10 * dice.randrange(28)),
            person=Person("Personne", f"Numéro {dice.random()}", None, None, "fr"),
            resource_id=dice.choice(self.house.agents[:3]).resource_id,
            override=Override("une urgence", tuple(self.booked)),
        )
        self.booked.append(made.id)

    def keep_move(self, dice: random.Random) -> None:
        appointment_id = self._one(self.booked, dice)
        starts_at = at(7) + timedelta(minutes=10 * dice.randrange(28))
        where = {"venue_id": self.house.venue.id, "starts_at": starts_at, "client": str(dice.random())}
        self.moves.append((appointment_id, self._do(hold_move, appointment_id=appointment_id, **where).token))

    def move(self, dice: random.Random) -> None:
        appointment_id, token = self._one(self.moves, dice)
        self._do(confirm_move, appointment_id=appointment_id, token=token)

    def _do(self, use_case: Callable[..., T], **values: object) -> T:
        house = self.house
        in_public = {hold_slot, hold_seat, confirm_hold, release_hold, renew_hold}
        by_name = {book_for_person, approve_request, refuse_request}
        actor = visitor(house) if use_case in in_public else house.system()
        actor = house.actor(house.manager) if use_case in by_name else actor
        return house.database.in_transaction(house.organisation.id, use_case, actor, now=house.now, **values)

    def _one(self, things: list[T], dice: random.Random) -> T:
        # The latest ones more often, so that several threads want the same.
        if not things:
            raise Refusal
        return things[-1 - min(int(dice.expovariate(0.3)), len(things) - 1)]


@pytest.fixture
def storm(house: House) -> Storm:
    alone = reason(house, step_minutes=10, booking_notice_minutes=0, cancel_notice_minutes=0)
    with_room = reason(house, name="Médiation", step_minutes=20, needs_room=True, booking_notice_minutes=0)
    together = {"agents_needed": 2, "needs_approval": True, "most_people": 2}
    pair = reason(house, name="À deux", step_minutes=20, booking_notice_minutes=0, **together)
    capped = reason(house, name="Rare", step_minutes=10, booking_notice_minutes=0, most_a_day=MOST_A_DAY)
    group = reason(house, name="Atelier", is_workshop=True, duration_minutes=60, booking_notice_minutes=0)
    for agent in house.agents[:3]:
        for kind in (alone, with_room, pair, capped):
            open_weekly(house, kind, agent=agent, hours=(9, 14))
    open_weekly(house, with_room, resource_id=house.room.id, hours=(9, 14))
    planned = workshop(house, group, capacity=5, starts_at=at(12))
    asked = book(house, pair, at(11, 20))
    return Storm(house, alone, with_room, pair, capped, group, planned, requested=[asked.id])


@dataclass
class Books:
    """Every row that the audit reads."""

    engagements: list[Engagement]
    appointments: list[Appointment]
    seats: list[Seat]
    holds: dict[int, Hold]
    types: dict[int, AppointmentType]
    events: list[OutboxRow]


def read(house: House) -> Books:
    with house.database.reading(house.organisation.id) as db:

        def every(model: type[T]) -> list[T]:
            return list(db.scalars(select(model)))

        events = [row for row in every(OutboxRow) if row.name.startswith("appointment-")]
        holds = {one.id: one for one in every(Hold)}
        types = {one.id: one for one in every(AppointmentType)}
        return Books(every(Engagement), every(Appointment), every(Seat), holds, types, events)


def no_two_overlap(books: Books) -> None:
    by_resource = sorted(books.engagements, key=lambda row: (row.resource_id, row.start_minute))
    within_bounds = [row for row in by_resource if not row.is_override]
    for one, following in pairwise(within_bounds):
        if one.resource_id == following.resource_id:
            assert one.end_minute <= following.start_minute, (one.kind, following.kind)


def an_override_is_respected(books: Books) -> None:
    """What overlaps an override was there before it, or is another one."""
    for one in (row for row in books.engagements if row.is_override):
        assert one.override_by is not None
        assert one.override_reason == "une urgence"
        for other in books.engagements:
            apart = other.end_minute <= one.start_minute or one.end_minute <= other.start_minute
            if other.resource_id == one.resource_id and not apart and not other.is_override:
                assert other.id < one.id


def no_cap_is_exceeded(books: Books, kind: AppointmentType) -> None:
    live = [one for one in books.appointments if one.type_id == kind.id and one.status not in GONE]
    assert len(live) <= MOST_A_DAY


def all_or_none(books: Books, room_id: int) -> None:
    agents_of = Counter(row.appointment_id for row in books.engagements if row.resource_id != room_id)
    for one in books.appointments:
        rows = [row for row in books.engagements if row.appointment_id == one.id]
        if one.status in GONE or one.workshop_id is not None:
            assert rows == []
            continue
        kind = books.types[one.type_id]
        span = minute_of(one.starts_at), minute_of(one.ends_at) + kind.pause_minutes
        assert {(row.start_minute, row.end_minute) for row in rows} == {span}
        taken = {row.resource_id for row in rows}
        assert one.resource_id in taken
        assert (room_id in taken) == kind.needs_room
        assert agents_of[one.id] == kind.agents_needed
        assert len(rows) == len(taken) == kind.agents_needed + kind.needs_room
        assert one.ends_at - one.starts_at == timedelta(minutes=kind.duration_minutes * one.people)


def no_seat_twice(books: Books, capacity: int) -> None:
    numbers = [seat.number for seat in books.seats]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= set(range(1, capacity + 1))
    expected = {one.id for one in books.appointments if one.workshop_id is not None and one.status not in GONE}
    seated = [seat.appointment_id for seat in books.seats if seat.appointment_id is not None]
    assert Counter(seated) == Counter(expected)


def one_event_each(books: Books) -> None:
    def about(name: str) -> Counter[tuple[int, int]]:
        told = [row.about for row in books.events if row.name == name]
        return Counter((one["appointment_id"], one.get("sequence", 0)) for one in told)

    asked = {one.id for one in books.appointments if books.types[one.type_id].needs_approval}
    assert about("appointment-requested") == Counter({(appointment_id, 0): 1 for appointment_id in asked})
    booked = about("appointment-booked")
    assert set(booked.values()) <= {1}
    for one in books.appointments:
        # A request that is refused or given up was never booked.
        if one.id not in asked or one.status not in {AppointmentStatus.REQUESTED, AppointmentStatus.CANCELLED}:
            assert booked[one.id, 0] == 1
        elif one.status is AppointmentStatus.REQUESTED:
            assert booked[one.id, 0] == 0
    cancelled = about("appointment-cancelled")
    gone = {(one.id, one.sequence): 1 for one in books.appointments if one.status is AppointmentStatus.CANCELLED}
    assert cancelled == Counter(gone)
    changes = about("appointment-moved") + cancelled
    assert set(changes.values()) <= {1}
    # Each change has the next sequence, so no message of a change can hide another.
    per_appointment = Counter(appointment_id for appointment_id, _ in changes)
    assert per_appointment == Counter({one.id: one.sequence for one in books.appointments if one.sequence})


def no_lapsed_hold_blocks(storm: Storm) -> None:
    house = storm.house
    house.clock.advance(timedelta(minutes=31))
    for kind in (storm.alone, storm.with_room, storm.pair, storm.capped):
        shown = listed(house, kind)
        for starts_at in shown:
            held = hold_again(house, kind, starts_at)
            house.database.in_transaction(
                house.organisation.id, release_hold, visitor(house), now=house.now, token=held.token
            )
        assert listed(house, kind) == shown
    house.clock.advance(timedelta(days=1, minutes=1))
    shown = listed(house, storm.alone)
    house.database.in_transaction(house.organisation.id, forget_old_holds, house.system(), now=house.now)
    assert listed(house, storm.alone) == shown
    left = read(house)
    assert not left.holds
    assert not [row for row in left.engagements if row.hold_id is not None]
    assert not [seat for seat in left.seats if seat.hold_id is not None]


def test_after_a_storm_the_books_are_right(storm: Storm) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(storm.run, range(THREADS)))
    assert sum(storm.done.values()) == OPERATIONS
    happened = ("hold", "hold_seat", "confirm", "cancel", "move", "slot-taken", "override")
    assert not [name for name in happened if not storm.done[name]], storm.done
    assert storm.done["approve"] + storm.done["refuse"] > 0
    books = read(storm.house)
    no_two_overlap(books)
    an_override_is_respected(books)
    no_cap_is_exceeded(books, storm.capped)
    all_or_none(books, storm.house.room.id)
    no_seat_twice(books, storm.planned.capacity)
    one_event_each(books)
    no_lapsed_hold_blocks(storm)


def test_the_audit_sees_what_may_not_be(storm: Storm) -> None:
    for kind in (storm.alone, storm.with_room):
        held = hold_again(storm.house, kind, at(7))
        storm.tokens = [held.token]
        storm.confirm(random.Random(1))  # noqa: S311

    def forget_one(db: Session) -> None:
        row = db.scalars(select(Engagement).where(Engagement.resource_id == storm.house.room.id)).one()
        db.delete(row)

    books = read(storm.house)
    all_or_none(books, storm.house.room.id)
    one_event_each(books)
    storm.house.database.in_transaction(storm.house.organisation.id, forget_one)
    with pytest.raises(AssertionError):
        all_or_none(read(storm.house), storm.house.room.id)
    books.engagements.append(books.engagements[0])
    with pytest.raises(AssertionError):
        no_two_overlap(books)
    books.events.append(books.events[0])
    with pytest.raises(AssertionError):
        one_event_each(books)
    with storm.house.database.reading(storm.house.organisation.id) as db:
        assert appointments.by_id(db, storm.booked[0]).status is AppointmentStatus.BOOKED
