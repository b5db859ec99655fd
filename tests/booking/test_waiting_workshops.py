"""Waiting for a seat of a workshop that is full, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.domain.refusals import NotFull, OnlyInWorkshops, WorkshopFull
from booking.models import AppointmentType, Workshop
from booking.use_cases.cancel_workshop import cancel_workshop
from booking.use_cases.change_workshop import change_workshop
from booking.use_cases.hold_seat import hold_seat
from tests.booking.diary import at, cancel, confirm, reason, visitor, workshop
from tests.booking.waiting_room import accept, decline, join, now_of, person, work
from tests.house import House


def seat(house: House, planned: Workshop, number: int) -> str:
    held = house.database.in_transaction(
        house.organisation.id,
        hold_seat,
        visitor(house),
        now=house.now,
        client=f"browser {number}",
        type_id=planned.type_id,
        workshop_id=planned.id,
    )
    return str(held.token)


def full_workshop(house: House, *, capacity: int = 1) -> tuple[AppointmentType, Workshop, list[object]]:
    kind = reason(house, name="Atelier CV", is_workshop=True, channels=["on-site"], duration_minutes=120)
    planned = workshop(house, kind, capacity=capacity, starts_at=at(12))
    people = [confirm(house, seat(house, planned, n), person(700 + n)) for n in range(capacity)]
    return kind, planned, list(people)


def test_a_freed_seat_is_held_for_the_first_in_order_and_then_for_the_next(house: House) -> None:
    kind, planned, (there,) = full_workshop(house)
    first, second = (join(house, kind, number, workshop_id=planned.id) for number in (1, 2))
    cancel(house, there)  # type: ignore[arg-type]
    work(house)
    assert now_of(house, first) == ("offered", at(12))
    assert now_of(house, second) == ("waiting", None)
    with pytest.raises(WorkshopFull):
        seat(house, planned, 9)
    decline(house, first)
    work(house)
    assert now_of(house, second) == ("offered", at(12))
    made = accept(house, second)
    assert (made.workshop_id, made.id) == (planned.id, accept(house, second).id)


def test_more_seats_are_offered_to_as_many(house: House) -> None:
    kind, planned, _ = full_workshop(house)
    entries = [join(house, kind, number, workshop_id=planned.id) for number in (1, 2, 3)]
    house.database.in_transaction(
        house.organisation.id,
        change_workshop,
        house.system(),
        now=house.now,
        workshop_id=planned.id,
        changes={"capacity": 3},
    )
    work(house)
    assert [now_of(house, entry)[0] for entry in entries] == ["offered", "offered", "waiting"]


def test_where_seats_are_free_nobody_waits_and_the_reason_of_workshops_has_no_list_of_its_own(house: House) -> None:
    kind, planned, (there,) = full_workshop(house)
    with pytest.raises(OnlyInWorkshops):
        join(house, kind)
    cancel(house, there)  # type: ignore[arg-type]
    with pytest.raises(NotFull):
        join(house, kind, workshop_id=planned.id)


def test_a_seat_kept_by_somebody_who_types_is_looked_at_again(house: House) -> None:
    kind, planned, (there,) = full_workshop(house)
    entry = join(house, kind, workshop_id=planned.id)
    cancel(house, there)  # type: ignore[arg-type]
    seat(house, planned, 8)
    work(house)
    assert now_of(house, entry) == ("waiting", None)
    work(house, house.now + timedelta(minutes=10))
    assert now_of(house, entry) == ("offered", at(12))


def test_a_cancelled_workshop_ends_the_wait_for_it(house: House) -> None:
    kind, planned, _ = full_workshop(house)
    entry = join(house, kind, workshop_id=planned.id)
    house.database.in_transaction(
        house.organisation.id, cancel_workshop, house.system(), now=house.now, workshop_id=planned.id, reason=""
    )
    work(house)
    assert now_of(house, entry)[0] == "ended"


def test_the_wait_follows_a_workshop_to_its_other_day(house: House) -> None:
    kind, planned, (there,) = full_workshop(house)
    entry = join(house, kind, workshop_id=planned.id)
    later = planned.starts_at + timedelta(days=1)
    house.database.in_transaction(
        house.organisation.id,
        change_workshop,
        house.system(),
        now=house.now,
        workshop_id=planned.id,
        changes={"starts_at": later},
    )
    work(house)
    work(house, at(12, 1))
    assert now_of(house, entry)[0] == "waiting"
    cancel(house, there)  # type: ignore[arg-type]
    work(house)
    assert now_of(house, entry) == ("offered", later)
