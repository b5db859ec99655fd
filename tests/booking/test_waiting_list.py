"""The waiting list on both engines: in order, held, for a limited time, one a day, three in all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from booking.domain.events import LookedFor
from booking.domain.occurrences import Recurrence
from booking.domain.person import ContactNeeded, Person
from booking.domain.refusals import (
    AlreadyWaiting,
    NothingOffered,
    SlotTaken,
    TooManyWaits,
    WaitOver,
)
from booking.domain.waiting import Wishes
from booking.models import Appointment, AppointmentType, WaitingEntry
from booking.queries import waiting
from booking.steps.waiting import announce_freed
from booking.use_cases.change_hours import change_hours
from booking.use_cases.change_time_off import end_time_off
from booking.use_cases.forget_old_holds import forget_old_holds
from booking.use_cases.offer_freed_time import offer_freed_time
from booking.use_cases.take_time_off import take_time_off
from booking.use_cases.wait_for_earlier import wait_for_earlier
from tests.booking.diary import (
    at,
    book,
    cancel,
    confirm,
    do,
    engaged,
    hold,
    holder,
    listed,
    open_weekly,
    opened,
    reason,
)
from tests.booking.racing import at_once
from tests.booking.test_moving import keep_move, move
from tests.booking.waiting_room import (
    accept,
    decline,
    full_morning,
    join,
    leave,
    now_of,
    offers,
    person,
    work,
)
from tests.house import House


def test_the_first_in_order_is_offered_what_is_freed_and_nobody_else_can_take_it(house: House) -> None:
    kind, booked = full_morning(house)
    first, second = join(house, kind, 1), join(house, kind, 2)
    cancel(house, booked[1])
    work(house)
    assert now_of(house, first) == ("offered", at(7, 40))
    assert now_of(house, second) == ("waiting", None)
    assert at(7, 40) not in listed(house, kind)
    with pytest.raises(SlotTaken):
        hold(house, kind, at(7, 40))


def test_accepting_books_it_once_however_often_it_is_accepted(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    cancel(house, booked[0])
    work(house)
    made = [accept(house, entry, starts_at=at(7)).id for _ in range(2)]
    assert len(set(made)) == 1
    assert now_of(house, entry)[0] == "served"
    assert len([row for row in engaged(house) if row.appointment_id == made[0]]) == 1
    assert [row for row in engaged(house) if row.hold_id is not None] == []


def test_an_offer_that_lapses_goes_to_the_next(house: House) -> None:
    kind, booked = full_morning(house)
    first, second = join(house, kind, 1), join(house, kind, 2)
    cancel(house, booked[0])
    work(house)
    work(house, house.now + timedelta(minutes=119))
    assert now_of(house, first) == ("offered", at(7))
    work(house, house.now + timedelta(minutes=1))
    assert now_of(house, first) == ("waiting", None)
    assert now_of(house, second) == ("offered", at(7))


def test_an_offer_that_is_declined_goes_to_the_next_and_declining_twice_changes_nothing(house: House) -> None:
    kind, booked = full_morning(house)
    first, second = join(house, kind, 1), join(house, kind, 2)
    with pytest.raises(NothingOffered):
        decline(house, first)
    cancel(house, booked[0])
    work(house)
    decline(house, first)
    decline(house, first)
    work(house)
    assert now_of(house, first) == ("waiting", None)
    assert now_of(house, second) == ("offered", at(7))


def test_leaving_while_offered_frees_it_for_the_next_and_nothing_is_accepted_after(house: House) -> None:
    kind, booked = full_morning(house)
    first, second = join(house, kind, 1), join(house, kind, 2)
    cancel(house, booked[0])
    work(house)
    leave(house, first)
    leave(house, first)
    work(house)
    assert (now_of(house, first), now_of(house, second)) == (("left", None), ("offered", at(7)))
    with pytest.raises(WaitOver):
        accept(house, first)


def test_several_freed_slots_go_to_several_people(house: House) -> None:
    kind, booked = full_morning(house)
    entries = [join(house, kind, number) for number in range(1, 4)]
    cancel(house, booked[0])
    cancel(house, booked[3])
    work(house)
    assert [now_of(house, entry) for entry in entries] == [
        ("offered", at(7)),
        ("offered", at(9)),
        ("waiting", None),
    ]


def test_whoever_wishes_otherwise_is_passed_over(house: House) -> None:
    kind, booked = full_morning(house)
    late = join(house, kind, 1, wishes=Wishes(from_minute=10 * 60))
    other_day = join(house, kind, 2, wishes=Wishes(first_day=date(2026, 4, 15)))
    elsewhere = join(house, kind, 3, venue_id=house.far_venue.id)
    fits = join(house, kind, 4, wishes=Wishes(until_minute=10 * 60), venue_id=house.venue.id)
    cancel(house, booked[0])
    work(house)
    assert [now_of(house, entry)[0] for entry in (late, other_day, elsewhere, fits)] == [
        *["waiting"] * 3,
        "offered",
    ]


def test_one_offer_a_day_and_after_three_it_ends(house: House) -> None:
    kind = reason(house)
    for weekday in range(5):
        open_weekly(house, kind, weekday=weekday, hours=(16, 17))
    days = [date(2026, 4, 13) + timedelta(days=days) for days in range(4)]
    entry = join(house, kind, wishes=Wishes(until_minute=24 * 60))
    for number, day in enumerate(days, start=1):
        house.clock.set(at(7, day=day))
        freed = book(house, kind, at(14, day=day))
        other = book(house, kind, at(14, day=day + timedelta(days=4 if day.weekday() > 2 else 1)))
        cancel(house, freed)
        work(house)
        cancel(house, other)
        work(house)
        if number <= 3:
            assert now_of(house, entry)[0] == "offered", number
            assert offers_made(house, entry) == number, "one a day"
            decline(house, entry)
            work(house)
    assert now_of(house, entry)[0] == "ended"
    assert offers_made(house, entry) == 3


def offers_made(house: House, entry: WaitingEntry) -> int:
    with house.database.reading(house.organisation.id) as db:
        return waiting.by_id(db, entry.id).offers_made


def test_nothing_is_offered_at_night_and_it_leaves_at_eight(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    house.clock.set(at(18, 30, day=date(2026, 4, 13)))
    cancel(house, booked[3])
    work(house)
    assert now_of(house, entry) == ("waiting", None)
    work(house, at(5, 59))
    assert now_of(house, entry) == ("waiting", None)
    work(house, at(6))
    assert now_of(house, entry) == ("offered", at(9))
    (made,) = offers(house)
    assert made.expires_at == at(8)


def test_an_offer_does_not_run_out_at_night(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    house.clock.set(at(17, day=date(2026, 4, 13)))
    cancel(house, booked[3])
    work(house)
    work(house, at(6, 59))
    assert now_of(house, entry) == ("offered", at(9))
    work(house, at(7))
    assert now_of(house, entry) == ("waiting", None)


def test_an_offer_never_outlasts_what_is_offered_and_notice_binds_it(house: House) -> None:
    kind, booked = full_morning(house, cancel_notice_minutes=0)
    join(house, kind)
    house.clock.set(at(6, 30))
    cancel(house, booked[1])
    work(house)
    assert offers(house) == [], "sooner than the notice of two hours"
    cancel(house, booked[3])
    work(house)
    (made,) = offers(house)
    assert made.expires_at == at(8, 30)


def test_whoever_accepts_late_has_it_when_it_is_free_and_is_told_when_it_is_not(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    cancel(house, booked[0])
    work(house)
    work(house, house.now + timedelta(minutes=121))
    assert at(7) in listed(house, kind)
    assert accept(house, entry).starts_at == at(7)
    other = join(house, kind, 2)
    cancel(house, booked[1])
    work(house)
    work(house, house.now + timedelta(minutes=121))
    book(house, kind, at(7, 40), person=person(50))
    with pytest.raises(SlotTaken):
        accept(house, other)
    assert now_of(house, other)[0] == "waiting"


def test_what_was_not_seen_is_not_accepted(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    cancel(house, booked[0])
    work(house)
    with pytest.raises(NothingOffered):
        accept(house, entry, starts_at=at(9))


def test_the_same_person_waits_once_and_is_not_offered_the_same_twice(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    with pytest.raises(AlreadyWaiting):
        join(house, kind)
    cancel(house, booked[0])
    work(house)
    decline(house, entry)
    work(house)
    house.clock.set(at(4))
    house.database.in_transaction(
        house.organisation.id, forget_old_holds, house.system(), now=house.now + timedelta(days=3)
    )
    house.database.in_transaction(house.organisation.id, announce_freed, house.system(), now=house.now)
    work(house, at(6))
    assert now_of(house, entry) == ("waiting", None)
    assert len(offers(house)) == 1


def test_somebody_whom_nobody_could_tell_does_not_wait(house: House) -> None:
    kind, _ = full_morning(house)
    with pytest.raises(ContactNeeded):
        join(house, kind, person=Person("Ana", "Silva", None, None, "fr"))


def test_one_network_fills_no_list(house: House) -> None:
    kind, _ = full_morning(house)
    for number in range(10):
        join(house, kind, number, client="a" * 64)
    with pytest.raises(TooManyWaits):
        join(house, kind, 11, client="a" * 64)
    join(house, kind, 12, client="b" * 64)


def test_a_person_who_may_not_have_one_more_is_not_offered_one(house: House) -> None:
    kind, booked = full_morning(house, person_most_a_day=1)
    has_one = join(house, kind, person=person(903))
    next_one = join(house, kind, 2)
    cancel(house, booked[0])
    work(house)
    assert now_of(house, has_one) == ("waiting", None)
    assert now_of(house, next_one) == ("offered", at(7))


def test_what_somebody_keeps_while_typing_is_looked_at_again_when_they_give_up(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    cancel(house, booked[0])
    hold(house, kind, at(7))
    work(house)
    assert now_of(house, entry) == ("waiting", None)
    work(house, house.now + timedelta(minutes=10))
    assert now_of(house, entry) == ("offered", at(7))


def test_what_a_moved_appointment_leaves_is_offered(house: House) -> None:
    kind, booked = full_morning(house)
    cancel(house, booked[3])
    work(house)
    entry = join(house, kind)
    move(house, booked[0], keep_move(house, booked[0], 9).token)
    work(house)
    assert now_of(house, entry) == ("offered", at(7))


def test_hours_that_are_opened_are_offered(house: House) -> None:
    kind, _ = full_morning(house)
    entry = join(house, kind)
    open_weekly(house, kind, weekday=2)
    work(house)
    assert now_of(house, entry) == ("offered", at(7, day=date(2026, 4, 15)))


def test_who_has_had_an_offer_that_day_is_offered_in_the_morning_what_is_still_free(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    cancel(house, booked[0])
    work(house)
    decline(house, entry)
    cancel(house, booked[3])
    work(house)
    assert now_of(house, entry) == ("waiting", None)
    work(house, at(2))
    assert now_of(house, entry) == ("waiting", None)
    work(house, at(6))
    assert now_of(house, entry) == ("offered", at(9))


def test_what_has_been_free_all_along_is_not_offered_at_night_and_what_comes_within_the_horizon_is(
    house: House,
) -> None:
    kind = reason(house, booking_horizon_minutes=7 * 24 * 60)
    open_weekly(house, kind)
    work(house)
    entry = join(house, kind)
    work(house, at(2))
    work(house, at(6))
    assert now_of(house, entry) == ("waiting", None)
    wednesday, next_tuesday = date(2026, 4, 15), date(2026, 4, 21)
    assert next_tuesday - wednesday < timedelta(days=7)
    work(house, at(2, day=wednesday))
    work(house, at(6, day=wednesday))
    assert now_of(house, entry) == ("offered", at(7, day=next_tuesday))


def test_a_wait_ends_by_itself(house: House) -> None:
    kind, _ = full_morning(house)
    entry = join(house, kind, wishes=Wishes(last_day=date(2026, 4, 14)))
    work(house, at(21, 59))
    assert now_of(house, entry)[0] == "waiting"
    work(house, at(22))
    assert now_of(house, entry)[0] == "ended"


def earlier(house: House, appointment: Appointment) -> WaitingEntry:
    made: WaitingEntry = house.database.in_transaction(
        house.organisation.id,
        wait_for_earlier,
        holder(house, appointment),
        now=house.now,
        appointment_id=appointment.id,
    )
    return made


def test_somebody_with_an_appointment_moves_to_an_earlier_one_and_theirs_goes_to_the_next(house: House) -> None:
    kind, booked = full_morning(house)
    mover, other = earlier(house, booked[2]), join(house, kind, 2)
    cancel(house, booked[3])
    work(house)
    assert now_of(house, mover) == ("waiting", None), "later is not earlier"
    assert now_of(house, other) == ("offered", at(9))
    cancel(house, booked[0])
    work(house)
    assert now_of(house, mover) == ("offered", at(7))
    third = join(house, kind, 3)
    moved = accept(house, mover)
    assert (moved.id, moved.starts_at, moved.sequence) == (booked[2].id, at(7), 1)
    assert accept(house, mover).sequence == 1
    work(house)
    assert now_of(house, third) == ("offered", at(8, 20))


def test_whose_appointment_is_cancelled_waits_for_nothing_earlier(house: House) -> None:
    kind, booked = full_morning(house)
    mover, other = earlier(house, booked[2]), join(house, kind, 2)
    cancel(house, booked[0])
    work(house)
    assert now_of(house, mover) == ("offered", at(7))
    cancel(house, booked[2])
    work(house)
    assert now_of(house, mover) == ("ended", None)
    assert now_of(house, other)[0] == "offered"


def test_looks_at_once_offer_each_slot_once_and_each_person_one(house: House) -> None:
    kind, booked = full_morning(house)
    entries = [join(house, kind, number) for number in range(1, 6)]
    for appointment in booked:
        cancel(house, appointment)

    def look() -> object:
        found = house.database.in_transaction(
            house.organisation.id, offer_freed_time, house.system(), now=house.now, asked=LookedFor(kind.id)
        )
        return None if found is None else found.id

    at_once([look for _ in range(8)])
    work(house)
    made = offers(house)
    assert len(made) == len({one.starts_at for one in made}) == len({one.waiting_entry_id for one in made}) == 4
    assert {one.waiting_entry_id for one in made} == {entry.id for entry in entries[:4]}
    starts = sorted(row.start_minute for row in engaged(house) if row.hold_id is not None)
    assert len(set(starts)) == len(starts) == 4


def test_accepting_many_times_at_once_books_once(house: House) -> None:
    kind, booked = full_morning(house)
    entry = join(house, kind)
    cancel(house, booked[0])
    work(house)
    results = at_once([lambda: accept(house, entry).id for _ in range(8)])
    assert len(set(results)) == 1
    with house.database.reading(house.organisation.id) as db:
        assert db.scalar(select(func.count(Appointment.id)).where(Appointment.id == results[0])) == 1


def test_an_offer_that_lapses_while_it_is_accepted_has_one_outcome(house: House) -> None:
    kind, booked = full_morning(house)
    first, second = join(house, kind, 1), join(house, kind, 2)
    cancel(house, booked[0])
    work(house)
    house.clock.advance(timedelta(minutes=120))
    at_once([lambda: accept(house, first).id, house.worker.run_until_empty])
    work(house)
    taken = [row for row in engaged(house) if row.start_minute == at(7).timestamp() // 60]
    assert len(taken) == 1
    assert {now_of(house, first)[0], now_of(house, second)[0]} <= {"served", "waiting", "offered"}


def test_a_worker_that_dies_in_between_makes_no_second_offer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, booked = full_morning(house)
    entry, other = join(house, kind, 1), join(house, kind, 2)
    cancel(house, booked[0])
    with monkeypatch.context() as dying:
        dying.setattr("foundation.outbox.finish", _die)
        house.worker.run_once()
    work(house, house.now + timedelta(minutes=10))
    work(house)
    assert now_of(house, entry) == ("offered", at(7))
    assert now_of(house, other) == ("waiting", None)
    assert len(offers(house)) == 1


def _die(*_arguments: object, **_values: object) -> None:
    raise OSError("killed")


def test_a_held_offer_is_no_hold_of_anybodys_three(house: House) -> None:
    kind, booked = full_morning(house)
    join(house, kind)
    cancel(house, booked[0])
    work(house)
    confirm(house, hold(house, reason_free(house), at(7, day=date(2026, 4, 16)), client="one").token)


def reason_free(house: House) -> AppointmentType:
    kind = reason(house, name="Autre motif")
    open_weekly(house, kind, weekday=3)
    return kind


def test_what_is_offered_is_what_was_freed_and_not_what_was_free_beside_it(house: House) -> None:
    kind, booked = full_morning(house)
    cancel(house, booked[1])
    work(house)
    entry = join(house, kind)
    cancel(house, booked[2])
    work(house)
    assert now_of(house, entry) == ("offered", at(8, 20))


def test_what_an_absence_that_ends_and_a_rule_that_changes_free_is_offered(house: House) -> None:
    kind, _ = full_morning(house)
    rule = opened(house, kind, recurrence=Recurrence.weekly(2, since=date(2026, 4, 13)))
    away = {"starts_at": at(0, day=date(2026, 4, 14)), "ends_at": at(0, day=date(2027, 4, 1))}
    absence = do(house, take_time_off, resource_id=house.agents[0].resource_id, **away)
    work(house)
    entry = join(house, kind)
    work(house)
    assert now_of(house, entry)[0] == "waiting"
    do(house, end_time_off, time_off_id=absence.id)
    work(house)
    assert now_of(house, entry) == ("offered", at(7, day=date(2026, 4, 15)))
    house.clock.set(at(7, day=date(2026, 4, 16)))
    work(house)
    do(house, change_hours, rule_id=rule.id, changes={"weekdays": frozenset({3})})
    work(house)
    assert now_of(house, entry)[0] == "offered"
