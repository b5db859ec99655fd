"""Public holidays: those of the law of each territory, less what is unticked, more what is added."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from directory.domain.holidays import Choices, HolidayCalendar, HolidayException, closed_days, statutory
from directory.domain.permissions import Permission
from directory.models import HolidayChoice, Venue
from directory.queries import holidays
from directory.use_cases.choose_holiday import choose_holiday
from foundation.ids import to_text
from tests.api import Asking, asking, key
from tests.directory.test_api_organisations import found
from tests.house import House

LABOUR_DAY, EPIPHANY = date(2026, 5, 1), date(2026, 1, 6)
METROPOLITAN = [
    (1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25),
]  # fmt: skip
MORE = {
    HolidayCalendar.METROPOLITAN: set(),
    HolidayCalendar.ALSACE_MOSELLE: {(4, 3), (12, 26)},
    HolidayCalendar.GUADELOUPE: {(5, 27)},
    HolidayCalendar.MARTINIQUE: {(5, 22)},
    HolidayCalendar.GUYANE: {(6, 10)},
    HolidayCalendar.LA_REUNION: {(12, 20)},
    HolidayCalendar.MAYOTTE: {(4, 27)},
    HolidayCalendar.SAINT_BARTHELEMY: {(10, 9)},
    HolidayCalendar.SAINT_MARTIN: {(5, 28)},
    HolidayCalendar.SAINT_PIERRE_ET_MIQUELON: set(),
    HolidayCalendar.WALLIS_ET_FUTUNA: {(4, 28), (6, 29), (7, 29)},
    HolidayCalendar.POLYNESIE: {(3, 5), (4, 3), (11, 20)},
    HolidayCalendar.NOUVELLE_CALEDONIE: {(9, 24)},
}


def do(house: House, use_case: Any, **values: Any) -> Any:
    return house.database.in_transaction(house.organisation.id, use_case, house.system(), now=house.now, **values)


# -- calendars --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calendar", MORE)
def test_each_territory_has_the_days_of_its_law_and_no_customs(calendar: HolidayCalendar) -> None:
    found = statutory(calendar, 2026)
    assert {(day.month, day.day) for day in found} == {*METROPOLITAN, *MORE[calendar]}
    assert all(found.values()), "each has a name"


def test_nobodys_calendar_is_empty() -> None:
    assert statutory(HolidayCalendar.NONE, 2026) == {}
    assert {*MORE, HolidayCalendar.NONE} == set(HolidayCalendar)


@pytest.mark.parametrize(
    ("year", "monday"), [(2024, date(2024, 4, 1)), (2025, date(2025, 4, 21)), (2038, date(2038, 4, 26))]
)
def test_the_days_that_move_with_easter_move(year: int, monday: date) -> None:
    assert statutory(HolidayCalendar.METROPOLITAN, year)[monday] == "Lundi de Pâques"


def test_two_holidays_on_one_day_are_one_closed_day() -> None:
    ascension = date(2008, 5, 1)
    found = closed_days(HolidayCalendar.METROPOLITAN, [], first=ascension, last=ascension)
    assert found == [ascension]


days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
choices = st.dictionaries(days, st.booleans(), max_size=5)


@given(st.sampled_from(HolidayCalendar), choices, choices, days, days)
def test_a_day_is_closed_as_the_venue_says_or_else_the_organisation_or_else_the_law(
    calendar: HolidayCalendar, everywhere: dict[date, bool], here: dict[date, bool], first: date, last: date
) -> None:
    told = Choices(everywhere, {7: here})
    found = closed_days(calendar, told.at(7), first=first, last=last)
    asked = {*everywhere, *here, *statutory(calendar, 2025), *statutory(calendar, 2026), *statutory(calendar, 2027)}
    for day in asked:
        is_closed = here.get(day, everywhere.get(day, day in statutory(calendar, day.year)))
        assert (day in found) == (is_closed and first <= day <= last)
    assert found == sorted(set(found))
    assert told.at(8) == told.at(None) == [HolidayException(*one) for one in sorted(everywhere.items())]


# -- choices ----------------------------------------------------------------------------------------------------------


def closed(house: House, venue: Venue | None, first: date, last: date) -> list[date]:
    with house.database.reading(house.organisation.id) as db:
        return holidays.closed_days_of(db, first=first, last=last).at(venue, house.organisation)


def test_a_holiday_is_unticked_and_a_day_added_everywhere_or_at_one_venue(house: House) -> None:
    near, far = house.venue, house.far_venue
    do(house, choose_holiday, day=LABOUR_DAY, is_closed=False)
    do(house, choose_holiday, day=EPIPHANY, is_closed=True, name="Épiphanie")
    for day, is_closed in ((LABOUR_DAY, True), (EPIPHANY, False)):
        do(house, choose_holiday, day=day, is_closed=is_closed, venue_id=near.id)
    assert [closed(house, where, EPIPHANY, EPIPHANY) for where in (None, far, near)] == [[EPIPHANY], [EPIPHANY], []]
    assert [closed(house, where, LABOUR_DAY, LABOUR_DAY) for where in (None, far, near)] == [[], [], [LABOUR_DAY]]


def test_the_choices_of_another_organisation_close_nothing(house: House) -> None:
    def strange(db: Any) -> None:
        db.add(HolidayChoice(organisation_id=house.other.id, day=EPIPHANY, is_closed=True))

    house.database.in_transaction(house.other.id, strange)
    assert closed(house, None, EPIPHANY, EPIPHANY) == []


def test_the_closed_days_of_every_venue_are_read_with_one_statement(house: House) -> None:
    for venue_id in (None, house.venue.id, house.far_venue.id):
        do(house, choose_holiday, day=EPIPHANY, is_closed=True, venue_id=venue_id)
    seen: list[str] = []

    def listen(*arguments: Any) -> None:
        seen.append(arguments[2])

    with house.database.reading(house.organisation.id) as db:
        event.listen(house.database.engine, "before_cursor_execute", listen)
        known = holidays.closed_days_of(db, first=date(2025, 12, 20), last=date(2026, 1, 7))
        for where in (None, house.venue, house.far_venue):
            assert known.at(where, house.organisation) == [date(2025, 12, 25), date(2026, 1, 1), EPIPHANY]
        event.remove(house.database.engine, "before_cursor_execute", listen)
    assert len(seen) == 1


# -- by program -------------------------------------------------------------------------------------------------------


@pytest.fixture
def program(sqlite_house: House) -> Asking:
    return asking(sqlite_house, key(sqlite_house, Permission.ADMINISTER))


def listed(program: Asking, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = program.get("/holidays", query_string={"year": 2026, **asked})
    assert answer.status_code == 200, answer.json
    return {one["day"]: one for one in (answer.json or {})["items"]}


def test_the_days_of_a_year_are_listed_with_what_was_decided_about_them(program: Asking, sqlite_house: House) -> None:
    assert len(listed(program)) == 11
    made = program.post("/holiday-choices", {"day": "2026-05-01", "is_closed": False}).json
    assert made is not None
    program.post("/holiday-choices", {"day": "2026-12-24", "is_closed": True, "name": "Réveillon"})
    found = listed(program)
    assert list(found) == sorted(found)
    assert found["2026-05-01"] == {
        "day": "2026-05-01",
        "name": "Fête du Travail",
        "is_statutory": True,
        "is_closed": False,
        "is_chosen": True,
    }
    assert found["2026-12-24"] == {
        "day": "2026-12-24",
        "name": "Réveillon",
        "is_statutory": False,
        "is_closed": True,
        "is_chosen": True,
    }
    here = {"venue_id": to_text(sqlite_house.far_venue.id)}
    program.post("/holiday-choices", {"day": "2026-12-24", "is_closed": False, **here})
    assert (listed(program)["2026-12-24"]["is_closed"], listed(program, **here)["2026-12-24"]["is_closed"]) == (
        True,
        False,
    )
    assert program.delete(f"/holiday-choices/{made['id']}").status_code == 204
    assert listed(program)["2026-05-01"]["is_closed"]
    assert program.delete(f"/holiday-choices/{made['id']}").json["code"] == "holiday-choice-not-found"  # type: ignore[index]


def test_a_day_that_is_decided_about_again_has_one_choice(program: Asking, sqlite_house: House) -> None:
    first, again = (
        program.post("/holiday-choices", {"day": "2026-12-24", "is_closed": is_closed}).json
        for is_closed in (True, False)
    )
    assert (first or {})["id"] == (again or {})["id"]
    assert program.get("/holiday-choices").json == {"items": [again], "next": None}


def test_a_choice_is_about_a_day_not_too_far_at_a_venue_of_ours(program: Asking, sqlite_house: House) -> None:
    far = program.post("/holiday-choices", {"day": "2100-12-24", "is_closed": True})
    assert (far.status_code, list(far.json["fields"])) == (422, ["day"])  # type: ignore[index]
    nowhere = {"day": "2026-12-24", "is_closed": True, "venue_id": to_text(1)}
    assert program.post("/holiday-choices", nowhere).json["code"] == "venue-not-found"  # type: ignore[index]
    assert program.get("/holidays", query_string={"year": 1999}).status_code == 422
    assert program.get("/holidays", query_string={"year": 2026, "venue_id": to_text(1)}).status_code == 404
    narrow = asking(sqlite_house, key(sqlite_house, *(set(Permission) - {Permission.ADMINISTER})))
    assert narrow.post("/holiday-choices", {"day": "2026-12-24", "is_closed": True}).status_code == 403


def test_a_venue_and_an_organisation_say_whose_holidays_are_theirs(program: Asking, sqlite_house: House) -> None:
    path = f"/venues/{to_text(sqlite_house.far_venue.id)}"
    assert (program.get(path).json or {})["holiday_calendar"] == "metropolitan"
    assert (program.patch(path, {"holiday_calendar": "la-reunion"}).json or {})["holiday_calendar"] == "la-reunion"
    assert "2026-12-20" in listed(program, venue_id=to_text(sqlite_house.far_venue.id))
    assert "2026-12-20" not in listed(program)
    assert program.patch(path, {"holiday_calendar": "moon"}).status_code == 422
    founded = found(sqlite_house, holiday_calendar="alsace-moselle")
    assert founded.json["organisation"]["holiday_calendar"] == "alsace-moselle"
