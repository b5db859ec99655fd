"""Holding and confirming a slot, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from booking.domain.intervals import minute_of
from booking.domain.person import AddressNeeded, ContactNeeded, Person
from booking.domain.refusals import (
    HoldConfirmed,
    HoldExpired,
    HoldNotFound,
    NotOpenToPublic,
    SlotTaken,
    TooManyHolds,
    TypeNotFound,
    WorkshopNotFound,
)
from booking.models import Channel, EngagementKind, Hold
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.release_hold import release_hold
from booking.use_cases.renew_hold import renew_hold
from booking.use_cases.retire_type import retire_type
from foundation.models import AuditEntry
from tests.booking.diary import (
    CAMILLE,
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


def test_every_listed_slot_can_be_held_and_nothing_else_can(house: House) -> None:
    kind = open_reason(house)
    book(house, kind, at(7, 40))
    shown = listed(house, kind)
    assert [f"{start:%H:%M}" for start in shown] == ["07:00", "08:20", "09:00"]
    for minute in range(minute_of(at(6, 30)), minute_of(at(10, 30)), 5):
        start = at(0) + timedelta(minutes=minute - minute_of(at(0)))
        if start in shown:
            released = hold(house, kind, start)
            house.database.in_transaction(
                house.organisation.id, release_hold, visitor(house), now=house.now, token=released.token
            )
        else:
            with pytest.raises(SlotTaken):
                hold(house, kind, start)


def test_a_hold_hides_the_slot_from_others_until_it_lapses(house: House) -> None:
    kind = open_reason(house)
    first = hold(house, kind, at(7))
    assert at(7) not in listed(house, kind)
    with pytest.raises(SlotTaken):
        hold(house, kind, at(7))
    house.clock.advance(timedelta(minutes=10))
    assert at(7) in listed(house, kind)
    hold(house, kind, at(7))
    with pytest.raises(SlotTaken):
        confirm(house, first.token)


def test_a_lapsed_hold_still_books_when_the_slot_is_free(house: House) -> None:
    kind = open_reason(house)
    held = hold(house, kind, at(7))
    house.clock.advance(LATER)
    assert confirm(house, held.token).starts_at == at(7)
    (row,) = engaged(house)
    assert (row.kind, row.end_minute - row.start_minute) == (EngagementKind.APPOINTMENT, 40)


def test_a_hold_lasts_ten_minutes_more_at_each_error_and_thirty_in_all(house: House) -> None:
    kind = open_reason(house)
    held = hold(house, kind, at(7))

    def renew() -> timedelta:
        until: datetime = house.database.in_transaction(
            house.organisation.id, renew_hold, visitor(house), now=house.now, token=held.token
        )
        return until - house.now

    house.clock.advance(timedelta(minutes=9))
    assert renew() == timedelta(minutes=10)
    house.clock.advance(timedelta(minutes=9))
    assert renew() == timedelta(minutes=10)
    house.clock.advance(timedelta(minutes=9))
    assert renew() == timedelta(minutes=3)
    house.clock.advance(timedelta(minutes=3))
    with pytest.raises(HoldExpired):
        renew()


def test_one_browser_keeps_three_slots_at_most(house: House) -> None:
    kind = open_reason(house)
    for start in (at(7), at(7, 40), at(8, 20)):
        hold(house, kind, start, client="one")
    with pytest.raises(TooManyHolds):
        hold(house, kind, at(9), client="one")
    hold(house, kind, at(9), client="another")


def test_an_unknown_token_holds_nothing(house: House) -> None:
    with pytest.raises(HoldNotFound):
        confirm(house, "nothing")


def test_the_same_token_twice_is_the_same_appointment(house: House) -> None:
    held = hold(house, open_reason(house), at(7))
    assert confirm(house, held.token).id == confirm(house, held.token).id
    assert len(engaged(house)) == 1


@pytest.mark.parametrize("other", [{"first_name": "Zoé"}, {"phone": "+33639980009"}, {"email": None}])
def test_a_token_that_was_confirmed_leads_nobody_else_to_that_appointment(house: House, other: dict[str, str]) -> None:
    held = hold(house, open_reason(house), at(7))
    confirm(house, held.token)
    with pytest.raises(HoldConfirmed):
        confirm(house, held.token, replace(CAMILLE, **other))
    assert len(engaged(house)) == 1


def test_a_lapsed_hold_is_not_renewed_so_that_nobody_is_received_without_a_room(house: House) -> None:
    """What it kept may be somebody else's in part: here the room, taken by another agent for another reason."""
    kind, urgent = (reason(house, needs_room=True) for _ in range(2))
    for one, agent in ((kind, house.agents[0]), (urgent, house.agents[1])):
        open_weekly(house, one, agent=agent)
        open_weekly(house, one, resource_id=house.room.id)
    held, in_time = hold(house, kind, at(7)), house.now
    house.clock.advance(LATER)
    book(house, urgent, at(7))
    with pytest.raises(SlotTaken):  # sent in time, and so late in its turn that the room was taken before
        house.database.in_transaction(
            house.organisation.id, confirm_hold, visitor(house), now=in_time, token=held.token, person=CAMILLE
        )
    with pytest.raises(HoldExpired):
        house.database.in_transaction(
            house.organisation.id, renew_hold, visitor(house), now=house.now, token=held.token
        )
    with pytest.raises(SlotTaken):
        confirm(house, held.token)


