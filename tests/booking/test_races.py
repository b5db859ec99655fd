"""Many want the same thing at once: exactly one has it, on both engines; and with the guard off the race shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from booking.domain.person import Person
from booking.domain.refusals import SlotTaken, WorkshopFull
from booking.models import Appointment, Seat
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.hold_seat import hold_seat
from tests.booking.diary import (
    CAMILLE,
    at,
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
from tests.booking.racing import at_once, hold_as_of, refused
from tests.house import House

MANY = 50


def test_fifty_want_one_slot_and_one_has_it_and_one_mail_leaves(house: House) -> None:
    kind = open_reason(house)

    def book(number: int) -> Callable[[], object]:
        person = Person("Personne", f"Numéro {number}", None, f"p{number}@exemple.example", "fr")
        return lambda: confirm(house, hold(house, kind, at(7)).token, person)

    results = at_once([book(number) for number in range(MANY)])
    assert refused(results) == {SlotTaken: MANY - 1}
    house.worker.run_until_empty()
    assert len(house.mails) == 1
    assert len(engaged(house)) == 1
    assert at(7) not in listed(house, kind)


def test_two_agents_serve_two_of_many(house: House) -> None:
    kind = open_reason(house)
    open_weekly(house, kind, agent=house.agents[1])
    results = at_once([lambda: hold(house, kind, at(7)) for _ in range(10)])
    assert refused(results) == {SlotTaken: 8}
    assert len({row.resource_id for row in engaged(house)}) == 2


def test_the_last_seat_goes_to_exactly_one_person(house: House) -> None:
    kind = reason(house, is_workshop=True, duration_minutes=120)
    planned = workshop(house, kind, capacity=3, starts_at=at(12))

    def seat(number: int) -> Callable[[], object]:
        return lambda: house.database.in_transaction(
            house.organisation.id,
            hold_seat,
            visitor(house),
            now=house.now,
            client=f"browser {number}",
            type_id=kind.id,
            workshop_id=planned.id,
        )

    results = at_once([seat(number) for number in range(20)])
    assert refused(results) == {WorkshopFull: 17}
    with house.database.reading(house.organisation.id) as db:
        assert sorted(db.scalars(select(Seat.number))) == [1, 2, 3]


def test_a_form_posted_many_times_at_once_books_once(house: House) -> None:
    held = hold(house, open_reason(house), at(7))
    results = at_once([lambda: confirm(house, held.token).id for _ in range(10)])
    assert len(set(results)) == 1
    assert len(engaged(house)) == 1
    house.worker.run_until_empty()
    assert len(house.mails) == 1
    with house.database.reading(house.organisation.id) as db:
        assert db.scalar(select(func.count(Appointment.id))) == 1


def test_a_hold_that_lapses_while_it_is_confirmed_leaves_one_winner(house: House) -> None:
    kind = open_reason(house)
    for start in (at(7), at(7, 40), at(8, 20), at(9)):
        held = hold(house, kind, start)

        def confirm_late(token: str = held.token) -> object:
            return house.database.in_transaction(
                house.organisation.id,
                confirm_hold,
                visitor(house),
                now=house.now + timedelta(minutes=9, seconds=59),
                token=token,
                person=CAMILLE,
            )

        def take(starts_at: datetime = start) -> object:
            return hold_as_of(house, kind, "late", starts_at, house.now + timedelta(minutes=10))

        assert refused(at_once([confirm_late, take])) == {SlotTaken: 1}
        house.clock.advance(timedelta(minutes=20))


def test_those_who_confirm_late_at_once_do_not_wait_for_each_other_in_a_circle(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An appointment that is written locks its agent's row a little (a foreign key); the writer must not need more.
    monkeypatch.setattr("foundation.database._worth_another_try", lambda _error: False)
    kind = open_reason(house)
    group = reason(house, is_workshop=True, duration_minutes=120)
    planned = workshop(house, group, capacity=4, starts_at=at(12))
    tokens = [hold(house, kind, start).token for start in (at(7), at(7, 40), at(8, 20), at(9))]
    tokens += [
        house.database.in_transaction(
            house.organisation.id,
            hold_seat,
            visitor(house),
            now=house.now,
            client=f"browser {number}",
            type_id=group.id,
            workshop_id=planned.id,
        ).token
        for number in range(4)
    ]
    house.clock.advance(timedelta(minutes=11))
    results = at_once([lambda token=token: confirm(house, token).id for token in tokens])  # type: ignore[misc]
    assert refused(results) == {}
    assert len(set(results)) == 8
