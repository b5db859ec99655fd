"""Who serves, with which room, what staff and workshops may do, and what a search costs, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_of
from booking.domain.person import Person
from booking.domain.refusals import (
    HoldNotFound,
    OutsideOpeningHours,
    SlotTaken,
    WorkshopFull,
)
from booking.models import Appointment, Channel
from booking.queries import offers
from booking.queries.finding import Question
from booking.queries.search import search
from booking.steps.holds import Held
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.mark_arrived import mark_arrived
from booking.use_cases.release_hold import release_hold
from booking.use_cases.take_time_off import take_time_off
from directory.domain.permissions import NotAllowed
from foundation.actors import Actor, ActorKind
from tests.booking.diary import (
    LATER,
    at,
    book,
    cancel,
    confirm,
    engaged,
    hold,
    listed,
    open_reason,
    open_weekly,
    reason,
    visitor,
    workshop,
)
from tests.house import House


def test_whoever_has_fewer_hours_serves(house: House) -> None:
    kind = open_reason(house)
    open_weekly(house, kind, agent=house.agents[1])
    served = [book(house, kind, start).resource_id for start in (at(7), at(7), at(7, 40), at(8, 20))]
    first, second = house.agents[0].resource_id, house.agents[1].resource_id
    assert served == [first, second, first, second]


def test_an_appointment_with_a_room_takes_both_or_none(house: House) -> None:
    kind = open_reason(house, needs_room=True)
    assert listed(house, kind) == []
    open_weekly(house, kind, resource_id=house.room.id, hours=(10, 14))
    assert [f"{start:%H:%M}" for start in listed(house, kind)] == ["08:00", "08:40", "09:20"]
    book(house, kind, at(8))
    assert {row.resource_id for row in engaged(house)} == {house.agents[0].resource_id, house.room.id}


def test_time_off_closes_what_is_open(house: House) -> None:
    kind = open_reason(house)
    house.database.in_transaction(
        house.organisation.id,
        take_time_off,
        house.system(),
        now=house.now,
        resource_id=house.agents[0].resource_id,
        starts_at=at(7),
        ends_at=at(9, 15),
    )
    assert [f"{start:%H:%M}" for start in listed(house, kind)] == ["09:15"]


def test_staff_book_outside_notice_and_grid_but_never_over_somebody(house: House) -> None:
    kind = open_reason(house)
    house.clock.set(at(7))

    def walk_in(hour: int, minute: int) -> Appointment:
        made: Appointment = house.database.in_transaction(
            house.organisation.id,
            book_for_person,
            house.actor(house.agents[1]),
            now=house.now,
            type_id=kind.id,
            channel=Channel.ON_SITE,
            venue_id=house.venue.id,
            starts_at=at(hour, minute),
            person=Person("Sans", "Contact", None, None, "fr"),
        )
        return made

    assert walk_in(7, 7).resource_id == house.agents[0].resource_id
    for start in ((7, 7), (7, 46), (6, 50), (9, 45)):
        with pytest.raises(OutsideOpeningHours):
            walk_in(*start)
    walk_in(7, 47)


def test_staff_permissions_are_asked(house: House) -> None:
    kind = open_reason(house)
    appointment = book(house, kind, at(7))
    with pytest.raises(NotAllowed):
        house.database.in_transaction(
            house.organisation.id, mark_arrived, visitor(house), now=house.now, appointment_id=appointment.id
        )


def test_the_agent_of_a_workshop_is_engaged_and_its_seats_are_counted(house: House) -> None:
    kind = reason(house, is_workshop=True, duration_minutes=120)
    planned = workshop(house, kind, capacity=1, starts_at=at(12))
    with pytest.raises(SlotTaken):
        workshop(house, kind, capacity=1, starts_at=at(13))

    def seat(client: str) -> Held:
        held: Held = house.database.in_transaction(
            house.organisation.id,
            hold_seat,
            visitor(house),
            now=house.now,
            client=client,
            type_id=kind.id,
            workshop_id=planned.id,
        )
        return held

    late = seat("one")
    with pytest.raises(WorkshopFull):
        seat("two")
    house.clock.advance(LATER)
    taken = confirm(house, seat("three").token)
    with pytest.raises(WorkshopFull):
        confirm(house, late.token)
    cancel(house, taken)
    assert confirm(house, late.token).workshop_id == planned.id


def statements(house: House, ask: Callable[[Session], object]) -> int:
    """How many statements a question takes."""
    seen: list[str] = []
    listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731 - taken off again below
    event.listen(house.database.engine, "before_cursor_execute", listener)
    with house.database.reading(house.organisation.id) as db:
        ask(db)
    event.remove(house.database.engine, "before_cursor_execute", listener)
    return len(seen)


def test_one_search_tells_a_later_week_and_the_next_slot_of_all(house: House) -> None:
    kind = open_reason(house)
    question = Question(kind, Channel.ON_SITE, Interval(0, 1))
    told: list[offers.Week] = []

    def ask(db: Session) -> None:
        told.append(offers.week(db, question, monday=date(2026, 5, 4), now=house.now))

    assert statements(house, ask) == 6
    (week,) = told
    assert week.next is not None
    assert week.next.starts_at == at(7)
    assert [day for day, _ in week.days] == [date(2026, 5, 5)]
    assert week.days[0][1][0].starts_at == at(7, day=date(2026, 5, 5))


def test_a_search_makes_one_statement_a_table_whatever_it_searches(house: House) -> None:
    kind = open_reason(house)

    def count(starts: Interval) -> int:
        return statements(
            house, lambda db: search(db, Question(kind, Channel.ON_SITE, starts), now=house.now).slots(house.now)
        )

    week = Interval(minute_of(at(0)), minute_of(at(0)) + 7 * 24 * 60)
    few = count(week)
    for agent in house.agents[1:]:
        open_weekly(house, kind, agent=agent)
        open_weekly(house, kind, agent=agent, venue=house.far_venue, weekday=3)
    book(house, kind, at(7))
    assert count(Interval(week.start, week.end + 180 * 24 * 60)) == few == 6


def test_another_organisation_sees_nothing_of_it(house: House) -> None:
    kind = open_reason(house)
    held = hold(house, kind, at(7))
    with pytest.raises(HoldNotFound):
        house.database.in_transaction(
            house.other.id,
            release_hold,
            Actor(ActorKind.VISITOR, house.other.id),
            now=house.now,
            token=held.token,
        )
