"""Workshops in series: a rule, its dates a year ahead, and what becomes of them when the rule changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from booking.domain.occurrences import Recurrence, Repeats
from booking.domain.refusals import DateNotFound, SeriesNotFound, UnfitValues
from booking.domain.workshops import Dates, Why
from booking.models import AppointmentType, Workshop, WorkshopSeries
from booking.use_cases.cancel_workshop import cancel_workshop
from booking.use_cases.change_series import change_series, end_series
from booking.use_cases.change_workshop import change_workshop
from booking.use_cases.extend_series import extend_series
from booking.use_cases.retire_type import retire_type
from booking.use_cases.take_time_off import take_time_off
from directory.domain.holidays import HolidayCalendar
from directory.models import Venue
from foundation.models import AuditEntry
from tests.booking.diary import at, confirm, engaged, reason, seat, series, somebody, workshop
from tests.house import House

FIRST = date(2026, 4, 14)
SECOND, THIRD, FOURTH = (FIRST + timedelta(weeks=weeks) for weeks in (1, 2, 3))
MONTH = Recurrence.weekly(1, since=date(2026, 4, 13), until=FOURTH)


@pytest.fixture
def kind(house: House) -> AppointmentType:
    return reason(house, is_workshop=True, duration_minutes=120, channels=["on-site"])


def dates_of(house: House, made: WorkshopSeries) -> dict[date, Workshop]:
    with house.database.reading(house.organisation.id) as db:
        rows = db.scalars(select(Workshop).where(Workshop.series_id == made.id).order_by(Workshop.rule_day))
        return {row.rule_day or date.min: row for row in rows}


def live(house: House, made: WorkshopSeries) -> list[date]:
    return [day for day, row in dates_of(house, made).items() if row.cancelled_at is None]


def change(
    house: House,
    made: WorkshopSeries,
    *,
    since: date | None = None,
    recurrence: Recurrence | None = None,
    **changes: Any,
) -> Dates:
    _, dates = house.database.in_transaction(
        house.organisation.id,
        change_series,
        house.system(),
        now=house.now,
        series_id=made.id,
        changes=changes,
        since=since,
        recurrence=recurrence,
    )
    return dates


def end(house: House, made: WorkshopSeries, since: date | None = None) -> Dates:
    _, dates = house.database.in_transaction(
        house.organisation.id, end_series, house.system(), now=house.now, series_id=made.id, since=since
    )
    return dates


def by_hand(house: House, one: Workshop, **changes: Any) -> None:
    house.database.in_transaction(
        house.organisation.id,
        change_workshop,
        house.system(),
        now=house.now,
        workshop_id=one.id,
        changes=changes,
    )


def call_off(house: House, one: Workshop) -> None:
    house.database.in_transaction(
        house.organisation.id, cancel_workshop, house.system(), now=house.now, workshop_id=one.id
    )


def night(house: House) -> int:
    return int(house.database.in_transaction(house.organisation.id, extend_series, house.system(), now=house.now))


# -- planning ---------------------------------------------------------------------------------------------------------


def test_a_series_has_its_dates_for_a_year_on_the_wall_clock_of_its_venue(house: House, kind: AppointmentType) -> None:
    made, dates = series(house, kind.id, recurrence=Recurrence.weekly(1, since=date(2026, 4, 13)))
    found = dates_of(house, made)
    assert len(found) == len(dates.planned) == 52 - len(dates.skipped)
    assert found[FIRST].starts_at == at(12)
    winter = date(2026, 11, 3)
    assert found[winter].starts_at == at(13, day=winter)
    assert len(engaged(house)) == len(found)
    assert made.written_until == date(2027, 4, 12)


def test_a_series_begins_today_at_the_hours_that_are_to_come(house: House, kind: AppointmentType) -> None:
    today = Recurrence.weekly(0, since=date(2026, 4, 6), until=date(2026, 4, 20))
    _, dates = series(house, kind.id, recurrence=today, starts_minute=8 * 60)
    assert dates.planned == [date(2026, 4, 20)]
    _, dates = series(house, kind.id, recurrence=today, starts_minute=14 * 60)
    assert dates.planned == [date(2026, 4, 13), date(2026, 4, 20)]


def test_a_monthly_series_and_a_single_date_are_series_too(house: House, kind: AppointmentType) -> None:
    monthly = Recurrence(Repeats.MONTHLY, date(2026, 5, 31), date(2026, 8, 31))
    assert series(house, kind.id, recurrence=monthly)[1].planned == [date(2026, m, 31) for m in (5, 7, 8)]
    once = Recurrence(Repeats.ONCE, date(2026, 6, 3))
    assert series(house, kind.id, recurrence=once)[1].planned == [date(2026, 6, 3)]


def test_what_is_taken_closed_or_away_is_skipped_and_said(house: House, kind: AppointmentType) -> None:
    agent, room = house.agents[2], house.room
    workshop(house, kind, capacity=3, starts_at=at(13, day=FIRST), agent=agent)
    workshop(house, kind, capacity=3, starts_at=at(13, day=SECOND), resource_ids=[room.id])
    house.database.in_transaction(
        house.organisation.id,
        take_time_off,
        house.system(),
        now=house.now,
        resource_id=agent.resource_id,
        starts_at=at(13, day=THIRD),
        ends_at=at(16, day=THIRD),
    )
    rule = Recurrence.weekly(1, 4, since=date(2026, 4, 14), until=date(2026, 5, 5))
    made, dates = series(house, kind.id, recurrence=rule, resource_ids=[room.id])
    assert dates.skipped == [
        (FIRST, Why.TAKEN),
        (SECOND, Why.TAKEN),
        (THIRD, Why.AWAY),
        (date(2026, 5, 1), Why.HOLIDAY),
    ]
    assert live(house, made) == dates.planned == [date(2026, 4, 17), date(2026, 4, 24), FOURTH]


def test_each_venue_has_its_own_holidays_and_its_own_clock(house: House, kind: AppointmentType) -> None:
    def settle(db: Any) -> None:
        db.get_one(Venue, house.far_venue.id).holiday_calendar = HolidayCalendar.LA_REUNION

    house.database.in_transaction(house.organisation.id, settle)
    december = Recurrence(Repeats.ONCE, date(2026, 12, 20))
    made, dates = series(house, kind.id, recurrence=december, venue_id=house.far_venue.id)
    assert (dates.planned, dates.skipped) == ([], [(date(2026, 12, 20), Why.HOLIDAY)])
    made, _ = series(house, kind.id, recurrence=Recurrence(Repeats.ONCE, FIRST), venue_id=house.far_venue.id)
    assert dates_of(house, made)[FIRST].starts_at == at(10)


def test_an_hour_that_does_not_exist_is_skipped(house: House, kind: AppointmentType) -> None:
    spring = Recurrence(Repeats.ONCE, date(2027, 3, 28))
    _, dates = series(house, kind.id, recurrence=spring, starts_minute=150)
    assert dates.skipped == [(date(2027, 3, 28), Why.NO_SUCH_HOUR)]


def test_an_hour_that_comes_twice_is_the_first_of_the_two(house: House, kind: AppointmentType) -> None:
    day = date(2026, 10, 25)
    made, _ = series(house, kind.id, recurrence=Recurrence(Repeats.ONCE, day), starts_minute=150)
    assert dates_of(house, made)[day].starts_at == at(0, 30, day=day)


def test_a_series_that_contradicts_itself_is_refused(house: House, kind: AppointmentType) -> None:
    for changes in (
        {"recurrence": Recurrence(Repeats.WEEKLY, FIRST)},
        {"recurrence": Recurrence(Repeats.ONCE, date(2026, 4, 1))},
        {"recurrence": Recurrence.weekly(1, since=date(2026, 1, 1), until=date(2026, 4, 1))},
        {"capacity": 0},
        {"starts_minute": 1440},
        {"resource_ids": [house.room.id, house.room.id]},
        {"resource_ids": [house.room.id], "venue_id": house.far_venue.id},
    ):
        with pytest.raises(UnfitValues):
            series(house, kind.id, **changes)


def test_planning_takes_as_many_statements_for_many_dates_as_for_few(house: House, kind: AppointmentType) -> None:
    def statements(rule: Recurrence, agent: int) -> int:
        seen: list[str] = []
        listener = lambda _c, _k, statement, *_: seen.append(statement)  # noqa: E731
        event.listen(house.database.engine, "before_cursor_execute", listener)
        series(house, kind.id, recurrence=rule, agent_resource_id=house.agents[agent].resource_id)
        event.remove(house.database.engine, "before_cursor_execute", listener)
        return len([one for one in seen if not one.startswith("SELECT set_config")])

    few = statements(Recurrence.weekly(1, since=FIRST, until=FOURTH), 0)
    assert statements(Recurrence.weekly(0, 1, 2, 3, since=FIRST, until=date(2026, 12, 31)), 1) <= few + 4


# -- the night --------------------------------------------------------------------------------------------------------


def test_each_night_a_series_goes_a_day_further_and_a_second_time_does_nothing(
    house: House, kind: AppointmentType
) -> None:
    made, _ = series(house, kind.id)
    ended, _ = series(house, kind.id, recurrence=MONTH, starts_minute=9 * 60)
    before = len(dates_of(house, made))
    house.clock.advance(timedelta(days=1))
    assert night(house) == 1
    assert len(dates_of(house, made)) == before + 1
    assert max(dates_of(house, made)) == date(2027, 4, 13)
    assert night(house) == 0
    assert len(dates_of(house, ended)) == 4


def test_the_night_does_not_plan_again_what_was_cancelled_and_skips_what_is_taken(
    house: House, kind: AppointmentType
) -> None:
    made, _ = series(house, kind.id)
    call_off(house, dates_of(house, made)[SECOND])
    far = date(2027, 4, 13)
    workshop(house, kind, capacity=3, starts_at=at(12, day=far), agent=house.agents[2])
    house.clock.advance(timedelta(days=8))
    assert night(house) == 1
    assert SECOND not in live(house, made)
    assert (far in live(house, made), far + timedelta(weeks=1) in live(house, made)) == (False, True)
    with house.database.reading(house.organisation.id) as db:
        (told,) = db.scalars(select(AuditEntry).where(AuditEntry.action == "series-dates-skipped"))
    assert (told.subject_id, told.details) == (made.id, {"skipped": "2027-04-13:taken"})


def test_a_series_of_a_retired_type_stands_still(house: House, kind: AppointmentType) -> None:
    made, _ = series(house, kind.id)
    before = live(house, made)
    house.database.in_transaction(house.organisation.id, retire_type, house.system(), now=house.now, type_id=kind.id)
    house.clock.advance(timedelta(days=8))
    assert night(house) == 0
    assert live(house, made) == before


# -- changing ---------------------------------------------------------------------------------------------------------


def test_a_change_of_all_moves_what_is_to_come_and_keeps_what_was_set_by_hand(
    house: House, kind: AppointmentType
) -> None:
    made, _ = series(house, kind.id, recurrence=MONTH)
    found = dates_of(house, made)
    by_hand(house, found[SECOND], starts_at=at(14, day=SECOND))
    call_off(house, found[THIRD])
    booked = confirm(house, seat(house, found[FOURTH]).token, somebody(1))
    dates = change(house, made, starts_minute=10 * 60, capacity=5, title="Autre atelier")
    assert (dates.changed, dates.kept, dates.planned) == ([FIRST, FOURTH], [(SECOND, Why.BY_HAND)], [])
    after = dates_of(house, made)
    assert [after[day].starts_at for day in (FIRST, SECOND, FOURTH)] == [
        at(8, day=FIRST),
        at(14, day=SECOND),
        at(8, day=FOURTH),
    ]
    assert (after[FIRST].capacity, after[SECOND].capacity, after[SECOND].title) == (5, 8, "Atelier CV")
    assert after[THIRD].cancelled_at is not None
    house.worker.run_until_empty()
    with house.database.reading(house.organisation.id) as db:
        assert db.get_one(type(booked), booked.id).starts_at == at(8, day=FOURTH)
    assert len(house.mails) == 1  # the first message had not left yet: the second one says it all


def test_this_and_the_following_leaves_what_comes_before(house: House, kind: AppointmentType) -> None:
    made, _ = series(house, kind.id, recurrence=MONTH)
    dates = change(house, made, since=THIRD, agent_resource_id=house.agents[3].resource_id)
    assert dates.changed == [THIRD, FOURTH]
    agents = [one.agent_resource_id for one in dates_of(house, made).values()]
    assert agents == [house.agents[2].resource_id] * 2 + [house.agents[3].resource_id] * 2
    with pytest.raises(DateNotFound):
        change(house, made, since=THIRD + timedelta(days=1), title="Autre")


def test_on_other_days_the_empty_dates_go_and_those_with_people_stay_and_are_said(
    house: House, kind: AppointmentType
) -> None:
    made, _ = series(house, kind.id, recurrence=MONTH)
    confirm(house, seat(house, dates_of(house, made)[SECOND]).token, somebody(1))
    wednesdays = Recurrence.weekly(2, since=date(2026, 4, 13), until=FOURTH + timedelta(days=1))
    dates = change(house, made, recurrence=wednesdays)
    day = timedelta(days=1)
    assert dates.cancelled == [FIRST, THIRD, FOURTH]
    assert dates.kept == [(SECOND, Why.PEOPLE)]
    assert dates.planned == [FIRST + day, SECOND + day, THIRD + day, FOURTH + day]
    assert len(engaged(house)) == 5
    back = change(house, made, recurrence=MONTH)
    assert back.planned == [FIRST, THIRD, FOURTH]
    assert live(house, made) == [FIRST, SECOND, THIRD, FOURTH]
    assert len(engaged(house)) == 4


def test_a_date_that_cannot_follow_stays_for_its_people_and_is_skipped_without_any(
    house: House, kind: AppointmentType
) -> None:
    made, _ = series(house, kind.id, recurrence=MONTH)
    found = dates_of(house, made)
    confirm(house, seat(house, found[FIRST]).token, somebody(1))
    for busy in (FIRST, SECOND):
        workshop(house, kind, capacity=3, starts_at=at(7, day=busy), agent=house.agents[2])
    dates = change(house, made, starts_minute=10 * 60)
    assert dates.kept == [(FIRST, Why.TAKEN)]
    assert dates.skipped == [(SECOND, Why.TAKEN)]
    assert dates.changed == [THIRD, FOURTH]
    after = dates_of(house, made)
    assert (after[FIRST].starts_at, after[FIRST].is_exception) == (at(12), True)
    assert after[SECOND].cancelled_at is not None


def test_a_smaller_capacity_leaves_a_date_that_has_more_people(house: House, kind: AppointmentType) -> None:
    made, _ = series(house, kind.id, recurrence=MONTH)
    first = dates_of(house, made)[FIRST]
    for number in range(3):
        confirm(house, seat(house, first).token, somebody(number))
    dates = change(house, made, capacity=2)
    assert (dates.kept, len(dates.changed)) == ([(FIRST, Why.SEATS)], 3)
    assert [one.capacity for one in dates_of(house, made).values()] == [8, 2, 2, 2]


def test_a_series_that_ends_calls_off_what_is_empty(house: House, kind: AppointmentType) -> None:
    made, _ = series(house, kind.id)
    confirm(house, seat(house, dates_of(house, made)[THIRD]).token, somebody(1))
    dates = end(house, made, since=SECOND)
    assert dates.kept == [(THIRD, Why.PEOPLE)]
    assert live(house, made) == [FIRST, THIRD]
    assert len(engaged(house)) == 2
    house.clock.advance(timedelta(days=1))
    assert night(house) == 0
    assert end(house, made, since=SECOND).cancelled == []


def test_a_date_that_has_begun_is_left_alone(house: House, kind: AppointmentType) -> None:
    made, _ = series(house, kind.id, recurrence=MONTH)
    house.clock.set(at(12, 30))
    dates = change(house, made, title="Autre atelier", starts_minute=10 * 60)
    assert dates.changed == [SECOND, THIRD, FOURTH]
    assert dates_of(house, made)[FIRST].title == "Atelier CV"


def test_a_series_that_is_not_there_is_not_found(house: House, kind: AppointmentType) -> None:
    made, _ = series(house, kind.id, recurrence=MONTH)
    for use_case, others in ((change_series, {"changes": {}}), (end_series, {})):
        with pytest.raises(SeriesNotFound):
            house.database.in_transaction(
                house.other.id,
                use_case,  # type: ignore[arg-type]
                house.system(),
                now=house.now,
                series_id=made.id,
                **others,
            )
