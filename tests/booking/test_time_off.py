"""An absence repeats, changes for one date, for the following or for all, and ends, as opening hours do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from booking.domain.occurrences import Recurrence, Repeats
from booking.domain.refusals import DateNotFound, TimeOffNotFound, UnfitValues
from booking.models import TimeOff, TimeOffOccurrence
from booking.queries import time_offs
from booking.use_cases.change_absence_day import cancel_absence_day, change_absence_day, restore_absence_day
from booking.use_cases.change_time_off import change_time_off, end_time_off
from booking.use_cases.extend_dates import extend_dates
from booking.use_cases.take_time_off import take_time_off
from tests.booking.diary import TUESDAY, at, do
from tests.house import House

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
NINE, ELEVEN = at(7), at(9)  # in Bordeaux
EVERY_TUESDAY = Recurrence.weekly(1, since=TUESDAY)


def away(house: House, starts_at: datetime = NINE, ends_at: datetime = ELEVEN, **others: Any) -> TimeOff:
    who = {"resource_id": house.agents[0].resource_id, **others}
    absence: TimeOff = do(house, take_time_off, starts_at=starts_at, ends_at=ends_at, **who)
    return absence


def rows(house: House, absence: TimeOff) -> list[TimeOffOccurrence]:
    with house.database.reading(house.organisation.id) as db:
        mine = select(TimeOffOccurrence).where(TimeOffOccurrence.time_off_id == absence.id)
        return list(db.scalars(mine.order_by(TimeOffOccurrence.starts_at)))


def some(house: House, absence: TimeOff, number: int = 3, zone: ZoneInfo = PARIS) -> list[str]:
    return [
        f"{row.starts_at.astimezone(zone):%d/%m %H:%M}-{row.ends_at.astimezone(zone):%d/%m %H:%M}"
        + (" cancelled" if row.is_cancelled else "")
        for row in rows(house, absence)[:number]
    ]


def refused(house: House, use_case: Any, **values: Any) -> dict[str, str]:
    with pytest.raises(UnfitValues) as refusal:
        do(house, use_case, **values)
    return dict(refusal.value.fields)


# -- written down -----------------------------------------------------------------------------------------------------


def test_an_absence_is_its_instants_whole_minutes_around_them(house: House) -> None:
    second = timedelta(seconds=1)
    absence = away(house, at(7) + 10 * second, at(7) + 50 * second)
    assert some(house, absence) == ["14/04 09:00-14/04 09:01"]


def test_an_absence_while_the_clocks_go_back_is_its_instants(house: House) -> None:
    first, last = datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    absence = away(house, first, last)
    (row,) = rows(house, absence)
    assert (row.starts_at, row.ends_at) == (first, last)
    assert some(house, absence) == ["25/10 02:50-25/10 02:10"]


def test_an_absence_that_repeats_has_the_hours_of_the_venues_wall(house: House) -> None:
    absence = away(house, at(5), at(8), venue_id=house.far_venue.id, recurrence=EVERY_TUESDAY)
    assert some(house, absence, 1, REUNION) == ["14/04 09:00-14/04 12:00"]
    assert len(rows(house, absence)) == 52


def test_an_absence_may_span_days_and_come_again_every_second_week(house: House) -> None:
    days = Recurrence.weekly(1, since=TUESDAY, every=2)
    absence = away(house, at(16), at(6, day=date(2026, 4, 16)), recurrence=days)
    assert some(house, absence, 2) == ["14/04 18:00-16/04 08:00", "28/04 18:00-30/04 08:00"]


def test_rooms_are_away_as_agents_are(house: House) -> None:
    absence = away(house, resource_id=house.room.id, recurrence=Recurrence(Repeats.MONTHLY, TUESDAY, every=3))
    assert some(house, absence, 2) == ["14/04 09:00-14/04 11:00", "14/07 09:00-14/07 11:00"]


def test_an_absence_begins_with_the_first_date_of_its_rule(house: House) -> None:
    late = {"starts_at": at(7, day=date(2026, 4, 15)), "ends_at": at(9, day=date(2026, 4, 15))}
    who = {"resource_id": house.agents[0].resource_id, "recurrence": EVERY_TUESDAY}
    assert refused(house, take_time_off, **who, **late) == {"starts_at": "booking.unfit.first_date"}


def test_an_absence_lasts_a_year_on_the_wall_too(house: House) -> None:
    first = datetime(2026, 11, 1, 22, 59, tzinfo=UTC)
    span = {"starts_at": first, "ends_at": first + timedelta(days=366)}
    assert away(house, **span).days == 366
    summer = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # an hour is missing from the year that follows
    span = {"starts_at": summer, "ends_at": summer + timedelta(days=366)}
    fields = refused(house, take_time_off, resource_id=house.room.id, **span)
    assert fields == {"ends_at": "booking.unfit.too_long"}


# -- one date ---------------------------------------------------------------------------------------------------------


def test_one_date_begins_or_ends_at_another_time_and_comes_back(house: House) -> None:
    absence = away(house, recurrence=EVERY_TUESDAY)
    do(house, change_absence_day, time_off_id=absence.id, rule_day=TUESDAY, ends_at=at(15))
    assert some(house, absence, 2) == ["14/04 09:00-14/04 17:00", "21/04 09:00-21/04 11:00"]
    moved = {"starts_at": at(7, day=date(2026, 4, 16)), "ends_at": at(9, day=date(2026, 4, 17))}
    do(house, change_absence_day, time_off_id=absence.id, rule_day=TUESDAY, **moved)
    assert some(house, absence, 1) == ["16/04 09:00-17/04 11:00"]
    assert [row.is_exception for row in rows(house, absence)[:2]] == [True, False]
    do(house, restore_absence_day, time_off_id=absence.id, rule_day=TUESDAY)
    assert some(house, absence, 1) == ["14/04 09:00-14/04 11:00"]


def test_a_date_is_changed_to_something_that_is_to_come(house: House) -> None:
    absence = away(house, recurrence=EVERY_TUESDAY)
    wanted = {"time_off_id": absence.id, "rule_day": TUESDAY}
    assert refused(house, change_absence_day, **wanted, ends_at=at(7)) == {"ends_at": "booking.unfit.ends_before"}
    past = {"starts_at": at(5, day=date(2026, 4, 13)), "ends_at": at(6, day=date(2026, 4, 13))}
    assert refused(house, change_absence_day, **wanted, **past) == {"ends_at": "booking.unfit.past"}
    far = {"starts_at": at(5, day=date(2027, 4, 15)), "ends_at": at(6, day=date(2027, 4, 15))}
    assert refused(house, change_absence_day, **wanted, **far) == {"starts_at": "booking.unfit.too_far"}
    house.clock.set(at(7))
    for use_case in (change_absence_day, cancel_absence_day, restore_absence_day):
        with pytest.raises(DateNotFound):
            do(house, use_case, **wanted)


# -- all of it, or from a date on -------------------------------------------------------------------------------------


def test_what_is_once_is_changed_until_it_is_over(house: House) -> None:
    absence = away(house, at(7), at(9))
    do(house, change_time_off, time_off_id=absence.id, changes={"starts_at": at(6), "reason": "formation"})
    assert some(house, absence) == ["14/04 08:00-14/04 11:00"]
    house.clock.set(at(8))
    do(house, change_time_off, time_off_id=absence.id, changes={"ends_at": at(9, day=date(2026, 4, 17))})
    assert some(house, absence) == ["14/04 08:00-17/04 11:00"], "still ill"
    fields = refused(house, change_time_off, time_off_id=absence.id, changes={"starts_at": at(5)})
    assert fields == {"starts_at": "booking.unfit.past"}
    house.clock.set(at(9, day=date(2026, 4, 17)))
    with pytest.raises(DateNotFound):
        do(house, change_time_off, time_off_id=absence.id, changes={"ends_at": at(9, day=date(2026, 4, 18))})
    with house.database.reading(house.organisation.id) as db:
        found = time_offs.by_id(db, absence.id)
        assert (found.reason, found.first_day, found.days) == ("formation", TUESDAY, 3)


def test_what_is_once_does_not_begin_to_repeat(house: House) -> None:
    absence, weekly = away(house), away(house, recurrence=EVERY_TUESDAY)
    for one, repeats in ((absence, Repeats.MONTHLY), (weekly, Repeats.ONCE)):
        fields = refused(house, change_time_off, time_off_id=one.id, changes={"repeats": repeats})
        assert fields == {"repeats": "booking.unfit.stays_once"}


def test_all_dates_take_other_hours_and_what_was_set_by_hand_is_kept(house: House) -> None:
    absence = away(house, recurrence=EVERY_TUESDAY)
    second, third = (TUESDAY + timedelta(weeks=n) for n in (1, 2))
    do(house, cancel_absence_day, time_off_id=absence.id, rule_day=second)
    do(house, change_absence_day, time_off_id=absence.id, rule_day=third, ends_at=at(8, day=third))
    hours = {"starts_at": at(12), "ends_at": at(14)}
    do(house, change_time_off, time_off_id=absence.id, changes=hours)
    assert some(house, absence, 4) == [
        "14/04 14:00-14/04 16:00",
        "21/04 09:00-21/04 11:00 cancelled",
        "28/04 09:00-28/04 10:00",
        "05/05 14:00-05/05 16:00",
    ]
    fields = refused(house, change_time_off, time_off_id=absence.id, changes={"ends_at": at(14)})
    assert fields == {"starts_at": "api.field.missing"}


def test_this_date_and_the_following_change_and_those_before_stay(house: House) -> None:
    absence = away(house, recurrence=EVERY_TUESDAY, reason="formation")
    since, fourth = TUESDAY + timedelta(weeks=2), TUESDAY + timedelta(weeks=3)
    do(house, cancel_absence_day, time_off_id=absence.id, rule_day=fourth)
    changes = {"weekdays": frozenset({1, 3}), "starts_at": at(12), "ends_at": at(14)}
    new = do(house, change_time_off, time_off_id=absence.id, changes=changes, since=since)
    assert some(house, absence) == ["14/04 09:00-14/04 11:00", "21/04 09:00-21/04 11:00"]
    assert some(house, new, 4) == [
        "28/04 14:00-28/04 16:00",
        "30/04 14:00-30/04 16:00",
        "05/05 09:00-05/05 11:00 cancelled",
        "07/05 14:00-07/05 16:00",
    ]
    assert (new.id != absence.id, new.reason) == (True, "formation")
    for day in (date(2026, 4, 29), date(2026, 4, 7)):
        with pytest.raises(DateNotFound):
            do(house, change_time_off, time_off_id=absence.id, changes=changes, since=day)


def test_the_past_of_an_absence_stays(house: House) -> None:
    absence = away(house, recurrence=EVERY_TUESDAY)
    house.clock.set(at(8, day=date(2026, 4, 21)))
    do(house, change_time_off, time_off_id=absence.id, changes={"every": 2})
    assert some(house, absence) == ["14/04 09:00-14/04 11:00", "21/04 09:00-21/04 11:00", "28/04 09:00-28/04 11:00"]
    do(house, end_time_off, time_off_id=absence.id)
    assert some(house, absence) == ["14/04 09:00-14/04 11:00", "21/04 09:00-21/04 10:00"]
    assert do(house, extend_dates) == 0


# -- the end ----------------------------------------------------------------------------------------------------------


def test_an_absence_ends_now_or_with_a_day(house: House) -> None:
    week = away(house, at(7), at(9, day=date(2026, 4, 20)))
    do(house, end_time_off, time_off_id=week.id, last_day=date(2026, 4, 16))
    assert some(house, week) == ["14/04 09:00-17/04 00:00"]
    house.clock.set(at(8))
    do(house, end_time_off, time_off_id=week.id)
    assert some(house, week) == ["14/04 09:00-14/04 10:00"]


def test_an_absence_that_ends_before_it_began_is_gone(house: House) -> None:
    absence = away(house)
    do(house, end_time_off, time_off_id=absence.id)
    with pytest.raises(TimeOffNotFound):
        do(house, end_time_off, time_off_id=absence.id)


def test_the_list_reads_the_first_date_of_each_and_no_other(house: House) -> None:
    weekly, once = away(house, recurrence=EVERY_TUESDAY), away(house, at(10), at(11))
    with house.database.reading(house.organisation.id) as db:
        found = time_offs.first_dates(db, [weekly.id, once.id, 1])
    assert {one: row.starts_at for one, row in found.items()} == {weekly.id: at(7), once.id: at(10)}
