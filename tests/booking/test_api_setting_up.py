"""Setting booking up through the API: types, hours, absences, workshops; whatever contradicts itself is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from booking.models import AppointmentType
from booking.use_cases.offer_type import TypeSettings
from directory.domain.permissions import Permission
from directory.models import Agent, Resource
from directory.queries import venues
from foundation.ids import to_text
from tests.api import Asking, asking, key
from tests.booking import diary
from tests.house import House

REASON = {"name": "Aide administrative", "duration_minutes": 30, "channels": ["on-site", "phone"]}


@pytest.fixture
def program(sqlite_house: House) -> Asking:
    """A program that may do everything."""
    return asking(sqlite_house, key(sqlite_house))


def faults(answer: Any) -> dict[str, str]:
    """The wrong fields of a refusal."""
    assert answer.status_code == 422, answer.get_data(as_text=True)
    found: dict[str, str] = answer.json.get("fields", {})
    return found


def offered(program: Asking, **changes: Any) -> Any:
    answer = program.post("/appointment-types", {**REASON, **changes})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made: Any = answer.json
    return made


def hours(house: House, type_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "resource_id": to_text(house.agents[0].resource_id),
        "venue_id": to_text(house.venue.id),
        "type_ids": [type_id],
        "weekdays": [1],
        "opens_at": "09:00",
        "closes_at": "12:00",
        "first_day": "2026-04-13",
        **changes,
    }


def workshop(house: House, kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "type_id": kind,
        "venue_id": to_text(house.venue.id),
        "agent_resource_id": to_text(house.agents[0].resource_id),
        "title": "Atelier CV",
        "starts_at": "2026-04-14T14:00:00+02:00",
        "capacity": 8,
        **changes,
    }


def retire(house: House, agent: Agent) -> None:
    def write(db: Any) -> None:
        db.get(Resource, agent.resource_id).retired_at = house.now

    house.database.in_transaction(house.organisation.id, write)


def elsewhere(house: House) -> tuple[str, str]:
    """An agent's time and a venue of the other organisation."""
    with house.database.reading(house.other.id) as db:
        return to_text(house.stranger.resource_id), to_text(venues.every(db)[0].id)


def test_a_type_has_the_defaults_of_its_columns(program: Asking) -> None:
    made = offered(program)
    assert made.items() >= REASON.items()
    columns = AppointmentType.__table__.columns
    for name in TypeSettings.__dataclass_fields__:
        default = columns[name].default
        if default is not None:
            assert getattr(TypeSettings, name) == default.arg, name
            assert made[name] == default.arg, name
    assert (made["step_minutes"], made["retired_at"]) == (None, None)


def test_a_type_is_listed_shown_and_retired_once(program: Asking, sqlite_house: House) -> None:
    made = offered(program)
    path = f"/appointment-types/{made['id']}"
    assert program.get(path).json == made
    assert program.get("/appointment-types").json == {"items": [made], "next": None}
    retired = program.post(f"{path}/retirement")
    assert (retired.status_code, retired.json["retired_at"]) == (200, "2026-04-13T07:00:00+00:00")  # type: ignore[index]
    sqlite_house.clock.advance(timedelta(minutes=1))
    assert program.post(f"{path}/retirement").json == retired.json
    assert program.get("/slots", query_string={"type_id": made["id"]}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"duration_minutes": 1441}, "duration_minutes"),
        ({"pause_minutes": 481}, "pause_minutes"),
        ({"step_minutes": 0}, "step_minutes"),
        ({"booking_notice_minutes": 365 * 24 * 60 + 1}, "booking_notice_minutes"),
        ({"booking_horizon_minutes": 2 * 365 * 24 * 60 + 1}, "booking_horizon_minutes"),
        ({"booking_horizon_minutes": 60, "booking_notice_minutes": 61}, "booking_horizon_minutes"),
        ({"channels": []}, "channels"),
        ({"channels": ["phone", "phone"]}, "channels"),
        ({"channels": ["pigeon"]}, "channels.0"),
        ({"channels": ["on-site", "phone"], "is_workshop": True}, "channels"),
        ({"channels": ["video"], "is_workshop": True}, "channels"),
        ({"is_workshop": 1}, "is_workshop"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_type_that_makes_no_sense_is_refused(program: Asking, changes: dict[str, Any], field: str) -> None:
    assert list(faults(program.post("/appointment-types", {**REASON, **changes}))) == [field]


def test_hours_open_slots(program: Asking, sqlite_house: House) -> None:
    kind = offered(program)
    answer = program.post("/opening-hours", hours(sqlite_house, kind["id"]))
    made = answer.json
    assert answer.status_code == 201, made
    assert made is not None
    usual = {"repeats": "weekly", "every": 1, "last_day": None, "closes_on_holidays": True}
    assert made == {**hours(sqlite_house, kind["id"]), **usual, "id": made["id"], "written_until": "2027-04-12"}
    assert program.get(f"/opening-hours/{made['id']}").json == made
    mine, others = (
        program.get("/opening-hours", query_string={"resource_id": to_text(agent.resource_id)}).json
        for agent in sqlite_house.agents[:2]
    )
    assert (mine, others) == ({"items": [made], "next": None}, {"items": [], "next": None})
    assert len(program.get("/slots", query_string={"type_id": kind["id"]}).json["items"]) == 6  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"type_ids": []}, "type_ids"),
        ({"weekdays": [7]}, "weekdays.0"),
        ({"every": 0}, "every"),
        ({"every": 53}, "every"),
        ({"closes_at": "09:00"}, "closes_at"),
        ({"closes_at": "24:30"}, "closes_at"),
        ({"opens_at": "24:00"}, "opens_at"),
        ({"repeats": "once"}, "weekdays"),
        ({"repeats": "monthly", "every": 13, "weekdays": []}, "every"),
        ({"first_day": "2199-01-01"}, "first_day"),
        ({"first_day": "2000-01-01"}, "first_day"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"last_day": "2026-04-12"}, "last_day"),
        ({"last_day": "2026-04-13"}, "last_day"),
        ({"opens_at": "9:00"}, "opens_at"),
    ],
)
def test_hours_that_open_nothing_are_refused(
    program: Asking, sqlite_house: House, changes: dict[str, Any], field: str
) -> None:
    body = hours(sqlite_house, offered(program)["id"], **changes)
    assert list(faults(program.post("/opening-hours", body))) == [field]