def test_a_lapsed_hold_of_a_seat_books_no_later_than_a_fresh_one(house: House) -> None:
    group = reason(house, is_workshop=True, channels=["on-site"], booking_notice_minutes=60)
    planned = workshop(house, group, capacity=3, starts_at=at(7))
    house.clock.set(at(5, 50))
    held = house.database.in_transaction(
        house.organisation.id, hold_seat, visitor(house), now=house.now, client="one",
        type_id=group.id, workshop_id=planned.id,
    )  # fmt: skip
    house.clock.set(at(6, 1))
    with pytest.raises(WorkshopNotFound):
        confirm(house, held.token)


def test_a_lapsed_hold_of_what_is_not_offered_any_more_books_nothing(house: House) -> None:
    kind = open_reason(house)
    lapsed, live = hold(house, kind, at(7)), hold(house, kind, at(7, 40))
    house.clock.advance(timedelta(minutes=5))
    house.database.in_transaction(house.organisation.id, renew_hold, visitor(house), now=house.now, token=live.token)
    house.clock.advance(timedelta(minutes=6))
    house.database.in_transaction(house.organisation.id, retire_type, house.system(), now=house.now, type_id=kind.id)
    with pytest.raises(TypeNotFound):
        confirm(house, lapsed.token)
    assert confirm(house, live.token).starts_at == at(7, 40)


def test_the_public_needs_a_telephone_or_a_mail_address(house: House) -> None:
    held = hold(house, open_reason(house), at(7))
    with pytest.raises(ContactNeeded):
        confirm(house, held.token, Person("Camille", "Durand", None, None, "fr"))


def test_at_home_needs_an_address(house: House) -> None:
    kind = open_reason(house, channels=["home"])
    held = hold(house, kind, at(7), channel=Channel.HOME)
    with pytest.raises(AddressNeeded):
        confirm(house, held.token)


def test_a_channel_that_the_reason_has_not_is_refused(house: House) -> None:
    kind = open_reason(house)
    with pytest.raises(NotOpenToPublic):
        hold(house, kind, at(7), channel=Channel.VIDEO)


def test_what_was_done_is_in_the_audit_trail_and_the_token_is_nowhere(house: House) -> None:
    kind = open_reason(house)
    held = hold(house, kind, at(7))
    cancel(house, confirm(house, held.token, CAMILLE))
    with house.database.reading(house.organisation.id) as db:
        actions = list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert actions[-2:] == ["appointment-booked", "appointment-cancelled"]
        assert db.scalar(select(func.count(Hold.id)).where(Hold.token_hash == held.token)) == 0


def test_what_is_open_day_and_night_for_weeks_is_held_as_it_is_listed(house: House) -> None:
    kind = reason(house, duration_minutes=400, pause_minutes=20)
    for weekday in range(7):
        open_weekly(house, kind, weekday=weekday, hours=(0, 12))
        open_weekly(house, kind, weekday=weekday, hours=(12, 24))
    shown = listed(house, kind)
    assert [f"{start:%d %H:%M}" for start in shown[:5]] == [
        "13 12:00",
        "13 19:00",
        "13 22:00",
        "14 05:00",
        "14 12:00",
    ]
    for start in shown:
        kept = hold(house, kind, start)
        house.database.in_transaction(
            house.organisation.id, release_hold, visitor(house), now=house.now, token=kept.token
        )
