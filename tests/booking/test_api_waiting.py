"""The waiting list through the API: joining for the public and by staff, answering, leaving, the list in order."""

from __future__ import annotations

from typing import Any

from booking.models import AppointmentType
from directory.domain.permissions import Permission
from foundation.ids import to_text
from tests.api import asking, key
from tests.booking.diary import cancel
from tests.booking.test_api_booking import CAMILLE, code, program
from tests.booking.test_waiting_workshops import full_workshop
from tests.booking.waiting_room import full_morning, work
from tests.house import House


def wanted(kind: AppointmentType, **changes: Any) -> dict[str, Any]:
    return {"type_id": to_text(kind.id), "channel": "on-site", "person": CAMILLE, **changes}


def test_a_program_puts_somebody_on_the_list_and_gets_their_page(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house)
    asker = program(sqlite_house, Permission.BOOK)
    hours = {"first_day": "2026-04-14", "last_day": "2026-04-14", "from_hour": "09:00", "until_hour": "24:00"}
    made = asker.post("/waiting-list", wanted(kind, **hours))
    assert made.status_code == 201, made.get_data(as_text=True)
    told = made.get_json()
    assert {name: told[name] for name in hours} == hours
    assert (told["status"], told["offer"], told["offers_made"]) == ("waiting", None, 0)
    assert told["ends_at"] == "2026-04-15T00:00:00+02:00"
    page = told["page"].removeprefix(sqlite_house.config.base_url)
    assert sqlite_house.client().get(page).status_code == 200
    assert made.headers["Location"].endswith(f"/waiting-list/{told['id']}")


def test_an_offer_is_shown_accepted_once_and_is_an_appointment(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    asker = program(sqlite_house)
    path = f"/waiting-list/{asker.post('/waiting-list', wanted(kind)).get_json()['id']}"
    assert code(asker.post(f"{path}/offer/acceptance")) == (409, "nothing-offered")
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    offer = asker.get(path).get_json()["offer"]
    assert (offer["starts_at"], offer["expires_at"]) == ("2026-04-14T09:00:00+02:00", "2026-04-13T11:00:00+02:00")
    other = {"starts_at": "2026-04-14T10:00:00+02:00"}
    assert code(asker.post(f"{path}/offer/acceptance", other)) == (409, "nothing-offered")
    made = [asker.post(f"{path}/offer/acceptance", {"starts_at": offer["starts_at"]}).get_json() for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["status"] == "booked"
    told = asker.get(path).get_json()
    assert (told["status"], told["offer"], told["appointment_id"]) == ("served", None, made[0]["id"])


def test_refusing_twice_and_leaving_twice_change_nothing_more(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    asker = program(sqlite_house)
    path = f"/waiting-list/{asker.post('/waiting-list', wanted(kind)).get_json()['id']}"
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    for _ in range(2):
        assert asker.post(f"{path}/offer/refusal").get_json()["status"] == "waiting"
    for _ in range(2):
        assert asker.delete(path).status_code == 204
    assert asker.get(path).get_json()["status"] == "left"
    assert code(asker.post(f"{path}/offer/acceptance")) == (409, "wait-over")


def test_staff_see_the_list_in_order_and_put_people_on_it(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    asker = program(sqlite_house)
    first = asker.post("/waiting-list/by-staff", wanted(kind)).get_json()
    assert code(asker.post("/waiting-list/by-staff", wanted(kind))) == (409, "already-waiting")
    second = asker.post("/waiting-list/by-staff", wanted(kind, person={**CAMILLE, "first_name": "Ana"})).get_json()
    third = asker.post(f"/appointments/{to_text(booked[3].id)}/waiting").get_json()
    assert third["appointment_id"] == to_text(booked[3].id)
    listed = asker.get(f"/waiting-list?type_id={to_text(kind.id)}&status=waiting&limit=2").get_json()
    assert [one["id"] for one in listed["items"]] == [first["id"], second["id"]]
    rest = asker.get(f"/waiting-list?after={listed['next']}").get_json()
    assert [one["id"] for one in rest["items"]] == [third["id"]]


def test_what_cannot_be_waited_for_is_said_beside_its_field(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house)
    group, planned, _ = full_workshop(sqlite_house)
    asker = program(sqlite_house)
    for changes, field in (
        ({"from_hour": "10:00", "until_hour": "09:00"}, "until_hour"),
        ({"last_day": "2026-04-01"}, "last_day"),
        ({"workshop_id": to_text(planned.id)}, "workshop_id"),
        ({"person": {**CAMILLE, "phone": ""}}, "person.phone"),
        ({"people": 3}, "people"),
    ):
        answer = asker.post("/waiting-list", wanted(kind, **changes))
        assert answer.status_code == 422, changes
        assert list(answer.get_json()["fields"]) == [field]
    assert asker.post("/waiting-list", wanted(group)).status_code == 404
    there = asker.post("/waiting-list", wanted(group, workshop_id=to_text(planned.id)))
    assert there.status_code == 201


def test_a_key_that_only_books_sees_nobody_who_waits(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house)
    asker = asking(sqlite_house, key(sqlite_house, Permission.BOOK))
    path = f"/waiting-list/{asker.post('/waiting-list', wanted(kind)).get_json()['id']}"
    assert code(asker.get(path)) == (403, "not-allowed")
    assert code(asker.get("/waiting-list")) == (403, "not-allowed")