def test_hours_name_what_is_here_and_at_work(program: Asking, sqlite_house: House) -> None:
    house, kind = sqlite_house, offered(program)["id"]

    def told(**changes: Any) -> str:
        answer = program.post("/opening-hours", hours(house, kind, **changes))
        return str(answer.json["code"]) if answer.status_code >= 400 else "made"  # type: ignore[index]

    resource_id, venue_id = elsewhere(house)
    gone = offered(program)["id"]
    program.post(f"/appointment-types/{gone}/retirement")
    group = offered(program, channels=["on-site"], is_workshop=True)["id"]
    retire(house, house.agents[1])
    assert told(type_ids=[kind, kind]) == "unfit-values"
    assert told(type_ids=[group]) == "unfit-values"
    assert told(type_ids=[gone]) == "type-not-found"
    assert told(type_ids=[to_text(1)]) == "type-not-found"
    assert told(resource_id=resource_id) == "resource-not-found"
    assert told(resource_id=to_text(house.agents[1].resource_id)) == "resource-not-found"
    assert told(venue_id=venue_id) == "venue-not-found"
    assert told(resource_id=to_text(house.room.id), venue_id=to_text(house.far_venue.id)) == "unfit-values"
    assert told(resource_id=to_text(house.room.id)) == "made"
    assert told(venue_id=None, opens_at="22:00", closes_at="00:00") == "made"


def test_an_absence_takes_slots_away(program: Asking, sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house)
    body = {
        "resource_id": to_text(sqlite_house.agents[0].resource_id),
        "starts_at": "2026-04-14T09:00:00+02:00",
        "ends_at": "2026-04-14T11:00:00+02:00",
    }
    answer = program.post("/time-offs", {**body, "reason": "formation"})
    made = answer.json
    assert answer.status_code == 201
    assert made is not None
    assert (made["starts_at"], made["reason"]) == ("2026-04-14T07:00:00+00:00", "formation")
    assert made.pop("unserved") == {"count": 0, "appointment_ids": [], "workshop_ids": []}
    assert program.get(f"/time-offs/{made['id']}").json == made
    items = program.get("/slots", query_string={"type_id": to_text(kind.id)}).json["items"]  # type: ignore[index]
    assert [item["starts_at"][:16] for item in items][:1] == ["2026-04-14T11:00"]

    def listed(**asked: str) -> int:
        return len(program.get("/time-offs", query_string=asked).json["items"])  # type: ignore[index]

    assert listed() == listed(resource_id=body["resource_id"]) == 1
    assert listed(since="2026-04-14T08:59:59Z", until="2026-04-14T09:00:00Z") == 1
    assert listed(since="2026-04-14T09:00:00Z") == listed(until="2026-04-14T07:00:00Z") == 0
    assert listed(resource_id=to_text(sqlite_house.room.id)) == 0


def test_an_absence_ends_after_it_begins_and_within_a_year(program: Asking, sqlite_house: House) -> None:
    def told(starts_at: str, ends_at: str, resource_id: int = sqlite_house.room.id) -> Any:
        body = {"resource_id": to_text(resource_id), "starts_at": starts_at, "ends_at": ends_at}
        return program.post("/time-offs", body)

    assert list(faults(told("2026-04-14T09:00:00Z", "2026-04-14T09:00:00Z"))) == ["ends_at"]
    assert list(faults(told("2026-04-14T09:00:00Z", "2027-04-16T09:00:00Z"))) == ["ends_at"]
    assert list(faults(told("2026-04-14T09:00:00", "2026-04-15T09:00:00Z"))) == ["starts_at"]
    elsewhere = told("2026-04-14T09:00:00Z", "2026-04-15T09:00:00Z", sqlite_house.stranger.resource_id)
    assert (elsewhere.status_code, elsewhere.json["code"]) == (404, "resource-not-found")


