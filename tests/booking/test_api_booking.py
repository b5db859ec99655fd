"""Slots, holds and appointments through the API: the same engine, the same writer, the same refusals as the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from booking.domain.intervals import Interval, minute_of
from booking.models import Appointment, AppointmentType, Channel, Hold
from booking.queries import offers, types
from booking.queries.finding import Question
from directory.domain.permissions import Permission
from directory.models import Beneficiary
from foundation.ids import from_text, to_text
from foundation.models import AuditEntry, IdempotencyKey
from tests.api import Asking, asking, key
from tests.booking import diary
from tests.house import House

CAMILLE = {"first_name": "Camille", "last_name": "Durand", "phone": "06 39 98 00 01"}


def program(house: House, *scopes: Permission) -> Asking:
    """A program with these scopes, or every one."""
    return asking(house, key(house, *scopes))


def wanted(
    house: House, kind: AppointmentType, at: str = "2026-04-14T09:00:00+02:00", **changes: Any
) -> dict[str, Any]:
    return {
        "type_id": to_text(kind.id),
        "venue_id": to_text(house.venue.id),
        "channel": "on-site",
        "starts_at": at,
        **changes,
    }


def held(house: House, asker: Asking, kind: AppointmentType, **changes: Any) -> Any:
    answer = asker.post("/holds", wanted(house, kind, **changes))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made: Any = answer.json
    return made


def booked(house: House, asker: Asking, kind: AppointmentType, **changes: Any) -> Any:
    token = held(house, asker, kind, **changes)["token"]
    answer = asker.post("/appointments", {"hold": token, "person": CAMILLE})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    made: Any = answer.json
    return made


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


# -- slots ------------------------------------------------------------------------------------------------------------


def test_slots_are_told_in_the_time_of_their_place(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    diary.open_weekly(house, kind, agent=house.agents[2], venue=house.far_venue, hours=(9, 10))
    answer = program(house, Permission.SCAN).get("/slots", query_string={"type_id": to_text(kind.id)}).json
    assert answer is not None
    assert answer["time_zone"] == "Europe/Paris"
    assert answer["items"][:2] == [
        {
            "starts_at": "2026-04-14T09:00:00+04:00",
            "ends_at": "2026-04-14T09:30:00+04:00",
            "venue_id": to_text(house.far_venue.id),
            "time_zone": "Indian/Reunion",
        },
        {
            "starts_at": "2026-04-14T09:00:00+02:00",
            "ends_at": "2026-04-14T09:30:00+02:00",
            "venue_id": to_text(house.venue.id),
            "time_zone": "Europe/Paris",
        },
    ]
    at_one = {"type_id": to_text(kind.id), "venue_id": to_text(house.far_venue.id), "channel": "phone"}
    only = program(house).get("/slots", query_string=at_one).json
    assert only is not None
    assert [one["time_zone"] for one in only["items"]] == ["Indian/Reunion"]


def test_slots_of_a_span_are_those_that_start_in_it(sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house)
    asker = program(sqlite_house)

    def starts(**asked: str) -> list[str]:
        found = asker.get("/slots", query_string={"type_id": to_text(kind.id), **asked}).json
        assert found is not None
        return [one["starts_at"][8:16] for one in found["items"]]

    day = ["14T09:00", "14T09:40", "14T10:20", "14T11:00"]
    assert starts() == day
    assert starts(since="2026-04-14T09:40:00+02:00", until="2026-04-14T11:00:00+02:00") == day[1:3]
    assert starts(since="2026-04-14T07:00:01Z", until="2026-04-14T07:40:01Z") == day[1:2]
    assert starts(since="2000-01-01T00:00:00Z", until="2000-01-02T00:00:00Z") == []
    assert starts(since="2199-12-31T00:00:00Z", until="2199-12-31T23:00:00Z") == []
    assert len(starts(until="2026-05-14T07:00:00Z")) == 20


def test_a_span_of_slots_has_an_end_and_31_days_at_most(sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house)
    asker = program(sqlite_house)
    for until in ("2026-04-13T07:00:00Z", "2026-05-14T07:00:01Z"):
        answer = asker.get("/slots", query_string={"type_id": to_text(kind.id), "until": until})
        assert code(answer) == (422, "unfit-values")
        assert list(answer.json["fields"]) == ["until"]  # type: ignore[index]


def test_the_next_slot_is_told_or_null(sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house)
    asker, asked = program(sqlite_house), {"type_id": to_text(kind.id)}
    found = asker.get("/slots/next", query_string=asked).json
    assert found is not None
    assert found["slot"]["starts_at"] == "2026-04-14T09:00:00+02:00"
    assert asker.get("/slots/next", query_string={**asked, "venue_id": to_text(sqlite_house.far_venue.id)}).json == {
        "slot": None,
        "time_zone": "Europe/Paris",
    }


@pytest.mark.parametrize("path", ["/slots", "/slots/next"])
def test_slots_of_what_is_not_offered_so_are_refused(sqlite_house: House, path: str) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    group = diary.reason(house, is_workshop=True, channels=["on-site"])
    asker, mine = program(house), {"type_id": to_text(kind.id)}

    def told(**asked: str) -> tuple[int, str]:
        return code(asker.get(path, query_string={**mine, **asked}))

    assert told(type_id=to_text(group.id)) == (404, "only-in-workshops")
    assert told(type_id=to_text(1)) == (404, "type-not-found")
    assert told(channel="video") == (404, "not-open-to-public")
    assert told(channel="pigeon") == (422, "unreadable-request")
    assert told(venue_id=to_text(1)) == (404, "venue-not-found")
    stranger = asking(house, key(house, organisation_id=house.other.id))
    assert code(stranger.get(path, query_string=mine)) == (404, "type-not-found")


def test_a_list_of_slots_asks_each_table_once(house: House) -> None:
    kind = diary.open_reason(house)
    diary.open_weekly(house, kind, agent=house.agents[1], venue=house.far_venue, weekday=3)
    diary.book(house, kind, diary.at(7))
    seen: list[str] = []
    listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731 - taken off again below
    event.listen(house.database.engine, "before_cursor_execute", listener)
    start = minute_of(diary.at(0))
    with house.database.reading(house.organisation.id) as db:
        question = Question(types.offered_by_id(db, kind.id), Channel.ON_SITE, Interval(0, 1), (house.venue.id,))
        assert offers.between(db, question, starts=Interval(start, start + 31 * 1440), now=house.now).found
    event.remove(house.database.engine, "before_cursor_execute", listener)
    asked = [statement.split("FROM ")[1].split()[0] for statement in seen]
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == 1 + 6


# -- holds ------------------------------------------------------------------------------------------------------------


def test_a_hold_is_shown_renewed_and_given_back(house: House) -> None:
    kind = diary.open_reason(house)
    asker = program(house, Permission.BOOK)
    answer = asker.post("/holds", wanted(house, kind))
    kept = answer.json
    assert kept is not None
    assert "Location" not in answer.headers
    assert (kept["starts_at"], kept["ends_at"]) == ("2026-04-14T09:00:00+02:00", "2026-04-14T09:30:00+02:00")
    assert (kept["expires_at"], kept["time_zone"]) == ("2026-04-13T09:10:00+02:00", "Europe/Paris")
    assert (kept["workshop_id"], kept["moves_appointment_id"]) == (None, None)
    path = f"/holds/{kept['token']}"
    assert asker.get(path).json == kept
    house.clock.advance(timedelta(minutes=5))
    renewed = asker.post(f"{path}/renewal").json
    assert renewed == {**kept, "expires_at": "2026-04-13T09:15:00+02:00"}
    assert code(asker.post("/holds", wanted(house, kind))) == (409, "slot-taken")
    gone = asker.delete(path)
    assert (gone.status_code, gone.data) == (204, b"")
    assert asker.delete(path).status_code == 204
    assert code(asker.get(path)) == (404, "hold-not-found")
    assert code(asker.post(f"{path}/renewal")) == (410, "hold-expired")
    held(house, asker, kind)


def test_a_hold_that_lapsed_or_was_booked_is_not_there(sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house)
    asker = program(sqlite_house)
    token = held(sqlite_house, asker, kind)["token"]
    sqlite_house.clock.advance(diary.LATER)
    assert code(asker.get(f"/holds/{token}")) == (404, "hold-not-found")
    assert asker.post("/appointments", {"hold": token, "person": CAMILLE}).status_code == 201
    assert code(asker.get(f"/holds/{token}")) == (404, "hold-not-found")
    for answer in (asker.get("/holds/nothing"), asker.delete("/holds/nothing"), asker.post("/holds/nothing/renewal")):
        assert code(answer) == (404, "hold-not-found")


def test_who_types_keeps_three_and_a_program_many(sqlite_house: House) -> None:
    kind = diary.reason(sqlite_house, duration_minutes=5, pause_minutes=0)
    diary.open_weekly(sqlite_house, kind, hours=(6, 20))
    asker = program(sqlite_house)

    def hold(number: int, **more: str) -> Any:
        minutes = 7 * 60 + 5 * number
        return asker.post(
            "/holds", wanted(sqlite_house, kind, f"2026-04-14T{minutes // 60:02}:{minutes % 60:02}:00+02:00", **more)
        )

    answers = [hold(number, client="Camille") for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert "Retry-After" in answers[3].headers
    assert {hold(number).status_code for number in range(10, 40)} == {201}
    other = asking(sqlite_house, key(sqlite_house))
    assert (
        other.post("/holds", wanted(sqlite_house, kind, "2026-04-14T11:00:00+02:00", client="Camille")).status_code
        == 201
    )


def test_a_program_keeps_two_hundred_at_most(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.api.holds.MOST_OF_A_PROGRAM", 2)
    kind = diary.open_reason(sqlite_house)
    asker = program(sqlite_house)
    held(sqlite_house, asker, kind)
    held(sqlite_house, asker, kind, at="2026-04-14T09:40:00+02:00")
    assert code(asker.post("/holds", wanted(sqlite_house, kind, "2026-04-14T10:20:00+02:00"))) == (
        429,
        "too-many-holds",
    )


def test_only_what_is_listed_is_held(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    group = diary.reason(house, is_workshop=True, channels=["on-site"])
    asker = program(house)

    def told(**changes: Any) -> tuple[int, str]:
        return code(asker.post("/holds", wanted(house, kind, **changes)))

    assert told(at="2026-04-14T09:01:00+02:00") == (409, "slot-taken")
    assert told(at="2026-04-14T09:00:01+02:00") == (422, "unfit-values")
    assert told(at="2199-04-14T09:00:00+02:00") == (409, "slot-taken")
    assert told(venue_id=None) == (409, "slot-taken")
    assert told(venue_id=to_text(1)) == (409, "slot-taken")
    assert told(channel="video") == (404, "not-open-to-public")
    assert told(type_id=to_text(group.id)) == (404, "only-in-workshops")
    assert told(type_id=to_text(1)) == (404, "type-not-found")


def test_a_seat_is_held_and_booked_and_the_last_one_goes_once(house: House) -> None:
    group = diary.reason(house, is_workshop=True, channels=["on-site"], duration_minutes=120)
    planned = diary.workshop(house, group, capacity=1, starts_at=diary.at(12))
    asker = program(house, Permission.BOOK)
    path = f"/workshops/{to_text(planned.id)}/holds"
    kept = asker.post(path).json
    assert kept is not None
    assert (kept["workshop_id"], kept["type_id"]) == (to_text(planned.id), to_text(group.id))
    assert code(asker.post(path)) == (409, "workshop-full")
    made = asker.post("/appointments", {"hold": kept["token"], "person": CAMILLE}).json
    assert made is not None
    assert made["workshop_id"] == to_text(planned.id)
    assert code(asker.post(f"/workshops/{to_text(1)}/holds")) == (404, "workshop-not-found")


def test_the_token_of_a_hold_is_nowhere_in_the_database(sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house)
    asker = program(sqlite_house)
    body = wanted(sqlite_house, kind)
    first, second = (asker.post("/holds", body, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, first.data) == (201, second.data)
    token = first.json["token"]  # type: ignore[index]
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        assert len(list(db.scalars(select(Hold)))) == 1
        kept = db.scalars(select(IdempotencyKey)).one()
        assert token not in f"{kept.body} {kept.headers}"


# -- appointments -----------------------------------------------------------------------------------------------------


def test_a_hold_becomes_an_appointment_with_what_is_the_persons_own(house: House) -> None:
    kind = diary.open_reason(house)
    asker = program(house, Permission.BOOK)
    token = held(house, asker, kind)["token"]
    answer = asker.post("/appointments", {"hold": token, "person": {**CAMILLE, "language": "en"}})
    made = answer.json
    assert answer.status_code == 201, made
    assert made is not None
    assert answer.headers["Location"] == f"/api/v1/appointments/{made['id']}"
    assert (made["status"], made["sequence"], made["cancelled_at"]) == ("booked", 0, None)
    assert (made["starts_at"], made["time_zone"]) == ("2026-04-14T09:00:00+02:00", "Europe/Paris")
    assert (made["beneficiary"]["first_name"], made["beneficiary"]["last_name"]) == ("Camille", "Durand")
    assert made["badge"]["text"].startswith("PRP")
    again = asker.post("/appointments", {"hold": token, "person": CAMILLE})
    assert (again.status_code, again.json) == (201, made)
    page = house.client().get(made["ticket"].removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200
    house.worker.run_until_empty()
    ((_, text),) = house.texts
    assert text.to == "+33639980001"
    assert "Appointment" in text.text
    with house.database.reading(house.organisation.id) as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "appointment-booked")).one()
        assert (entry.actor_kind, entry.through is None) == ("visitor", False)


def test_a_second_person_is_not_shown_what_the_first_has_booked_with_the_same_hold(sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house)
    asker = program(sqlite_house)
    token = held(sqlite_house, asker, kind)["token"]
    asker.post("/appointments", {"hold": token, "person": CAMILLE})
    for key_of_request in ({}, {"Idempotency-Key": "another"}):
        answer = asker.post(
            "/appointments", {"hold": token, "person": {**CAMILLE, "last_name": "Martin"}}, headers=key_of_request
        )
        assert code(answer) == (409, "hold-confirmed")
        assert "PRP" not in answer.get_data(as_text=True)


def test_a_program_that_books_for_the_public_meets_nobody_known(house: House) -> None:
    kind = diary.open_reason(house)
    asker = program(house)
    first = booked(house, asker, kind)
    second = booked(house, asker, kind, at="2026-04-14T09:40:00+02:00")
    assert first["beneficiary"]["id"] != second["beneficiary"]["id"]
    assert first["badge"]["id"] != second["badge"]["id"]


@pytest.mark.parametrize(
    ("person", "told", "field"),
    [
        ({"phone": ""}, "contact-needed", "person.phone"),
        ({"phone": "12"}, "person-not-understood", "person.phone"),
        ({"email": "nowhere"}, "person-not-understood", "person.email"),
        ({"last_name": "www.example.org"}, "person-not-understood", "person.last_name"),
        ({"first_name": "\u202e"}, "unreadable-request", "person.first_name"),
        ({"language": "de"}, "unreadable-request", "person.language"),
        ({"age": 3}, "unreadable-request", "person.age"),
    ],
)
def test_a_person_is_read_as_the_pages_read_one(
    sqlite_house: House, person: dict[str, Any], told: str, field: str
) -> None:
    kind = diary.open_reason(sqlite_house)
    asker = program(sqlite_house)
    token = held(sqlite_house, asker, kind)["token"]
    answer = asker.post("/appointments", {"hold": token, "person": {**CAMILLE, **person}})
    assert code(answer) == (422, told)
    assert list(answer.json["fields"]) == [field]  # type: ignore[index]
    assert asker.get(f"/holds/{token}").status_code == 200


def test_at_home_an_address_and_by_telephone_a_number_is_needed(sqlite_house: House) -> None:
    kind = diary.open_reason(sqlite_house, channels=["home", "phone"])
    asker = program(sqlite_house)
    somebody = {"first_name": "Camille", "last_name": "Durand", "email": "c@exemple.example"}
    home = held(sqlite_house, asker, kind, channel="home")["token"]
    answer = asker.post("/appointments", {"hold": home, "person": somebody})
    assert (code(answer), list(answer.json["fields"])) == ((422, "address-needed"), ["person.home_address"])  # type: ignore[index]
    there = {**somebody, "home_address": "3 rue Neuve", "booked_by": "Sonia"}
    assert asker.post("/appointments", {"hold": home, "person": there}).status_code == 201
    call = held(sqlite_house, asker, kind, channel="phone", at="2026-04-14T09:40:00+02:00")["token"]
    answer = asker.post("/appointments", {"hold": call, "person": somebody})
    assert (code(answer), list(answer.json["fields"])) == ((422, "phone-needed"), ["person.phone"])  # type: ignore[index]


def test_a_number_is_read_as_they_type_it_where_the_appointment_is(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.reason(house)
    diary.open_weekly(house, kind, agent=house.agents[2], venue=house.far_venue)
    body = {**CAMILLE, "phone": "0692 98 00 01"}
    token = held(house, program(house), kind, venue_id=to_text(house.far_venue.id), at="2026-04-14T09:00:00+04:00")
    made = program(house).post("/appointments", {"hold": token["token"], "person": body}).json
    assert made is not None
    with house.database.reading(house.organisation.id) as db:
        person = db.get(Beneficiary, from_text(made["beneficiary"]["id"]))
        assert person is not None
        assert person.phone == "+262692980001"


def test_what_was_lost_is_told_as_on_the_pages(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    asker = program(house)
    late = held(house, asker, kind)["token"]
    house.clock.advance(diary.LATER)
    booked(house, asker, kind)
    assert code(asker.post("/appointments", {"hold": late, "person": CAMILLE})) == (409, "slot-taken")
    assert code(asker.post("/appointments", {"hold": "nothing", "person": CAMILLE})) == (404, "hold-not-found")


def test_staff_book_whatever_the_grid_and_whoever_the_person(house: House) -> None:
    kind = diary.open_reason(house)
    asker = program(house, Permission.SEE_DAY)
    agent = house.agents[0]
    nobody_to_reach = {"first_name": "Camille", "last_name": "Durand"}
    body = wanted(
        house, kind, "2026-04-14T09:07:00+02:00", person=nobody_to_reach, resource_id=to_text(agent.resource_id)
    )
    answer = asker.post("/appointments/by-staff", body)
    made = answer.json
    assert answer.status_code == 201, made
    assert made is not None
    assert (made["starts_at"], made["resource_id"]) == ("2026-04-14T09:07:00+02:00", to_text(agent.resource_id))
    assert "badge" not in made
    assert asker.get(f"/appointments/{made['id']}").json == made
    assert code(asker.post("/appointments/by-staff", body)) == (409, "outside-opening-hours")


def test_staff_are_refused_what_is_not_there(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    group = diary.reason(house, is_workshop=True, channels=["on-site"])
    asker = program(house, Permission.SEE_DAY)

    def told(**changes: Any) -> tuple[int, str]:
        return code(asker.post("/appointments/by-staff", wanted(house, kind, **{"person": CAMILLE, **changes})))

    assert told(type_id=to_text(group.id)) == (404, "only-in-workshops")
    assert told(venue_id=to_text(1)) == (404, "venue-not-found")
    assert told(resource_id=to_text(house.stranger.resource_id)) == (409, "outside-opening-hours")
    assert told(at="2026-04-14T09:00:30+02:00") == (422, "unfit-values")
    assert told(at="2199-12-31T09:00:00+02:00") == (409, "outside-opening-hours")
    assert told(person={**CAMILLE, "phone": "12"}) == (422, "person-not-understood")
    assert told(channel="home") == (404, "not-open-to-public")


def test_staff_book_what_was_yesterday_and_nobody_is_written_to(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    house.clock.set(diary.at(16))
    answer = program(house, Permission.SEE_DAY).post("/appointments/by-staff", wanted(house, kind, person=CAMILLE))
    assert answer.status_code == 201, answer.json
    house.worker.run_until_empty()
    assert (house.mails, house.texts) == ([], [])


def test_a_vehicle_is_open_at_its_own_venue_alone(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.reason(house, needs_vehicle=True)
    car = program(house).post("/resources", {"kind": "vehicle", "name": "Kangoo", "venue_id": to_text(house.venue.id)})
    rule = {
        "resource_id": car.json["id"],  # type: ignore[index]
        "venue_id": to_text(house.far_venue.id),
        "type_ids": [to_text(kind.id)],
        "weekdays": [1],
        "opens_at": "09:00",
        "closes_at": "12:00",
        "first_day": "2026-04-13",
    }
    answer = program(house).post("/opening-hours", rule)
    assert code(answer) == (422, "unfit-values")
    assert list(answer.json["fields"]) == ["venue_id"]  # type: ignore[index]
    assert program(house).post("/opening-hours", {**rule, "venue_id": to_text(house.venue.id)}).status_code == 201
    assert diary.listed(house, kind) == []
    diary.open_weekly(house, kind)
    assert len(diary.listed(house, kind)) == 4
    diary.book(house, kind, diary.at(7))
    assert {row.resource_id for row in diary.engaged(house)} == {house.agents[0].resource_id, from_text(car.json["id"])}  # type: ignore[index]


def test_appointments_are_listed_by_the_page_and_by_what_is_asked(house: House) -> None:
    kind = diary.open_reason(house)
    asker = program(house)
    hours = ("09:00", "09:40", "10:20")
    made = [booked(house, asker, kind, at=f"2026-04-14T{hour}:00+02:00") for hour in hours]
    asker.post(f"/appointments/{made[1]['id']}/cancellation")

    def ids(**asked: Any) -> tuple[list[str], str | None]:
        page = asker.get("/appointments", query_string=asked).json
        assert page is not None
        return [one["id"] for one in page["items"]], page["next"]

    every = [one["id"] for one in made]
    first, following = ids(limit=2)
    assert first == every[:2]
    assert ids(limit=2, after=following) == (every[2:], None)
    assert ids(status="cancelled") == (every[1:2], None)
    assert ids(since="2026-04-14T07:40:00Z", until="2026-04-14T08:20:00Z") == (every[1:2], None)
    assert ids(venue_id=to_text(house.venue.id)) == (every, None)
    assert ids(venue_id=to_text(house.far_venue.id)) == ([], None)


def test_an_appointment_is_cancelled_once_and_its_time_is_free(house: House) -> None:
    kind = diary.open_reason(house)
    asker = program(house)
    made = booked(house, asker, kind)
    path = f"/appointments/{made['id']}"
    answer = asker.post(f"{path}/cancellation")
    told = answer.json
    assert answer.status_code == 200
    assert told is not None
    assert (told["status"], told["sequence"], told["cancelled_at"]) == ("cancelled", 1, "2026-04-13T09:00:00+02:00")
    assert code(asker.post(f"{path}/cancellation")) == (409, "already-cancelled")
    held(house, asker, kind)
    assert code(asker.post(f"/appointments/{to_text(1)}/cancellation")) == (404, "appointment-not-found")


def test_staff_move_an_appointment_to_what_they_have_kept(house: House) -> None:
    kind = diary.open_reason(house)
    asker = program(house)
    made = booked(house, asker, kind)
    path = f"/appointments/{made['id']}"
    there = {"venue_id": to_text(house.venue.id), "starts_at": "2026-04-14T11:00:00+02:00"}
    kept = asker.post(f"{path}/holds", there)
    assert kept.status_code == 201, kept.json
    assert kept.json["moves_appointment_id"] == made["id"]  # type: ignore[index]
    token = kept.json["token"]  # type: ignore[index]
    assert code(asker.post("/appointments", {"hold": token, "person": CAMILLE})) == (404, "hold-not-found")
    assert code(asker.post(f"/appointments/{to_text(1)}/move", {"hold": token})) == (404, "hold-not-found")
    for _ in range(2):
        moved = asker.post(f"{path}/move", {"hold": token}).json
        assert moved is not None
        assert (moved["starts_at"], moved["sequence"]) == ("2026-04-14T11:00:00+02:00", 1)
    assert code(asker.post(f"{path}/holds", there)) == (409, "slot-taken")
    assert code(asker.post(f"{path}/move", {"hold": "nothing"})) == (404, "hold-not-found")


def test_staff_move_later_than_the_person_may(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    asker = program(house)
    made = booked(house, asker, kind)
    house.clock.set(diary.at(6, 30))
    there = {"venue_id": to_text(house.venue.id), "starts_at": "2026-04-14T11:00:00+02:00"}
    token = asker.post(f"/appointments/{made['id']}/holds", there).json["token"]  # type: ignore[index]
    assert asker.post(f"/appointments/{made['id']}/move", {"hold": token}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/holds", Permission.BOOK),
        ("GET", "/holds/nothing", Permission.BOOK),
        ("DELETE", "/holds/nothing", Permission.BOOK),
        ("POST", "/holds/nothing/renewal", Permission.BOOK),
        ("POST", "/appointments", Permission.BOOK),
        ("GET", "/appointments", Permission.SEE_DAY),
        ("POST", "/appointments/by-staff", Permission.SEE_DAY),
        ("GET", f"/appointments/{to_text(1)}", Permission.SEE_DAY),
        ("POST", f"/appointments/{to_text(1)}/cancellation", Permission.SEE_DAY),
        ("POST", f"/appointments/{to_text(1)}/holds", Permission.SEE_DAY),
        ("POST", f"/appointments/{to_text(1)}/move", Permission.SEE_DAY),
    ],
)
def test_a_key_without_the_scope_is_refused(sqlite_house: House, method: str, path: str, scope: Permission) -> None:
    narrow = asking(sqlite_house, key(sqlite_house, *(set(Permission) - {scope})))
    answer = narrow.send(method, path, **({"json": {}} if method == "POST" else {}))
    assert code(answer) == (403, "not-allowed")


def test_another_organisation_sees_and_moves_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    kind = diary.open_reason(house)
    made = booked(house, program(house), kind)
    token = held(house, program(house), kind, at="2026-04-14T09:40:00+02:00")["token"]
    stranger = asking(house, key(house, organisation_id=house.other.id))
    path = f"/appointments/{made['id']}"
    there = {"venue_id": None, "starts_at": "2026-04-14T11:00:00+02:00"}
    for answer in (
        stranger.get(path),
        stranger.post(f"{path}/cancellation"),
        stranger.post(f"{path}/holds", there),
        stranger.post(f"{path}/move", {"hold": token}),
        stranger.get(f"/holds/{token}"),
        stranger.delete(f"/holds/{token}"),
        stranger.post(f"/holds/{token}/renewal"),
        stranger.post("/appointments", {"hold": token, "person": CAMILLE}),
    ):
        assert answer.status_code == 404
    assert stranger.get("/appointments").json == {"items": [], "next": None}
    with house.database.reading(house.organisation.id) as db:
        assert len(list(db.scalars(select(Appointment)))) == 1
