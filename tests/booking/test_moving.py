"""Moving and cancelling, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from booking.domain.intervals import minute_of
from booking.domain.refusals import (
    AlreadyCancelled,
    HoldNotFound,
    NotMovable,
    SlotTaken,
    TooLateToCancel,
    TooLateToMove,
)
from booking.models import Appointment, AppointmentStatus, AppointmentType
from booking.steps.holds import Held
from booking.use_cases.cancel_appointment import cancel_appointment
from booking.use_cases.confirm_move import confirm_move
from booking.use_cases.hold_move import hold_move
from booking.use_cases.mark_arrived import mark_arrived
from booking.use_cases.take_time_off import take_time_off
from directory.models import Venue
from tests.booking.diary import (
    at,
    book,
    cancel,
    confirm,
    engaged,
    holder,
    listed,
    open_reason,
    open_weekly,
    reason,
)
from tests.booking.racing import at_once, refused
from tests.house import House


def keep_move(house: House, appointment: Appointment, hour: int, minute: int = 0) -> Held:
    held: Held = house.database.in_transaction(
        house.organisation.id,
        hold_move,
        holder(house, appointment),
        now=house.now,
        client=f"mover {hour} {minute} {house.now}",
        appointment_id=appointment.id,
        venue_id=house.venue.id,
        starts_at=at(hour, minute),
    )
    return held


def move(house: House, appointment: Appointment, token: str) -> Appointment:
    moved: Appointment = house.database.in_transaction(
        house.organisation.id,
        confirm_move,
        holder(house, appointment),
        now=house.now,
        appointment_id=appointment.id,
        token=token,
    )
    return moved


def test_cancelling_frees_the_time_at_once_and_only_once(house: House) -> None:
    kind = open_reason(house)
    appointment = book(house, kind, at(7))
    cancel(house, appointment)
    assert at(7) in listed(house, kind)
    with pytest.raises(AlreadyCancelled):
        cancel(house, appointment)


def test_near_the_appointment_the_link_cancels_and_moves_no_more_but_staff_still_may(house: House) -> None:
    kind = open_reason(house)
    appointment = book(house, kind, at(8, 20))
    house.clock.set(at(4, 21))
    with pytest.raises(TooLateToCancel):
        cancel(house, appointment)
    with pytest.raises(TooLateToMove):
        keep_move(house, appointment, 9)
    house.database.in_transaction(
        house.organisation.id,
        cancel_appointment,
        house.actor(house.agents[0]),
        now=house.now,
        appointment_id=appointment.id,
    )


def test_an_appointment_moves_and_may_overlap_its_own_old_time(house: House) -> None:
    kind = open_reason(house, step_minutes=10)
    appointment = book(house, kind, at(7))
    held = keep_move(house, appointment, 7, 20)
    assert at(7) not in listed(house, kind)
    moved = move(house, appointment, held.token)
    assert (moved.id, moved.starts_at, moved.sequence) == (appointment.id, at(7, 20), 1)
    (row,) = engaged(house)
    assert (row.start_minute, row.end_minute) == (minute_of(at(7, 20)), minute_of(at(8)))
    assert move(house, appointment, held.token).sequence == 1


def test_a_kept_time_moves_though_the_notice_has_run_into_it(house: House) -> None:
    kind = open_reason(house, booking_notice_minutes=120, cancel_notice_minutes=0)
    appointment = book(house, kind, at(9))
    house.clock.set(at(5))
    held = keep_move(house, appointment, 7)
    house.clock.advance(timedelta(minutes=5))
    assert move(house, appointment, held.token).starts_at == at(7)


def test_moving_keeps_the_duration_it_had(house: House) -> None:
    kind = open_reason(house)
    appointment = book(house, kind, at(7))
    house.database.in_transaction(
        house.organisation.id,
        lambda db: setattr(db.get(AppointmentType, kind.id), "duration_minutes", 45),
    )
    moved = move(house, appointment, keep_move(house, appointment, 8, 20).token)
    assert moved.ends_at - moved.starts_at == timedelta(minutes=30)


def test_a_token_for_another_appointment_moves_nothing(house: House) -> None:
    kind = open_reason(house)
    one, other = book(house, kind, at(7)), book(house, kind, at(7, 40))
    held = keep_move(house, one, 9)
    with pytest.raises(HoldNotFound):
        move(house, other, held.token)
    with pytest.raises(HoldNotFound):
        confirm(house, held.token)


def test_a_cancelled_appointment_does_not_move(house: House) -> None:
    kind = open_reason(house)
    appointment = book(house, kind, at(7))
    held = keep_move(house, appointment, 9)
    cancel(house, appointment)
    with pytest.raises(AlreadyCancelled):
        move(house, appointment, held.token)


def test_who_arrived_is_neither_cancelled_nor_moved(house: House) -> None:
    appointment = book(house, open_reason(house), at(7))
    arrived = house.database.in_transaction(
        house.organisation.id, mark_arrived, house.system(), now=house.now, appointment_id=appointment.id
    )
    assert arrived.status is AppointmentStatus.ARRIVED
    with pytest.raises(NotMovable):
        cancel(house, appointment)


def test_it_moves_to_another_agent_in_the_same_room_though_the_two_times_overlap(house: House) -> None:
    kind = reason(house, needs_room=True, step_minutes=10)
    first, second = house.manager.resource_id, house.agents[0].resource_id
    assert first < house.room.id < second, "changed one by one, the first would meet the room's other time"
    for resource_id in (first, house.room.id):
        open_weekly(house, kind, resource_id=resource_id)
    appointment = book(house, kind, at(7))
    open_weekly(house, kind, resource_id=second)

    def leave(db: Session) -> None:
        take_time_off(db, house.system(), now=house.now, resource_id=first, starts_at=at(7, 35), ends_at=at(9))

    house.database.in_transaction(house.organisation.id, leave)
    moved = move(house, appointment, keep_move(house, appointment, 7, 20).token)
    assert moved.resource_id == second
    assert {row.resource_id for row in engaged(house)} == {second, house.room.id}
    assert {row.start_minute for row in engaged(house)} == {minute_of(at(7, 20))}


def test_where_it_is_already_is_not_offered_and_cannot_be_kept(house: House) -> None:
    kind = open_reason(house)
    appointment = book(house, kind, at(7))
    with pytest.raises(SlotTaken):
        keep_move(house, appointment, 7)


def test_a_lapsed_hold_of_another_place_at_the_same_hour_is_not_taken_for_a_move_that_was_made(house: House) -> None:
    kind = open_reason(house)
    house.database.in_transaction(
        house.organisation.id, lambda db: setattr(db.get(Venue, house.far_venue.id), "time_zone", "Europe/Paris")
    )
    open_weekly(house, kind, agent=house.agents[1], venue=house.far_venue)
    appointment = book(house, kind, at(7))
    held = house.database.in_transaction(
        house.organisation.id, hold_move, holder(house, appointment), now=house.now, client="mover",
        appointment_id=appointment.id, venue_id=house.far_venue.id, starts_at=at(7),
    )  # fmt: skip
    house.clock.advance(timedelta(minutes=11))
    for _ in range(2):
        moved = move(house, appointment, held.token)
        assert (moved.venue_id, moved.sequence) == (house.far_venue.id, 1)


def test_who_cancelled_is_not_marked_as_arrived(house: House) -> None:
    appointment = book(house, open_reason(house), at(7))
    cancel(house, appointment)
    later = house.database.in_transaction(
        house.organisation.id, mark_arrived, house.system(), now=house.now, appointment_id=appointment.id
    )
    assert later.status is AppointmentStatus.CANCELLED


def test_many_cancel_at_once_and_one_does(house: House) -> None:
    appointment = book(house, open_reason(house), at(7))
    results = at_once([lambda: cancel(house, appointment) for _ in range(10)])
    assert refused(results) == {AlreadyCancelled: 9}
    house.worker.run_until_empty()
    assert len(house.mails) == 1


def test_arriving_and_cancelling_at_once_is_one_of_the_two(house: House) -> None:
    kind = open_reason(house)
    for start in (at(7), at(7, 40), at(8, 20)):
        appointment = book(house, kind, start)

        def arrive(booked: Appointment = appointment) -> object:
            return house.database.in_transaction(
                house.organisation.id, mark_arrived, house.system(), now=house.now, appointment_id=booked.id
            ).status

        def give_up(booked: Appointment = appointment) -> object:
            cancel(house, booked)
            return "cancelled"

        status, cancelled = at_once([arrive, give_up])
        assert (status, cancelled) in {
            (AppointmentStatus.ARRIVED, NotMovable),
            (AppointmentStatus.CANCELLED, "cancelled"),
        }
        kept = [row for row in engaged(house) if row.appointment_id == appointment.id]
        assert len(kept) == (status is AppointmentStatus.ARRIVED)


def test_two_kept_times_confirmed_at_once_leave_one_time(house: House) -> None:
    kind = open_reason(house)
    appointment = book(house, kind, at(7))
    tokens = [keep_move(house, appointment, hour, minute).token for hour, minute in ((7, 40), (8, 20))]
    results = at_once([lambda token=token: move(house, appointment, token).sequence for token in tokens])  # type: ignore[misc]
    assert sorted(str(one) for one in results) == ["1", "2"]
    (row,) = [row for row in engaged(house) if row.appointment_id is not None]
    assert row.end_minute - row.start_minute == 40
    assert [row for row in engaged(house) if row.hold_id is not None] == []
