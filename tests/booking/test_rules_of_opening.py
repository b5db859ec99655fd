"""Opening hours are rules whose dates are rows: one date, the following, or all can change, and the night adds more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.domain.occurrences import Hours, Recurrence, Repeats
from booking.domain.refusals import DateNotFound, UnfitValues
from booking.models import AppointmentType, OpeningHours, OpeningOccurrence, TimeOff, TimeOffOccurrence
from booking.queries import unserved
from booking.use_cases.change_absence_day import cancel_absence_day, restore_absence_day
from booking.use_cases.change_hours import change_hours, end_hours
from booking.use_cases.change_opening_day import cancel_opening_day, change_opening_day, restore_opening_day
from booking.use_cases.change_time_off import end_time_off
from booking.use_cases.extend_dates import extend_dates
from booking.use_cases.take_time_off import take_time_off
from directory.domain.holidays import HolidayCalendar
from directory.use_cases.change_venue import change_venue
from directory.use_cases.choose_holiday import choose_holiday, forget_holiday_choice
from tests.booking.diary import TUESDAY, at, book, do, listed_now, reason
from tests.booking.diary import opened as opened_till_noon
from tests.house import House

MONDAY = date(2026, 4, 13)
TUESDAYS = [TUESDAY + timedelta(weeks=n) for n in range(4)]


def opened(house: House, kind: AppointmentType, **changes: Any) -> OpeningHours:
    return opened_till_noon(house, kind, **{"hours": Hours(9 * 60, 10 * 60), **changes})


def dates(house: House, rule: OpeningHours) -> list[str]:
    """The first four dates of a rule that take place, as they are in Bordeaux."""
    with house.database.reading(house.organisation.id) as db:
        mine = OpeningOccurrence.opening_hours_id == rule.id, OpeningOccurrence.is_cancelled.is_(False)
        rows = db.scalars(select(OpeningOccurrence).where(*mine).order_by(OpeningOccurrence.starts_at).limit(4)).all()
    return [
        f"{row.starts_at + timedelta(hours=2):%d/%m %H:%M}-{row.ends_at + timedelta(hours=2):%H:%M}" for row in rows
    ]


def test_one_date_is_cancelled_and_comes_back(house: House) -> None:
    kind = reason(house)
    rule = opened(house, kind)
    assert listed_now(house, kind) == [at(7), at(7, day=TUESDAYS[1])]
    do(house, cancel_opening_day, rule_id=rule.id, rule_day=TUESDAYS[0])
    assert listed_now(house, kind) == [at(7, day=TUESDAYS[1])]
    do(house, restore_opening_day, rule_id=rule.id, rule_day=TUESDAYS[0])
    assert listed_now(house, kind) == [at(7), at(7, day=TUESDAYS[1])]


def test_one_date_moves_to_another_day_with_other_hours_and_the_others_stay(house: House) -> None:
    rule = opened(house, reason(house))
    do(
        house,
        change_opening_day,
        rule_id=rule.id,
        rule_day=TUESDAY,
        local_day=date(2026, 4, 16),
        opens=14 * 60,
        closes=960,
    )
    assert dates(house, rule)[:2] == ["16/04 14:00-16:00", "21/04 09:00-10:00"]
    do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAY, local_day=date(2026, 4, 17))
    assert dates(house, rule)[0] == "17/04 14:00-16:00", "what is not said stays as it was set"


def test_a_date_that_is_none_of_the_rules_or_has_begun_is_not_found(house: House) -> None:
    rule = opened(house, reason(house))
    for day in (date(2026, 4, 15), date(2026, 4, 7), date(2027, 6, 1)):
        with pytest.raises(DateNotFound):
            do(house, cancel_opening_day, rule_id=rule.id, rule_day=day)
    house.clock.set(at(7))
    with pytest.raises(DateNotFound):
        do(house, cancel_opening_day, rule_id=rule.id, rule_day=TUESDAY)


def test_a_changed_date_opens_something_and_not_in_the_past(house: House) -> None:
    rule = opened(house, reason(house))
    for changes in ({"opens": 600, "closes": 600}, {"local_day": date(2026, 4, 12)}, {"local_day": date(2028, 1, 1)}):
        with pytest.raises(UnfitValues):
            do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAY, **changes)
    assert dates(house, rule)[0] == "14/04 09:00-10:00"


def test_all_dates_change_and_what_was_set_by_hand_is_kept(house: House) -> None:
    kind = reason(house)
    rule = opened(house, kind)
    do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAYS[1], opens=8 * 60, closes=11 * 60)
    do(house, cancel_opening_day, rule_id=rule.id, rule_day=TUESDAYS[2])
    do(house, change_hours, rule_id=rule.id, changes={"opens": 14 * 60, "closes": 17 * 60})
    assert dates(house, rule) == ["14/04 14:00-17:00", "21/04 08:00-11:00", "05/05 14:00-17:00", "12/05 14:00-17:00"]


def test_this_date_and_the_following_change_and_those_before_stay(house: House) -> None:
    kind = reason(house)
    rule = opened(house, kind)
    do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAYS[3], opens=8 * 60, closes=11 * 60)
    wanted = {"opens": 14 * 60, "closes": 17 * 60, "weekdays": frozenset({1, 3})}
    new = do(house, change_hours, rule_id=rule.id, changes=wanted, since=TUESDAYS[2])
    assert dates(house, rule) == ["14/04 09:00-10:00", "21/04 09:00-10:00"]
    assert dates(house, new) == ["28/04 14:00-17:00", "30/04 14:00-17:00", "05/05 08:00-11:00", "07/05 14:00-17:00"]
    with pytest.raises(DateNotFound):
        do(house, change_hours, rule_id=new.id, changes={}, since=date(2026, 5, 6))


def test_every_second_week_goes_on_being_that_week_after_a_split(house: House) -> None:
    kind = reason(house)
    rule = opened(house, kind, recurrence=Recurrence.weekly(1, since=MONDAY, every=2))
    wanted = {"opens": 600, "closes": 660}
    new = do(house, change_hours, rule_id=rule.id, changes=wanted, since=date(2026, 5, 12))
    assert dates(house, rule) == ["14/04 09:00-10:00", "28/04 09:00-10:00"]
    assert dates(house, new)[:3] == ["12/05 10:00-11:00", "26/05 10:00-11:00", "09/06 10:00-11:00"]


def test_a_rule_ends_and_what_is_booked_stays_to_be_seen_to(house: House) -> None:
    kind = reason(house)
    rule = opened(house, kind)
    first, second = book(house, kind, at(7)), book(house, kind, at(7, day=TUESDAYS[1]))
    do(house, end_hours, rule_id=rule.id, last_day=TUESDAY)
    assert dates(house, rule) == ["14/04 09:00-10:00"]
    with house.database.reading(house.organisation.id) as db:
        found = unserved.of_resource(db, house.agents[0].resource_id, now=house.now)
    assert [one.id for one in found] == [second.id]
    do(house, take_time_off, resource_id=house.agents[0].resource_id, starts_at=at(7, 15), ends_at=at(9))
    with house.database.reading(house.organisation.id) as db:
        found = unserved.of_resource(db, house.agents[0].resource_id, now=house.now)
    assert [one.id for one in found] == [first.id, second.id]


def test_a_rule_without_a_date_left_is_gone(house: House) -> None:
    rule = opened(house, reason(house))
    do(house, end_hours, rule_id=rule.id)
    with house.database.reading(house.organisation.id) as db:
        assert db.get(OpeningHours, rule.id) is None
        assert db.scalars(select(OpeningOccurrence)).all() == []


def test_the_night_writes_a_day_further_once_and_nothing_comes_back(house: House) -> None:
    rule = opened(house, reason(house))
    gone = date(2027, 4, 6)
    do(house, cancel_opening_day, rule_id=rule.id, rule_day=gone)

    def last() -> tuple[int, date]:
        with house.database.reading(house.organisation.id) as db:
            rows = db.scalars(select(OpeningOccurrence).where(OpeningOccurrence.is_cancelled.is_(False))).all()
        return len(rows), max(row.rule_day for row in rows)

    written, end = last()
    assert do(house, extend_dates) == 0
    house.clock.advance(timedelta(days=1))
    assert do(house, extend_dates) == 1
    assert last() == (written + 1, date(2027, 4, 13))
    assert end == date(2027, 3, 30)
    assert do(house, extend_dates) == 0


def test_a_time_off_repeats_on_the_wall_clock_and_one_date_of_it_can_be_cancelled(house: House) -> None:
    kind = reason(house)
    opened(house, kind, hours=Hours(9 * 60, 12 * 60))
    rule = Recurrence.weekly(1, since=TUESDAY)
    who = {"resource_id": house.agents[0].resource_id}
    absence = do(house, take_time_off, **who, starts_at=at(7), ends_at=at(9), recurrence=rule)
    assert listed_now(house, kind) == [at(9), at(9, day=TUESDAYS[1])]
    do(house, cancel_absence_day, time_off_id=absence.id, rule_day=TUESDAY)
    assert listed_now(house, kind)[0] == at(7)
    do(house, restore_absence_day, time_off_id=absence.id, rule_day=TUESDAY)
    assert listed_now(house, kind)[0] == at(9)
    with house.database.reading(house.organisation.id) as db:
        rows = db.scalars(select(TimeOffOccurrence).order_by(TimeOffOccurrence.starts_at)).all()
    winter = next(row for row in rows if row.rule_day == date(2026, 10, 27))
    assert winter.starts_at == datetime(2026, 10, 27, 8, tzinfo=UTC), "nine o'clock stays nine o'clock in winter"
    do(house, end_time_off, time_off_id=absence.id)
    assert listed_now(house, kind)[0] == at(7)
    with house.database.reading(house.organisation.id) as db:
        assert db.get(TimeOff, absence.id) is None


def test_a_night_shift_every_month_is_away_over_midnight(house: House) -> None:
    rule = Recurrence(Repeats.MONTHLY, date(2026, 4, 30))
    do(
        house,
        take_time_off,
        resource_id=house.agents[0].resource_id,
        starts_at=datetime(2026, 4, 30, 20, tzinfo=UTC),
        ends_at=datetime(2026, 5, 1, 4, tzinfo=UTC),
        recurrence=rule,
    )
    with house.database.reading(house.organisation.id) as db:
        rows = db.scalars(select(TimeOffOccurrence).order_by(TimeOffOccurrence.starts_at).limit(3)).all()
    days = [(row.rule_day, (row.ends_at - row.starts_at) // timedelta(hours=1)) for row in rows]
    assert days == [(date(2026, 4, 30), 8), (date(2026, 5, 30), 8), (date(2026, 6, 30), 8)]


def test_a_public_holiday_closes_its_day_and_can_be_unticked_at_one_venue(house: House) -> None:
    kind = reason(house, booking_horizon_minutes=60 * 24 * 60)
    labour_day = date(2026, 5, 1)
    for venue in (house.venue, house.far_venue):
        agent = house.agents[0] if venue is house.venue else house.agents[1]
        opened(
            house,
            kind,
            resource_id=agent.resource_id,
            venue_id=venue.id,
            recurrence=Recurrence(Repeats.ONCE, labour_day),
        )
    house.clock.set(datetime(2026, 4, 27, 7, tzinfo=UTC))
    assert listed_now(house, kind) == []
    choice = do(house, choose_holiday, day=labour_day, is_closed=False, venue_id=house.venue.id)
    assert listed_now(house, kind) == [at(7, day=labour_day)]
    do(house, choose_holiday, day=labour_day, is_closed=False)
    assert len(listed_now(house, kind)) == 2
    do(house, choose_holiday, day=labour_day, is_closed=True, venue_id=house.venue.id)
    assert listed_now(house, kind) == [at(5, day=labour_day)], "a venue's word is stronger"
    do(house, forget_holiday_choice, choice_id=choice.id)
    assert len(listed_now(house, kind)) == 2


def test_each_territory_has_its_own_days_and_an_opening_may_ignore_them(house: House) -> None:
    kind = reason(house, booking_horizon_minutes=300 * 24 * 60)
    freedom = date(2026, 12, 20)
    where = {"venue_id": house.far_venue.id, "recurrence": Recurrence(Repeats.ONCE, freedom)}
    opened(house, kind, **where)
    house.clock.set(datetime(2026, 12, 14, 7, tzinfo=UTC))
    assert listed_now(house, kind) == [at(5, day=freedom)]
    calendar = {"holiday_calendar": HolidayCalendar.LA_REUNION}
    do(house, change_venue, venue_id=house.far_venue.id, changes=calendar, compare=lambda _venue: None)
    assert listed_now(house, kind) == []
    opened(house, kind, resource_id=house.agents[1].resource_id, **where, closes_on_holidays=False)
    assert listed_now(house, kind) == [at(5, day=freedom)]


def test_a_date_that_was_moved_onto_a_holiday_is_closed_unless_it_is_kept_open(house: House) -> None:
    kind = reason(house, booking_horizon_minutes=60 * 24 * 60)
    rule = opened(house, kind)
    holiday = date(2026, 5, 8)
    do(house, change_opening_day, rule_id=rule.id, rule_day=date(2026, 5, 5), local_day=holiday)
    house.clock.set(datetime(2026, 5, 4, 7, tzinfo=UTC))
    assert at(7, day=holiday) not in listed_now(house, kind)
    do(house, change_opening_day, rule_id=rule.id, rule_day=date(2026, 5, 5), closes_on_holidays=False)
    assert at(7, day=holiday) in listed_now(house, kind)


def test_a_night_opening_closes_at_the_midnight_before_a_holiday(house: House) -> None:
    kind = reason(house, booking_notice_minutes=0, booking_horizon_minutes=60 * 24 * 60)
    eve = date(2026, 4, 30)
    opened(house, kind, recurrence=Recurrence(Repeats.ONCE, eve), hours=Hours(23 * 60, 2 * 60))
    house.clock.set(datetime(2026, 4, 27, 7, tzinfo=UTC))
    assert listed_now(house, kind) == [at(21, day=eve)], "half past midnight is on the first of May"
