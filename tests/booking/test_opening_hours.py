"""What an edit of opening hours must not forget: the clocks, the past, the venue, the night."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence, Repeats
from booking.domain.refusals import DateNotFound, OpeningHoursNotFound, TypeNotFound, UnfitValues
from booking.models import OpeningHours, OpeningOccurrence, TimeOffOccurrence
from booking.queries import hours as queries
from booking.use_cases.change_hours import change_hours, end_hours
from booking.use_cases.change_opening_day import cancel_opening_day, change_opening_day, restore_opening_day
from booking.use_cases.extend_dates import extend_dates
from booking.use_cases.retire_type import retire_type
from booking.use_cases.take_time_off import take_time_off
from directory.models import ResourceKind
from directory.use_cases.add_resource import add_resource
from tests.booking.diary import TUESDAY, at, book, do, engaged, opened, reason
from tests.house import House

MONDAY = date(2026, 4, 13)
PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")


def rows(house: House, rule: OpeningHours) -> list[OpeningOccurrence]:
    with house.database.reading(house.organisation.id) as db:
        mine = select(OpeningOccurrence).where(OpeningOccurrence.opening_hours_id == rule.id)
        return list(db.scalars(mine.order_by(OpeningOccurrence.starts_at)))


def told(row: OpeningOccurrence, zone: ZoneInfo = PARIS) -> str:
    starts_at, ends_at = (one.astimezone(zone) for one in (row.starts_at, row.ends_at))
    return f"{starts_at:%d/%m %H:%M}-{ends_at:%H:%M}" + (" cancelled" if row.is_cancelled else "")


def some(house: House, rule: OpeningHours, number: int = 3) -> list[str]:
    return [told(row) for row in rows(house, rule)[:number]]


# -- dates are written ------------------------------------------------------------------------------------------------


def test_the_dates_are_written_from_the_first_day_to_52_weeks_from_now(house: House) -> None:
    rule = opened(house, reason(house), recurrence=Recurrence.weekly(1, since=date(2026, 3, 30)))
    written = rows(house, rule)
    assert (told(written[0]), told(written[-1]), len(written)) == ("31/03 09:00-12:00", "06/04 09:00-12:00", 54)
    assert rule.written_until == date(2027, 4, 12)
    assert {row.rule_day == row.local_day for row in written} == {True}


def test_an_hour_that_exists_twice_is_one_date_of_two_spans(house: House) -> None:
    autumn = date(2026, 10, 25)
    rule = opened(house, reason(house), recurrence=Recurrence(Repeats.ONCE, autumn), hours=Hours(150, 210))
    assert [(row.rule_day, told(row)) for row in rows(house, rule)] == [
        (autumn, "25/10 02:30-02:00"),
        (autumn, "25/10 02:30-03:30"),
    ]
    do(house, cancel_opening_day, rule_id=rule.id, rule_day=autumn)
    assert [row.is_cancelled for row in rows(house, rule)] == [True, True]
    do(house, restore_opening_day, rule_id=rule.id, rule_day=autumn)
    assert [row.is_cancelled for row in rows(house, rule)] == [False, False]


def test_each_hour_is_that_of_the_venues_wall_or_of_the_organisations_without_one(house: House) -> None:
    kind = reason(house)
    there = opened(house, kind, venue_id=house.far_venue.id)
    nowhere = opened(house, kind, venue_id=None)
    assert told(rows(house, there)[0], REUNION) == "14/04 09:00-12:00"
    assert some(house, nowhere, 1) == ["14/04 09:00-12:00"]


def test_a_room_and_a_vehicle_are_open_at_their_own_venue_and_nowhere_else(house: House) -> None:
    kind = reason(house)
    car = do(house, add_resource, kind=ResourceKind.VEHICLE, name="Kangoo", venue_id=house.far_venue.id)
    for resource_id, own, other in (
        (house.room.id, house.venue.id, house.far_venue.id),
        (car.id, house.far_venue.id, house.venue.id),
    ):
        with pytest.raises(UnfitValues) as refusal:
            opened(house, kind, resource_id=resource_id, venue_id=other)
        assert refusal.value.fields == {"venue_id": "booking.unfit.room_elsewhere"}
        assert opened(house, kind, resource_id=resource_id, venue_id=None).venue_id == own


# -- one date ---------------------------------------------------------------------------------------------------------


def test_a_restored_date_is_what_the_rule_says_and_no_exception_any_more(house: House) -> None:
    rule = opened(house, reason(house))
    do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAY, local_day=date(2026, 4, 16), closes=1440)
    (moved,) = (row for row in rows(house, rule) if row.rule_day == TUESDAY)
    assert (told(moved), moved.local_day, moved.is_exception) == ("16/04 09:00-00:00", date(2026, 4, 16), True)
    do(house, restore_opening_day, rule_id=rule.id, rule_day=TUESDAY)
    (restored,) = (row for row in rows(house, rule) if row.rule_day == TUESDAY)
    assert (told(restored), restored.local_day, restored.is_exception) == ("14/04 09:00-12:00", TUESDAY, False)


def test_a_date_on_which_the_clocks_change_is_moved_with_the_hours_of_its_rule(house: House) -> None:
    spring = date(2027, 3, 28)
    rule = opened(house, reason(house), recurrence=Recurrence.weekly(6, since=MONDAY), hours=Hours(150, 300))
    assert told(rows(house, rule)[-3]) == "28/03 03:00-05:00", "half past two does not exist"
    do(house, change_opening_day, rule_id=rule.id, rule_day=spring, local_day=date(2027, 3, 29))
    assert told(rows(house, rule)[-3]) == "29/03 02:30-05:00"


def test_a_changed_date_is_not_over_already(house: House) -> None:
    rule = opened(house, reason(house))
    house.clock.set(at(6, 30))
    with pytest.raises(UnfitValues) as refusal:
        do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAY, opens=7 * 60, closes=8 * 60)
    assert refusal.value.fields == {"closes_at": "booking.unfit.past"}


# -- the whole rule ---------------------------------------------------------------------------------------------------


def test_past_dates_and_the_one_under_way_stay_as_they_were(house: House) -> None:
    rule = opened(house, reason(house))
    house.clock.set(at(8, day=date(2026, 4, 21)))
    do(house, change_hours, rule_id=rule.id, changes={"opens": 14 * 60, "closes": 17 * 60})
    assert some(house, rule) == ["14/04 09:00-12:00", "21/04 09:00-12:00", "28/04 14:00-17:00"]


def test_a_rule_that_begins_later_than_it_did_has_no_dates_before(house: House) -> None:
    rule = opened(house, reason(house))
    do(house, change_hours, rule_id=rule.id, changes={"first_day": date(2026, 5, 1)})
    assert some(house, rule, 2) == ["05/05 09:00-12:00", "12/05 09:00-12:00"]
    do(house, change_hours, rule_id=rule.id, changes={"first_day": date(2026, 4, 1)})
    assert some(house, rule, 2) == ["14/04 09:00-12:00", "21/04 09:00-12:00"], "the past is not written anew"


def test_a_rule_that_began_years_ago_can_be_changed(house: House) -> None:
    rule = opened(house, reason(house))
    house.clock.set(datetime(2028, 6, 1, 8, tzinfo=UTC))
    do(house, change_hours, rule_id=rule.id, changes={"closes": 13 * 60})
    assert told(rows(house, rule)[-1]) == "29/05 09:00-13:00"
    with pytest.raises(UnfitValues) as refusal:
        do(house, change_hours, rule_id=rule.id, changes={"first_day": date(2026, 4, 14)})
    assert refusal.value.fields == {"first_day": "booking.unfit.too_far"}


def test_a_last_day_that_is_put_off_or_taken_away_brings_the_dates_back(house: House) -> None:
    rule = opened(house, reason(house), recurrence=Recurrence.weekly(1, since=MONDAY, until=date(2026, 4, 21)))
    assert some(house, rule) == ["14/04 09:00-12:00", "21/04 09:00-12:00"]
    do(house, change_hours, rule_id=rule.id, changes={"last_day": date(2026, 4, 28)})
    assert some(house, rule) == ["14/04 09:00-12:00", "21/04 09:00-12:00", "28/04 09:00-12:00"]
    do(house, change_hours, rule_id=rule.id, changes={"last_day": None})
    assert len(rows(house, rule)) == 52


def test_from_the_first_date_on_is_the_same_as_all(house: House) -> None:
    rule = opened(house, reason(house))
    changed = do(house, change_hours, rule_id=rule.id, changes={"opens": 600}, since=TUESDAY)
    assert (changed.id, some(house, rule, 1)) == (rule.id, ["14/04 10:00-12:00"])


def test_exceptions_are_kept_on_both_sides_of_a_split_and_belong_to_who_they_follow(house: House) -> None:
    rule = opened(house, reason(house))
    for week, hours in ((1, {"opens": 600}), (3, {"opens": 660})):
        do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAY + timedelta(weeks=week), **hours)
    do(house, cancel_opening_day, rule_id=rule.id, rule_day=TUESDAY + timedelta(weeks=4))
    since = TUESDAY + timedelta(weeks=2)
    new = do(house, change_hours, rule_id=rule.id, changes={"closes": 13 * 60}, since=since)
    assert some(house, rule, 9) == ["14/04 09:00-12:00", "21/04 10:00-12:00"]
    assert some(house, new, 4) == [
        "28/04 09:00-13:00", "05/05 11:00-12:00", "12/05 09:00-12:00 cancelled", "19/05 09:00-13:00",
    ]  # fmt: skip
    do(house, restore_opening_day, rule_id=new.id, rule_day=TUESDAY + timedelta(weeks=4))
    assert some(house, new, 3)[2] == "12/05 09:00-13:00"
    with pytest.raises(DateNotFound):
        do(house, restore_opening_day, rule_id=rule.id, rule_day=TUESDAY + timedelta(weeks=3))


def test_what_follows_a_date_may_be_on_another_weekday_and_for_other_types(house: House) -> None:
    kind, other = reason(house), reason(house, name="Autre")
    rule = opened(house, kind)
    changes = {"weekdays": frozenset({4}), "type_ids": [other.id], "closes_on_holidays": False}
    new = do(house, change_hours, rule_id=rule.id, changes=changes, since=TUESDAY + timedelta(weeks=1))
    assert (some(house, rule), some(house, new, 1)) == (["14/04 09:00-12:00"], ["24/04 09:00-12:00"])
    assert {row.closes_on_holidays for row in rows(house, new)} == {False}
    with house.database.reading(house.organisation.id) as db:
        assert queries.types_of(db, [rule.id, new.id]) == {rule.id: [kind.id], new.id: [other.id]}


def test_a_rule_that_moves_to_another_venue_takes_its_exceptions_along(house: House) -> None:
    rule = opened(house, reason(house))
    do(house, change_opening_day, rule_id=rule.id, rule_day=TUESDAY, opens=10 * 60)
    do(house, change_hours, rule_id=rule.id, changes={"venue_id": house.far_venue.id})
    first, second = rows(house, rule)[:2]
    assert {first.venue_id, second.venue_id} == {house.far_venue.id}
    assert [told(row, REUNION) for row in (first, second)] == ["14/04 10:00-12:00", "21/04 09:00-12:00"]


def test_a_type_that_is_offered_no_more_stays_in_its_rule_and_comes_to_no_other(house: House) -> None:
    gone, kind = reason(house), reason(house)
    rule, other = opened(house, gone, type_ids=[gone.id, kind.id]), opened(house, kind)
    do(house, retire_type, type_id=gone.id)
    do(house, change_hours, rule_id=rule.id, changes={"opens": 600})
    with pytest.raises(TypeNotFound):
        do(house, change_hours, rule_id=other.id, changes={"type_ids": [gone.id]})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes": 9 * 60}, "closes_at"),
        ({"weekdays": frozenset()}, "weekdays"),
        ({"every": 53}, "every"),
        ({"repeats": Repeats.MONTHLY}, "weekdays"),
        ({"last_day": date(2026, 4, 12)}, "last_day"),
        ({"type_ids": []}, "type_ids"),
    ],
)
def test_a_change_that_makes_no_sense_leaves_everything_as_it_was(
    sqlite_house: House, changes: dict[str, Any], field: str
) -> None:
    rule = opened(sqlite_house, reason(sqlite_house))
    with pytest.raises(UnfitValues) as refusal:
        do(sqlite_house, change_hours, rule_id=rule.id, changes=changes)
    assert list(refusal.value.fields) == [field]
    assert len(rows(sqlite_house, rule)) == 52


def test_a_rule_of_another_organisation_is_not_found(sqlite_house: House) -> None:
    house = sqlite_house
    with pytest.raises(OpeningHoursNotFound):
        do(house, change_hours, rule_id=1, changes={})
    rule = opened(house, reason(house))
    stranger = house.system()
    with pytest.raises(OpeningHoursNotFound):
        house.database.in_transaction(house.other.id, end_hours, stranger, now=house.now, rule_id=rule.id)


# -- the end ----------------------------------------------------------------------------------------------------------


def test_a_rule_that_ends_now_keeps_its_past_and_closes_what_is_under_way(house: House) -> None:
    rule = opened(house, reason(house))
    house.clock.set(at(8, day=date(2026, 4, 21)))
    do(house, end_hours, rule_id=rule.id)
    assert some(house, rule) == ["14/04 09:00-12:00", "21/04 09:00-10:00"]
    do(house, end_hours, rule_id=rule.id)
    assert len(rows(house, rule)) == 2, "a second time there is nothing to end"
    assert do(house, extend_dates) == 0


def test_a_rule_that_ends_with_today_stays_open_until_the_evening(house: House) -> None:
    rule = opened(house, reason(house))
    house.clock.set(at(8))
    do(house, end_hours, rule_id=rule.id, last_day=TUESDAY)
    assert some(house, rule) == ["14/04 09:00-12:00"]


def test_an_edit_touches_nothing_that_is_booked(house: House) -> None:
    kind = reason(house)
    rule = opened(house, kind)
    book(house, kind, at(7))
    before = [(row.id, row.start_minute, row.end_minute) for row in engaged(house)]
    do(house, cancel_opening_day, rule_id=rule.id, rule_day=TUESDAY)
    do(house, change_hours, rule_id=rule.id, changes={"opens": 11 * 60})
    do(house, end_hours, rule_id=rule.id)
    assert [(row.id, row.start_minute, row.end_minute) for row in engaged(house)] == before


# -- the night --------------------------------------------------------------------------------------------------------


def test_at_night_the_worker_writes_the_dates_that_are_missing(house: House) -> None:
    rule = opened(house, reason(house))
    who = {"resource_id": house.agents[0].resource_id}
    away = do(
        house, take_time_off, **who, starts_at=at(7), ends_at=at(8), recurrence=Recurrence.weekly(1, since=TUESDAY)
    )
    house.worker.run_until_empty()
    house.clock.advance(timedelta(days=8))
    house.worker.run_until_empty()
    assert told(rows(house, rule)[-1]) == "20/04 09:00-12:00"
    with house.database.reading(house.organisation.id) as db:
        mine = TimeOffOccurrence.time_off_id == away.id
        assert db.scalar(select(func.max(TimeOffOccurrence.rule_day)).where(mine)) == date(2027, 4, 20)


def test_the_night_takes_as_many_statements_for_many_rules_as_for_one(house: House) -> None:
    kind = reason(house)

    def night() -> int:
        seen: list[str] = []

        def listen(*arguments: Any) -> None:
            seen.append(arguments[2])

        house.clock.advance(timedelta(weeks=1))
        event.listen(house.database.engine, "before_cursor_execute", listen)
        do(house, extend_dates)
        event.remove(house.database.engine, "before_cursor_execute", listen)
        return len(seen)

    opened(house, kind)
    few = night()
    for agent in house.agents:
        for weekday in range(5):
            opened(house, kind, resource_id=agent.resource_id, recurrence=Recurrence.weekly(weekday, since=MONDAY))
    assert night() == few


def test_a_rule_of_an_edit_that_came_first_is_not_written_twice(house: House) -> None:
    rule = opened(house, reason(house))
    house.clock.advance(timedelta(weeks=2))
    do(house, change_hours, rule_id=rule.id, changes={"closes": 11 * 60})
    assert do(house, extend_dates) == 0

    def starts(db: Session) -> int:
        found = select(OpeningOccurrence.starts_at).where(OpeningOccurrence.opening_hours_id == rule.id)
        return len(db.scalars(found).all()) - len(set(db.scalars(found)))

    with house.database.reading(house.organisation.id) as db:
        assert starts(db) == 0
