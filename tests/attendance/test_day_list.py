"""Today's list of a device: what it needs to check by itself, of its venue alone, and no more of anybody's name."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from attendance.door.references import parse_person
from attendance.models import Attendee
from attendance.queries import day_list
from directory.domain.permissions import Permission
from directory.models import Device
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from tests.api import asking, device, key
from tests.attendance.offline import Phone
from tests.attendance.queues import revoke, ten
from tests.attendance.scene import PEOPLE, Scene, appointment, shown, training
from tests.house import House

MOST_STATEMENTS = 8


@pytest.fixture
def scene(house: House) -> Scene:
    """9:00 of the training, which begins at ten."""
    return training(house)


def asked(scene: Scene, scanner: Device | None = None) -> dict[str, Any]:
    house = scene.house
    text = key(house, Permission.SCAN, device=scanner or device(house))
    answer = asking(house, text).get("/device-day")
    assert answer.status_code == 200, answer.get_json()
    told: dict[str, Any] = answer.get_json()
    return told


def test_it_says_until_when_it_is_good_and_what_to_check_by(scene: Scene) -> None:
    told = asked(scene)
    assert told["ends_at"].startswith("2026-04-13T22:00:00")  # midnight in Bordeaux
    assert told["organisation_id"] == shown(scene.house.organisation.id)
    assert [one["number"] for one in told["keys"]] == [1]
    first, second = told["half_days"]
    assert (first["title"], first["opens_at"], first["closes_at"]) == (
        "Comprendre",
        "2026-04-13T09:30:00+02:00",
        "2026-04-13T13:30:00+02:00",
    )
    assert (second["needs_drawing"], second["is_closed"]) == (False, False)
    doors = {one["target"] for one in told["targets"]}
    assert f"half_day:{shown(scene.half_days[0].id)}" in doors
    assert f"desk:{shown(scene.house.venue.id)}" in doors


def test_it_names_people_by_first_name_and_initial_and_by_nothing_else(scene: Scene) -> None:
    told = asked(scene)
    assert {(one["first_name"], one["initial"]) for one in told["people"]} == {
        ("Sonia", "L"),
        ("Amadou", "D"),
        ("Zoé", "L"),
    }
    text = json.dumps(told, ensure_ascii=False)
    for _, last, mail, phone in PEOPLE:
        assert not [one for one in (last, mail, phone) if one and one in text]
    assert not [badge for badge in scene.badges if badge.number in text]


def test_each_is_named_as_a_statement_names_them(scene: Scene) -> None:
    (sonia, *_) = (one for one in asked(scene)["people"] if one["first_name"] == "Sonia")
    person = parse_person(sonia["attendee"])
    assert (person.attendee_id, person.half_day_id) == (scene.attendees[0], scene.half_days[0].id)


def test_a_badge_is_recognised_by_half_a_hash_until_it_is_revoked(scene: Scene) -> None:
    def held() -> set[str]:
        return {text for one in asked(scene)["people"] if one["first_name"] == "Sonia" for text in one["badges"]}

    assert held() == {day_list.hash_of(scene.badges[0].number)}
    revoke(scene, 0)
    assert held() == set()


def test_who_has_signed_is_told_with_the_hour(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=2))
    phone = Phone(scene)
    phone.hear(phone.scan(0, ten(scene, 3)), phone.scan(0, ten(scene, 50), kind="departure"))
    here = [one for one in asked(scene)["people"] if one["half_day_ref"] == f"half_day:{shown(scene.half_days[0].id)}"]
    assert len(here) in {0, 3}
    told = {one["first_name"]: (one["arrived_at"], one["left_at"]) for one in asked(scene)["people"]}
    assert told["Amadou"] == (None, None)


def test_a_device_of_one_venue_is_told_of_that_venue_alone(scene: Scene) -> None:
    far = Phone(scene, 1, values={"venue_id": scene.house.far_venue.id}).device
    told = asked(scene, far)
    assert (told["people"], told["half_days"]) == ([], [])
    assert [one["target"] for one in told["targets"]] == [f"desk:{shown(scene.house.far_venue.id)}"]
    here = Phone(scene, 2, values={"venue_id": scene.house.venue.id}).device
    assert len(asked(scene, here)["people"]) == 6


def test_a_booking_that_nothing_has_touched_yet_is_on_it_too(scene: Scene) -> None:
    booked = appointment(scene, starts_at=ten(scene, 30), person=1)
    (spot,) = (one for one in asked(scene)["half_days"] if one["half_day_id"] is None)
    assert (spot["title"], spot["targets"]) == ("Aide administrative", [f"desk:{shown(scene.house.venue.id)}"])
    (person,) = (one for one in asked(scene)["people"] if one["half_day_ref"] == spot["ref"])
    assert parse_person(person["attendee"]).appointment_id == booked.id


def test_a_key_that_is_no_device_s_gets_no_list(scene: Scene) -> None:
    assert asking(scene.house, key(scene.house, Permission.SCAN)).get("/device-day").status_code == 404


def test_it_takes_as_many_statements_for_forty_people_as_for_three(scene: Scene) -> None:
    scanner = Phone(scene).device
    few = statements(scene, scanner)
    enrol_many(scene, 40)
    assert len(asked(scene, scanner)["people"]) == 2 * 43
    assert statements(scene, scanner) == few
    assert few <= MOST_STATEMENTS


def enrol_many(scene: Scene, many: int) -> None:
    house = scene.house

    def enrol(db: Any) -> None:
        for number in range(many):
            one = known_or_new(
                db, scene.agent, first_name=f"Léa{number}", last_name="Martin", email=None,
                phone=f"+3363998{number:04}", language="fr", now=house.now,
            )  # fmt: skip
            badge_until(db, scene.agent, beneficiary_id=one.id, until=house.now + timedelta(days=1), now=house.now)
            row = Attendee(organisation_id=house.organisation.id, meeting_id=scene.meeting_id, beneficiary_id=one.id)
            db.add(row)

    house.database.in_transaction(house.organisation.id, enrol)


def statements(scene: Scene, scanner: Device) -> int:
    seen: list[str] = []

    def listen(*told: Any) -> None:
        seen.append(told[2])

    with scene.house.database.reading(scene.house.organisation.id) as db:
        event.listen(scene.house.database.engine, "before_cursor_execute", listen)
        day_list.of_device(db, scanner, now=scene.house.now)
        event.remove(scene.house.database.engine, "before_cursor_execute", listen)
    return len(seen)
