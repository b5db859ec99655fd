"""Workshops: what they take, how they change, and that nobody who has a seat is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.domain.person import Person
from booking.domain.refusals import (
    AlreadyCancelled,
    CapacityBelowTaken,
    PersonFull,
    SlotTaken,
    UnfitValues,
    WorkshopBegun,
    WorkshopFull,
    WorkshopNotFound,
)
from booking.models import Appointment, AppointmentStatus, AppointmentType, Hold, Seat, Workshop
from booking.use_cases.book_seat_for_person import book_seat_for_person
from booking.use_cases.cancel_workshop import cancel_workshop
from booking.use_cases.change_workshop import change_workshop
from directory.domain.permissions import NotAllowed
from directory.domain.refusals import ResourceNotFound
from foundation.refusals import Refusal
from tests.booking.diary import (
    CAMILLE,
    at,
    book,
    cancel,
    confirm,
    engaged,
    listed,
    open_weekly,
    reason,
    seat,
    somebody,
    visitor,
    workshop,
)
from tests.house import House


@pytest.fixture
def kind(house: House) -> AppointmentType:
    return reason(house, is_workshop=True, duration_minutes=120, channels=["on-site"])


def change(house: House, planned: Workshop, **changes: Any) -> Workshop:
    made: Workshop = house.database.in_transaction(
        house.organisation.id,
        change_workshop,
        house.system(),
        now=house.now,
        workshop_id=planned.id,
        changes=changes,
    )
    return made


def call_off(house: House, planned: Workshop, reason: str = "") -> None:
    house.database.in_transaction(
        house.organisation.id, cancel_workshop, house.system(), now=house.now, workshop_id=planned.id, reason=reason
    )


def put_in(house: House, planned: Workshop, person: Person = CAMILLE) -> Appointment:
    made: Appointment = house.database.in_transaction(
        house.organisation.id,
        book_seat_for_person,
        house.system(),
        now=house.now,
        workshop_id=planned.id,
        person=person,
    )
    return made


def seated(house: House, planned: Workshop, number: int = 1) -> Appointment:
    return confirm(house, seat(house, planned).token, somebody(number))


def rows(house: House, table: Any) -> list[Any]:
    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(table).order_by(table.id)))


def row(house: House, one: Any) -> Any:
    with house.database.reading(house.organisation.id) as db:
        return db.get_one(type(one), one.id)


def taken(house: House) -> set[tuple[int, int]]:
    return {(one.resource_id, one.start_minute % 1440) for one in engaged(house)}


# -- planning ---------------------------------------------------------------------------------------------------------


def test_a_workshop_takes_its_agent_its_room_and_a_second_agent(house: House, kind: AppointmentType) -> None:
    beside = [house.room.id, house.agents[1].resource_id]
    workshop(house, kind, capacity=3, starts_at=at(7), resource_ids=beside)
    assert taken(house) == {(one, 7 * 60) for one in (house.agents[0].resource_id, *beside)}
    slots = reason(house)
    open_weekly(house, slots, agent=house.agents[1])
    assert listed(house, slots) == [at(9, 10)]


def test_a_workshop_is_not_planned_where_its_room_is_taken(house: House, kind: AppointmentType) -> None:
    workshop(house, kind, capacity=3, starts_at=at(7), resource_ids=[house.room.id])
    with pytest.raises(SlotTaken):
        workshop(house, kind, capacity=3, starts_at=at(8), agent=house.agents[1], resource_ids=[house.room.id])
    assert len(rows(house, Workshop)) == 1


def test_what_a_workshop_takes_beside_is_there_and_named_once(house: House, kind: AppointmentType) -> None:
    first = house.agents[0].resource_id
    for beside, refusal in (
        ([house.room.id, house.room.id], UnfitValues),
        ([first], UnfitValues),
        ([house.stranger.resource_id], ResourceNotFound),
        ([12345], ResourceNotFound),
    ):
        with pytest.raises(refusal):
            workshop(house, kind, capacity=3, starts_at=at(7), resource_ids=beside)


# -- changing ---------------------------------------------------------------------------------------------------------


def test_a_moved_workshop_takes_its_people_and_its_holds_along_and_tells_them(
    house: House, kind: AppointmentType
) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    booked = seated(house, planned)
    held = seat(house, planned)
    house.worker.run_until_empty()
    change(house, planned, starts_at=at(13))
    house.worker.run_until_empty()
    moved = row(house, booked)
    assert (moved.starts_at, moved.ends_at, moved.sequence) == (at(13), at(15), 1)
    (kept,) = [one for one in rows(house, Hold) if one.id == held.hold_id]
    assert (kept.starts_at, kept.ends_at) == (at(13), at(15))
    assert [key.split(":")[0] for key, _ in house.mails] == ["booking.confirmation-mail", "booking.move-mail"]
    assert confirm(house, held.token, somebody(2)).starts_at == at(13)
    assert taken(house) == {(house.agents[0].resource_id, 13 * 60)}


def test_whoever_asked_for_a_seat_asks_for_it_at_the_new_time(house: House) -> None:
    kind = reason(house, is_workshop=True, duration_minutes=60, channels=["on-site"], needs_approval=True)
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    asked = seated(house, planned)
    change(house, planned, starts_at=at(14))
    house.clock.set(at(12, 30))
    house.worker.run_until_empty()
    assert row(house, asked).status is AppointmentStatus.REQUESTED
    house.clock.set(at(14))
    house.worker.run_until_empty()
    assert row(house, asked).status is AppointmentStatus.CANCELLED


def test_another_agent_leads_without_anybody_being_told(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12), resource_ids=[house.room.id])
    booked = seated(house, planned)
    change(house, planned, agent_resource_id=house.agents[1].resource_id)
    house.worker.run_until_empty()
    assert (row(house, booked).resource_id, row(house, booked).sequence) == (house.agents[1].resource_id, 0)
    assert {one for one, _ in taken(house)} == {house.agents[1].resource_id, house.room.id}
    assert len(house.mails) == 1


def test_a_change_that_is_refused_changes_nothing(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    other = workshop(house, kind, capacity=3, starts_at=at(15), agent=house.agents[1], resource_ids=[house.room.id])
    booked = seated(house, planned)
    seated(house, planned, 2)
    before = (row(house, planned).starts_at, row(house, planned).capacity, taken(house))
    cases: list[tuple[dict[str, Any], type[Refusal]]] = [
        ({"starts_at": at(14), "agent_resource_id": house.agents[1].resource_id}, SlotTaken),
        ({"starts_at": at(14), "resource_ids": [house.room.id]}, SlotTaken),
        ({"starts_at": house.now - timedelta(hours=1)}, UnfitValues),
        ({"starts_at": at(13) + timedelta(seconds=1)}, UnfitValues),
        ({"starts_at": at(13), "capacity": 1}, CapacityBelowTaken),
        ({"venue_id": house.far_venue.id, "resource_ids": [house.room.id]}, UnfitValues),
        ({"agent_resource_id": house.room.id}, ResourceNotFound),
    ]
    for changes, refusal in cases:
        with pytest.raises(refusal):
            change(house, planned, **changes)
        assert (row(house, planned).starts_at, row(house, planned).capacity, taken(house)) == before, changes
    assert (row(house, booked).starts_at, row(house, booked).sequence) == (at(12), 0)
    assert row(house, other).starts_at == at(15)


def test_a_workshop_may_move_over_its_own_old_time(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    assert change(house, planned, starts_at=at(13)).ends_at == at(15)
    assert len(engaged(house)) == 1


def test_seats_beyond_a_smaller_capacity_get_other_numbers(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=5, starts_at=at(12))
    people = [seated(house, planned, number) for number in range(5)]
    for gone in (people[0], people[2], people[3]):
        cancel(house, gone)
    with pytest.raises(CapacityBelowTaken) as refused:
        change(house, planned, capacity=1)
    assert refused.value.details == {"taken": 2}
    change(house, planned, capacity=2)
    assert sorted(one.number for one in rows(house, Seat)) == [1, 2]
    with pytest.raises(WorkshopFull):
        seat(house, planned)


def test_a_lapsed_hold_does_not_keep_the_capacity_up(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=2, starts_at=at(12))
    seat(house, planned), seat(house, planned)
    with pytest.raises(CapacityBelowTaken):
        change(house, planned, capacity=1)
    house.clock.advance(timedelta(minutes=11))
    change(house, planned, capacity=1)
    assert rows(house, Seat) == []


# -- cancelling -------------------------------------------------------------------------------------------------------


def test_a_cancelled_workshop_tells_everybody_and_frees_everything(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    people = [seated(house, planned, number) for number in (1, 2)]
    held = seat(house, planned)
    house.worker.run_until_empty()
    call_off(house, planned, "Nadia est malade")
    house.worker.run_until_empty()
    assert {row(house, one).status for one in people} == {AppointmentStatus.CANCELLED}
    cancellations = [mail for key, mail in house.mails if key.startswith("booking.cancellation")]
    assert len(cancellations) == 2
    assert "Nadia est malade" in cancellations[0].text
    assert (rows(house, Seat), engaged(house)) == ([], [])
    with pytest.raises(WorkshopNotFound):
        confirm(house, held.token, somebody(3))
    with pytest.raises(WorkshopNotFound):
        seat(house, planned)
    assert len(rows(house, Appointment)) == 2


def test_a_workshop_is_cancelled_once_and_not_changed_any_more(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    call_off(house, planned)
    with pytest.raises(AlreadyCancelled):
        call_off(house, planned)
    with pytest.raises(AlreadyCancelled):
        change(house, planned, capacity=4)


def test_a_workshop_that_has_begun_stays_as_it_is(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    house.clock.set(at(12))
    with pytest.raises(WorkshopBegun):
        call_off(house, planned)
    with pytest.raises(WorkshopBegun):
        change(house, planned, title="Autre atelier")


# -- staff ------------------------------------------------------------------------------------------------------------


def test_staff_put_somebody_in_within_the_notice_and_until_it_is_over_but_not_beyond_the_seats(
    house: House, kind: AppointmentType
) -> None:
    planned = workshop(house, kind, capacity=2, starts_at=at(12))
    put_in(house, planned, Person("Louise", "Martin", None, None, "fr"))
    house.clock.set(at(12, 30))
    with pytest.raises(WorkshopNotFound):
        seat(house, planned)
    booked = put_in(house, planned)
    assert (booked.workshop_id, booked.resource_id) == (planned.id, planned.agent_resource_id)
    with pytest.raises(WorkshopFull):
        put_in(house, planned, somebody(3))
    house.clock.set(at(14))
    with pytest.raises(WorkshopNotFound):
        put_in(house, planned, somebody(3))


def test_staff_do_not_give_one_person_more_seats_than_the_type_allows(house: House) -> None:
    kind = reason(house, is_workshop=True, duration_minutes=60, channels=["on-site"], person_most_a_week=1)
    put_in(house, workshop(house, kind, capacity=3, starts_at=at(12)))
    with pytest.raises(PersonFull):
        put_in(house, workshop(house, kind, capacity=3, starts_at=at(14)))


def test_only_staff_change_and_cancel(house: House, kind: AppointmentType) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    mine: dict[str, Any] = {"now": house.now, "workshop_id": planned.id}
    with pytest.raises(NotAllowed):
        house.database.in_transaction(
            house.organisation.id, change_workshop, visitor(house), changes={"capacity": 4}, **mine
        )
    with pytest.raises(NotAllowed):
        house.database.in_transaction(house.organisation.id, cancel_workshop, visitor(house), **mine)


def test_the_agent_is_free_for_slots_again_where_the_workshop_was(house: House, kind: AppointmentType) -> None:
    slots = reason(house)
    open_weekly(house, slots)
    planned = workshop(house, kind, capacity=3, starts_at=at(7))
    assert listed(house, slots) == [at(9, 10)]
    change(house, planned, starts_at=at(12))
    assert book(house, slots, at(7)).starts_at == at(7)
    with pytest.raises(SlotTaken):
        change(house, planned, starts_at=at(7))
