"""Opening hours and time off by program: a rule, its dates, and each way to change them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from booking.models import OpeningHours
from directory.domain.permissions import Permission
from foundation.ids import to_text
from tests.api import Asking, asking, key
from tests.booking import diary
from tests.house import House

NOTHING: dict[str, Any] = {"count": 0, "appointment_ids": [], "workshop_ids": []}
MONDAY_TO_MAY = {"since": "2026-04-13T00:00:00Z", "until": "2026-05-13T00:00:00Z"}


@pytest.fixture
def program(sqlite_house: House) -> Asking:
    return asking(sqlite_house, key(sqlite_house, Permission.ADMINISTER, Permission.SEE_DAY))


def opened(program: Asking, house: House, **changes: Any) -> dict[str, Any]:
    body = {
        "resource_id": to_text(house.agents[0].resource_id),
        "venue_id": to_text(house.venue.id),
        "type_ids": [to_text(diary.reason(house).id)],
        "weekdays": [1],
        "opens_at": "09:00",
        "closes_at": "12:00",
        "first_day": "2026-04-13",
        **changes,
    }
    answer = program.post("/opening-hours", body)
    assert answer.status_code == 201, answer.json
    return dict(answer.json or {})


def away(program: Asking, house: House, **changes: Any) -> dict[str, Any]:
    body = {
        "resource_id": to_text(house.agents[0].resource_id),
        "starts_at": "2026-04-14T09:00:00+02:00",
        "ends_at": "2026-04-14T11:00:00+02:00",
        "rule": {"weekdays": [1], "first_day": "2026-04-14"},
        **changes,
    }
    answer = program.post("/time-offs", body)
    assert answer.status_code == 201, answer.json
    return dict(answer.json or {})


def dates(program: Asking, path: str, **asked: str) -> list[str]:
    answer = program.get(f"{path}/dates", query_string=MONDAY_TO_MAY | asked)
    assert answer.status_code == 200, answer.json
    return [
        f"{one['rule_day'][5:]} {one['starts_at'][5:16]} {one['ends_at'][11:16]}"
        + (" cancelled" if one["is_cancelled"] else "")
        + (" exception" if one["is_exception"] else "")
        for one in (answer.json or {})["items"]
    ]


# -- opening hours ----------------------------------------------------------------------------------------------------


def test_midnight_at_the_end_is_said_and_read_as_24_hours(program: Asking, sqlite_house: House) -> None:
    made = opened(program, sqlite_house, opens_at="00:00", closes_at="24:00", weekdays=[], repeats="monthly")
    assert (made["opens_at"], made["closes_at"], made["repeats"]) == ("00:00", "24:00", "monthly")
    path = f"/opening-hours/{made['id']}"
    assert dates(program, path)[0] == "04-13 04-12T22:00 22:00"
    assert (program.patch(path, {"closes_at": "00:30", "opens_at": "22:00"}).json or {})["closes_at"] == "00:30"


def test_one_date_is_changed_cancelled_and_restored(program: Asking, sqlite_house: House) -> None:
    path = f"/opening-hours/{opened(program, sqlite_house)['id']}"
    first = "04-14 04-14T07:00 10:00"
    assert dates(program, path)[0] == first
    changed = {"rule_day": "2026-04-14", "local_day": "2026-04-15", "opens_at": "20:00", "closes_at": "24:00"}
    assert program.post(f"{path}/changed-dates", changed).status_code == 200
    assert dates(program, path)[0] == "04-14 04-15T18:00 22:00 exception"
    assert program.post(f"{path}/cancelled-dates", {"rule_day": "2026-04-14"}).status_code == 200
    assert dates(program, path)[0] == "04-14 04-15T18:00 22:00 cancelled exception"
    assert program.post(f"{path}/restored-dates", {"rule_day": "2026-04-14"}).status_code == 200
    assert dates(program, path)[0] == first
    kept_open = {"rule_day": "2026-04-14", "closes_on_holidays": False}
    assert program.post(f"{path}/changed-dates", kept_open).status_code == 200
    (shown,) = program.get(f"{path}/dates", query_string={"until": "2026-04-15T00:00:00Z"}).json["items"]  # type: ignore[index]
    assert (shown["closes_on_holidays"], shown["local_day"]) == (False, "2026-04-14")
    for way in ("changed", "cancelled", "restored"):
        answer = program.post(f"{path}/{way}-dates", {"rule_day": "2026-04-15"})
        assert (answer.status_code, answer.json["code"]) == (404, "date-not-found")  # type: ignore[index]


def test_a_rule_changes_in_part_all_of_it_or_from_a_date_on(program: Asking, sqlite_house: House) -> None:
    made = opened(program, sqlite_house)
    path = f"/opening-hours/{made['id']}"
    changed = program.patch(path, {"opens_at": "10:00", "last_day": "2026-05-05"}).json
    assert changed == {**made, "opens_at": "10:00", "last_day": "2026-05-05", "unserved": NOTHING}
    following = program.patch(path, {"since": "2026-04-28", "weekdays": [1, 4], "every": 1}).json
    assert following is not None
    assert (following["id"] != made["id"], following["first_day"]) == (True, "2026-04-28")
    assert dates(program, path) == ["04-14 04-14T08:00 10:00", "04-21 04-21T08:00 10:00"]
    assert [one[:5] for one in dates(program, f"/opening-hours/{following['id']}")] == ["04-28", "05-01", "05-05"]
    assert program.patch(path, {"since": "2026-04-29"}).status_code == 404
    wrong = program.patch(path, {"weekdays": [7], "colour": "red"})
    assert sorted(wrong.json["fields"]) == ["colour", "weekdays.0"]  # type: ignore[index]


def test_a_rule_that_somebody_else_has_changed_meanwhile_is_left_alone(program: Asking, sqlite_house: House) -> None:
    path = f"/opening-hours/{opened(program, sqlite_house)['id']}"
    seen = {"If-Match": program.get(path).headers["ETag"]}
    assert program.patch(path, {"opens_at": "10:00"}, headers=seen).status_code == 200
    stale = program.patch(path, {"opens_at": "08:00"}, headers=seen)
    assert (stale.status_code, stale.json["code"]) == (412, "stale")  # type: ignore[index]
    assert (program.get(path).json or {})["opens_at"] == "10:00"


def test_a_rule_that_ends_before_its_first_date_is_gone(program: Asking, sqlite_house: House) -> None:
    path = f"/opening-hours/{opened(program, sqlite_house)['id']}"
    assert program.post(f"{path}/end", {"last_day": "2026-04-21"}).status_code == 200
    assert [one[:5] for one in dates(program, path)] == ["04-14", "04-21"]
    assert program.post(f"{path}/end", {}).status_code == 200
    for answer in (program.get(path), program.post(f"{path}/end", {}), program.patch(path, {})):
        assert (answer.status_code, answer.json["code"]) == (404, "opening-hours-not-found")  # type: ignore[index]


def test_the_dates_of_a_year_at_most_are_listed(program: Asking, sqlite_house: House) -> None:
    path = f"/opening-hours/{opened(program, sqlite_house)['id']}"
    assert len(dates(program, path, until="2027-04-13T00:00:00Z")) == 52
    answer = program.get(f"{path}/dates", query_string={**MONDAY_TO_MAY, "until": "2027-04-15T00:00:00Z"})
    assert answer.status_code == 422


# -- time off ---------------------------------------------------------------------------------------------------------


def test_an_absence_repeats_and_one_date_is_changed_cancelled_and_restored(
    program: Asking, sqlite_house: House
) -> None:
    made = away(program, sqlite_house)
    path = f"/time-offs/{made['id']}"
    assert (made["repeats"], made["weekdays"], made["starts_at"]) == ("weekly", [1], "2026-04-14T07:00:00+00:00")
    assert dates(program, path)[:2] == ["04-14 04-14T07:00 09:00", "04-21 04-21T07:00 09:00"]
    later = {"rule_day": "2026-04-14", "ends_at": "2026-04-14T18:00:00+02:00"}
    assert program.post(f"{path}/changed-dates", later).status_code == 200
    assert dates(program, path)[0] == "04-14 04-14T07:00 16:00 exception"
    assert program.post(f"{path}/cancelled-dates", {"rule_day": "2026-04-14"}).status_code == 200
    assert dates(program, path)[0] == "04-14 04-14T07:00 16:00 cancelled exception"
    assert program.post(f"{path}/restored-dates", {"rule_day": "2026-04-14"}).status_code == 200
    assert dates(program, path)[0] == "04-14 04-14T07:00 09:00"


def test_an_absence_changes_in_part_all_of_it_or_from_a_date_on(program: Asking, sqlite_house: House) -> None:
    made = away(program, sqlite_house)
    path = f"/time-offs/{made['id']}"
    assert program.patch(path, {"reason": "formation"}).json == {**made, "reason": "formation"}
    hours = {"starts_at": "2026-04-28T14:00:00+02:00", "ends_at": "2026-04-28T15:00:00+02:00"}
    following = program.patch(path, {"since": "2026-04-28", **hours, "weekdays": [1, 2]}).json
    assert following is not None
    assert (following["first_day"], following["reason"]) == ("2026-04-28", "formation")
    assert [one[:5] for one in dates(program, path)] == ["04-14", "04-21"]
    assert dates(program, f"/time-offs/{following['id']}")[:2] == ["04-28 04-28T12:00 13:00", "04-29 04-29T12:00 13:00"]
    assert list(program.patch(path, {"ends_at": hours["ends_at"]}).json["fields"]) == ["starts_at"]  # type: ignore[index]
    assert program.post(f"{path}/end", {}).json == NOTHING
    assert program.get(path).status_code == 404


def test_an_absence_that_is_once_is_prolonged(program: Asking, sqlite_house: House) -> None:
    made = away(program, sqlite_house, rule=None)
    path = f"/time-offs/{made['id']}"
    answer = program.patch(path, {"ends_at": "2026-04-17T18:00:00+02:00"}).json
    assert answer is not None
    assert (answer["starts_at"], answer["ends_at"]) == (made["starts_at"], "2026-04-17T16:00:00+00:00")


def test_the_first_date_of_an_absence_is_that_of_its_rule(program: Asking, sqlite_house: House) -> None:
    body = {
        "resource_id": to_text(sqlite_house.agents[0].resource_id),
        "starts_at": "2026-04-15T09:00:00+02:00",
        "ends_at": "2026-04-15T11:00:00+02:00",
        "rule": {"weekdays": [1], "first_day": "2026-04-14"},
    }
    assert list(program.post("/time-offs", body).json["fields"]) == ["starts_at"]  # type: ignore[index]


@pytest.mark.parametrize("path", ["/opening-hours", "/time-offs"])
def test_only_whoever_administers_changes_a_rule(sqlite_house: House, program: Asking, path: str) -> None:
    make = opened if path == "/opening-hours" else away
    rule = f"{path}/{make(program, sqlite_house)['id']}"
    narrow = asking(sqlite_house, key(sqlite_house, *(set(Permission) - {Permission.ADMINISTER})))
    ways = [narrow.patch(rule, {}), narrow.post(f"{rule}/end", {})]
    ways += [narrow.post(f"{rule}/{way}-dates", {"rule_day": "2026-04-14"}) for way in ("changed", "cancelled")]
    assert {answer.status_code for answer in ways} == {403}
    stranger = asking(sqlite_house, key(sqlite_house, organisation_id=sqlite_house.other.id))
    ways = [stranger.get(f"{rule}/dates"), stranger.patch(rule, {}), stranger.post(f"{rule}/end", {})]
    assert {answer.status_code for answer in ways} == {404}


# -- what is booked ---------------------------------------------------------------------------------------------------


def test_each_edit_tells_what_is_booked_and_not_served_any_more(program: Asking, sqlite_house: House) -> None:
    house, kind = sqlite_house, diary.open_reason(sqlite_house)
    with house.database.reading(house.organisation.id) as db:
        (rule,) = db.scalars(select(OpeningHours)).all()
    path = f"/opening-hours/{to_text(rule.id)}"
    early, late = (to_text(diary.book(house, kind, at).id) for at in (diary.at(7), diary.at(9)))

    def left(answer: Any) -> Any:
        return answer.json["unserved"]["appointment_ids"]

    assert left(program.patch(path, {"opens_at": "10:00"})) == [early]
    date = {"rule_day": "2026-04-14"}
    assert left(program.post(f"{path}/changed-dates", {**date, "opens_at": "09:00", "closes_at": "11:00"})) == [late]
    assert left(program.post(f"{path}/cancelled-dates", date)) == [early, late]
    assert left(program.post(f"{path}/restored-dates", date)) == [early]
    assert program.post(f"{path}/end", {}).json == {**NOTHING, "count": 2, "appointment_ids": [early, late]}


def test_an_absence_tells_which_appointments_and_workshops_lie_in_it(program: Asking, sqlite_house: House) -> None:
    house, kind = sqlite_house, diary.open_reason(sqlite_house)
    booked = to_text(diary.book(house, kind, diary.at(7)).id)
    group = diary.reason(house, channels=["on-site"], is_workshop=True)
    planned = to_text(diary.workshop(house, group, capacity=3, starts_at=diary.at(12)).id)
    made = away(program, house, ends_at="2026-04-14T14:30:00+02:00", rule=None)
    assert made["unserved"] == {"count": 2, "appointment_ids": [booked], "workshop_ids": [planned]}
    path = f"/time-offs/{made['id']}"
    shorter = program.patch(path, {"ends_at": "2026-04-14T14:00:00+02:00"}).json or {}
    assert shorter["unserved"] == {"count": 1, "appointment_ids": [booked], "workshop_ids": []}
    assert program.post(f"{path}/end", {}).json == NOTHING