def test_a_workshop_is_planned_and_its_seats_are_counted(program: Asking, sqlite_house: House) -> None:
    kind = offered(program, channels=["on-site"], is_workshop=True, duration_minutes=120)
    answer = program.post("/workshops", workshop(sqlite_house, kind["id"]))
    made = answer.json
    assert answer.status_code == 201, made
    assert made is not None
    assert (made["starts_at"], made["ends_at"]) == ("2026-04-14T14:00:00+02:00", "2026-04-14T16:00:00+02:00")
    assert (made["time_zone"], made["capacity"], made["free_seats"]) == ("Europe/Paris", 8, 8)
    held = program.post(f"/workshops/{made['id']}/holds", {"client": "Camille"})
    assert (held.status_code, held.json["workshop_id"]) == (201, made["id"])  # type: ignore[index]
    shown = program.get(f"/workshops/{made['id']}").json
    assert shown == {**made, "free_seats": 7}

    def listed(**asked: str) -> Any:
        return program.get("/workshops", query_string=asked).json["items"]  # type: ignore[index]

    assert listed() == listed(type_id=kind["id"], since="2026-04-14T12:00:00Z", until="2026-04-14T12:00:01Z") == [shown]
    assert (
        listed(until="2026-04-14T12:00:00Z") == listed(since="2026-04-14T12:00:01Z") == listed(type_id=to_text(1)) == []
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": 0}, "capacity"),
        ({"capacity": 501}, "capacity"),
        ({"starts_at": "2026-04-13T07:00:00Z"}, "starts_at"),
        ({"starts_at": "2199-04-13T07:00:00Z"}, "starts_at"),
        ({"starts_at": "2026-04-14T14:00:01Z"}, "starts_at"),
        ({"title": " "}, "title"),
    ],
)
def test_a_workshop_to_which_nobody_could_come_is_refused(
    program: Asking, sqlite_house: House, changes: dict[str, Any], field: str
) -> None:
    kind = offered(program, channels=["on-site"], is_workshop=True)
    assert list(faults(program.post("/workshops", workshop(sqlite_house, kind["id"], **changes)))) == [field]


def test_a_workshop_is_led_by_an_agent_at_work_at_a_venue_of_ours(program: Asking, sqlite_house: House) -> None:
    house = sqlite_house
    kind = offered(program, channels=["on-site"], is_workshop=True)["id"]
    resource_id, venue_id = elsewhere(house)
    retire(house, house.agents[1])

    def told(**changes: Any) -> str:
        answer = program.post("/workshops", workshop(house, kind, **changes))
        return str(answer.json["code"]) if answer.status_code >= 400 else "made"  # type: ignore[index]

    assert told(agent_resource_id=to_text(house.room.id)) == "resource-not-found"
    assert told(agent_resource_id=to_text(house.agents[1].resource_id)) == "resource-not-found"
    assert told(agent_resource_id=resource_id) == "resource-not-found"
    assert told(venue_id=venue_id) == "venue-not-found"
    assert told(type_id=offered(program)["id"]) == "type-not-found"
    assert told() == "made"
    assert told() == "slot-taken"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/appointment-types", Permission.ADMINISTER),
        ("POST", f"/appointment-types/{to_text(1)}/retirement", Permission.ADMINISTER),
        ("POST", "/opening-hours", Permission.ADMINISTER),
        ("POST", "/time-offs", Permission.ADMINISTER),
        ("GET", "/time-offs", Permission.SEE_DAY),
        ("GET", f"/time-offs/{to_text(1)}", Permission.SEE_DAY),
        ("POST", "/workshops", Permission.MANAGE_MEETINGS),
        ("POST", f"/workshops/{to_text(1)}/holds", Permission.BOOK),
    ],
)
def test_a_key_without_the_scope_is_refused(sqlite_house: House, method: str, path: str, scope: Permission) -> None:
    narrow = asking(sqlite_house, key(sqlite_house, *(set(Permission) - {scope})))
    answer = narrow.send(method, path, **({"json": {}} if method == "POST" else {}))
    assert (answer.status_code, answer.json["code"]) == (403, "not-allowed")  # type: ignore[index]


def test_another_organisation_sees_nothing_of_it(program: Asking, sqlite_house: House) -> None:
    house = sqlite_house
    kind = offered(program)
    rule = program.post("/opening-hours", hours(house, kind["id"])).json
    stranger = asking(house, key(house, organisation_id=house.other.id))
    for path in (f"/appointment-types/{kind['id']}", f"/opening-hours/{rule['id']}"):  # type: ignore[index]
        assert stranger.get(path).status_code == 404
    for path in ("/appointment-types", "/opening-hours", "/time-offs", "/workshops"):
        assert stranger.get(path).json == {"items": [], "next": None}
    assert stranger.post(f"/appointment-types/{kind['id']}/retirement").status_code == 404
