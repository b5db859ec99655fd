"""Workshops and their series through the API: planned, changed, cancelled, and seats given by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from directory.domain.permissions import Permission
from foundation.ids import to_text
from tests.api import Asking, asking, key
from tests.booking import diary
from tests.house import House

CAMILLE = {"first_name": "Camille", "last_name": "Durand"}


@pytest.fixture
def program(sqlite_house: House) -> Asking:
    """A program that may do everything."""
    return asking(sqlite_house, key(sqlite_house))


@pytest.fixture
def body(sqlite_house: House) -> dict[str, Any]:
    """What a workshop and a series say alike."""
    house = sqlite_house
    kind = diary.reason(house, is_workshop=True, duration_minutes=120, channels=["on-site"])
    return {
        "type_id": to_text(kind.id),
        "venue_id": to_text(house.venue.id),
        "agent_resource_id": to_text(house.agents[0].resource_id),
        "resource_ids": [to_text(house.room.id)],
        "title": "Atelier CV",
        "capacity": 2,
    }


@pytest.fixture
def weekly(body: dict[str, Any]) -> dict[str, Any]:
    """Three Tuesdays and the first of May, at 14:00."""
    return {**body, "starts_at": "14:00", "weekdays": [1, 4], "first_day": "2026-04-24", "last_day": "2026-05-05"}


def made(answer: Any, status: int = 201) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def faults(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.get_data(as_text=True)
    return sorted(answer.json.get("fields", {}))


def test_a_workshop_is_planned_with_a_room_changed_and_cancelled(program: Asking, body: dict[str, Any]) -> None:
    planned = made(program.post("/workshops", {**body, "starts_at": "2026-04-14T14:00:00+02:00"}))
    assert planned["resource_ids"] == body["resource_ids"]
    assert (planned["series_id"], planned["rule_day"], planned["is_exception"]) == (None, None, False)
    path = f"/workshops/{planned['id']}"
    moved = made(program.patch(path, {"starts_at": "2026-04-14T15:00:00+02:00", "resource_ids": []}), 200)
    assert (moved["ends_at"], moved["resource_ids"]) == ("2026-04-14T17:00:00+02:00", [])
    assert program.get(path).json == moved
    assert faults(program.patch(path, {"starts_at": "2026-04-01T15:00:00+02:00"})) == ["starts_at"]
    assert faults(program.patch(path, {"capacity": 0})) == ["capacity"]
    assert faults(program.patch(path, {"ends_at": "2026-04-14T19:00:00+02:00"})) == ["ends_at"]
    assert made(program.post(f"{path}/cancellation", {"reason": "grève"}), 200)["cancelled_at"]
    assert code(program.post(f"{path}/cancellation")) == (409, "already-cancelled")
    assert code(program.patch(path, {"capacity": 5})) == (409, "already-cancelled")


def test_staff_give_the_seats_and_no_more(program: Asking, body: dict[str, Any]) -> None:
    planned = made(program.post("/workshops", {**body, "starts_at": "2026-04-14T14:00:00+02:00"}))
    path = f"/workshops/{planned['id']}"
    booked = made(program.post(f"{path}/appointments", {"person": CAMILLE}))
    assert (booked["workshop_id"], booked["status"]) == (planned["id"], "booked")
    made(program.post(f"{path}/appointments", {"person": {**CAMILLE, "first_name": "Louise"}}))
    assert code(program.post(f"{path}/appointments", {"person": CAMILLE})) == (409, "workshop-full")
    assert faults(program.post(f"{path}/appointments", {"person": {**CAMILLE, "phone": "12"}})) == ["person.phone"]
    refused = program.patch(path, {"capacity": 1})
    assert code(refused) == (409, "capacity-below-taken")
    assert "2 seats" in refused.json["detail"]  # type: ignore[index]


def test_a_seat_given_twice_with_one_idempotency_key_is_one_seat(program: Asking, body: dict[str, Any]) -> None:
    planned = made(program.post("/workshops", {**body, "starts_at": "2026-04-14T14:00:00+02:00"}))
    path = f"/workshops/{planned['id']}"
    for _ in range(2):
        made(program.post(f"{path}/appointments", {"person": CAMILLE}, headers={"Idempotency-Key": "one"}))
    assert program.get(path).json["free_seats"] == 1  # type: ignore[index]


def test_a_series_says_what_it_has_planned_and_what_it_has_skipped(program: Asking, weekly: dict[str, Any]) -> None:
    told = made(program.post("/workshop-series", weekly))
    assert told["planned"] == ["2026-04-24", "2026-04-28", "2026-05-05"]
    assert told["skipped"] == [{"day": "2026-05-01", "why": "holiday"}]
    series = told["series"]
    assert series == program.get(f"/workshop-series/{series['id']}").json
    assert program.get("/workshop-series").json == {"items": [series], "next": None}
    assert (series["starts_at"], series["weekdays"], series["resource_ids"]) == (
        "14:00",
        [1, 4],
        weekly["resource_ids"],
    )
    dates = program.get(f"/workshops?series_id={series['id']}").json["items"]  # type: ignore[index]
    assert [one["rule_day"] for one in dates] == told["planned"]
    assert dates[0]["resource_ids"] == weekly["resource_ids"]


def test_a_series_changes_from_a_date_on_and_ends(program: Asking, weekly: dict[str, Any]) -> None:
    path = f"/workshop-series/{made(program.post('/workshop-series', weekly))['series']['id']}"
    told = made(program.patch(path, {"since": "2026-04-28", "starts_at": "10:00", "capacity": 3}), 200)
    assert told["changed"] == ["2026-04-28", "2026-05-05"]
    assert (told["series"]["starts_at"], told["series"]["capacity"]) == ("10:00", 3)
    assert code(program.patch(path, {"since": "2026-04-29", "title": "Autre"})) == (404, "date-not-found")
    rule = {"weekdays": [4], "first_day": "2026-04-24", "last_day": "2026-05-08"}
    told = made(program.patch(path, {"rule": rule}), 200)
    assert told["cancelled"] == ["2026-04-28", "2026-05-05"]
    assert [one["day"] for one in told["skipped"]] == ["2026-05-01", "2026-05-08"]
    ended = made(program.post(f"{path}/end"), 200)
    assert (ended["cancelled"], ended["series"]["last_day"]) == (["2026-04-24"], "2026-04-12")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"last_day": "2026-04-20"}, "last_day"),
        ({"first_day": "2025-12-01", "last_day": "2026-01-01"}, "last_day"),
        ({"starts_at": "24:00"}, "starts_at"),
        ({"capacity": 501}, "capacity"),
        ({"every": 0}, "every"),
        ({"ends_at": "16:00"}, "ends_at"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    program: Asking, weekly: dict[str, Any], changes: dict[str, Any], field: str
) -> None:
    assert faults(program.post("/workshop-series", {**weekly, **changes})) == [field]
    good = made(program.post("/workshop-series", weekly))["series"]
    if field in {"weekdays", "last_day", "every"}:
        days = {name: weekly[name] for name in ("weekdays", "first_day", "last_day")}
        assert len(faults(program.patch(f"/workshop-series/{good['id']}", {"rule": {**days, **changes}}))) == 1


def test_what_it_takes_beside_is_named_once_and_is_there(
    program: Asking, weekly: dict[str, Any], sqlite_house: House
) -> None:
    for path, starts_at in (("/workshop-series", "14:00"), ("/workshops", "2026-04-14T14:00:00+02:00")):
        told = {**weekly, "starts_at": starts_at}
        if path == "/workshops":
            told = {name: told[name] for name in told if name not in {"weekdays", "first_day", "last_day"}}
        assert faults(program.post(path, {**told, "resource_ids": [weekly["agent_resource_id"]]})) == ["resource_ids"]
        far = {**told, "venue_id": to_text(sqlite_house.far_venue.id)}
        assert faults(program.post(path, far)) == ["resource_ids"]
        assert code(program.post(path, {**told, "resource_ids": [to_text(5)]})) == (404, "resource-not-found")


def test_the_workshop_of_a_series_that_was_changed_by_hand_says_so(
    program: Asking, weekly: dict[str, Any], sqlite_house: House
) -> None:
    series = made(program.post("/workshop-series", weekly))["series"]
    first = program.get(f"/workshops?series_id={series['id']}").json["items"][0]  # type: ignore[index]
    changed = made(program.patch(f"/workshops/{first['id']}", {"title": "Atelier budget"}), 200)
    assert (changed["is_exception"], changed["rule_day"], changed["series_id"]) == (True, "2026-04-24", series["id"])
    told = made(program.patch(f"/workshop-series/{series['id']}", {"title": "Atelier emploi"}), 200)
    assert told["kept"] == [{"day": "2026-04-24", "why": "by-hand"}]
    sqlite_house.clock.advance(timedelta(days=1))
    sqlite_house.worker.run_until_empty()


@pytest.mark.parametrize(
    ("operation", "scope"),
    [
        ("PATCH /workshops/{}", Permission.MANAGE_MEETINGS),
        ("POST /workshops/{}/cancellation", Permission.MANAGE_MEETINGS),
        ("POST /workshops/{}/appointments", Permission.SEE_DAY),
        ("POST /workshop-series", Permission.MANAGE_MEETINGS),
        ("PATCH /workshop-series/{}", Permission.MANAGE_MEETINGS),
        ("POST /workshop-series/{}/end", Permission.MANAGE_MEETINGS),
    ],
)
def test_each_change_has_its_scope_and_finds_nothing_of_a_stranger(
    sqlite_house: House, program: Asking, weekly: dict[str, Any], operation: str, scope: Permission
) -> None:
    house = sqlite_house
    method, path = operation.split()
    narrow = asking(house, key(house, *(set(Permission) - {scope})))
    series = made(program.post("/workshop-series", weekly))["series"]
    dates = program.get(f"/workshops?series_id={series['id']}").json["items"]  # type: ignore[index]
    where = path.format(series["id"] if "series" in path else dates[0]["id"])
    assert code(narrow.send(method, where, json={})) == (403, "not-allowed")
    stranger = asking(house, key(house, organisation_id=house.other.id))
    told = {"person": CAMILLE} if where.endswith("appointments") else weekly if where == "/workshop-series" else {}
    assert stranger.send(method, where, json=told).status_code == 404
