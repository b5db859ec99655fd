"""Statements by the API: somebody is found by name, and their presence is stated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.models import Statement
from directory.domain.permissions import Permission
from foundation.models import AuditEntry
from tests.api import Asking, asking, device, key
from tests.attendance.scene import Scene, appointment, shown, training, workshop
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def program(scene: Scene) -> Asking:
    held = device(scene.house)
    return asking(scene.house, key(scene.house, Permission.SCAN, Permission.SEARCH_PEOPLE, device=held))


def search(scene: Scene, program: Asking, query: str, *, at_desk: bool = False) -> list[dict[str, Any]]:
    desk = {"kind": "desk", "id": shown(scene.house.venue.id)}
    half_day = {"kind": "half-day", "id": shown(scene.half_days[0].id)}
    answer = program.post("/expected/search", {"query": query, "target": desk if at_desk else half_day})
    assert answer.status_code == 200, answer.json
    return list((answer.json or {})["people"])


def statements(scene: Scene) -> int:
    with scene.house.database.reading(scene.house.organisation.id) as db:
        return db.scalars(select(func.count(Statement.id))).one()


WHY = {"kind": "arrival", "reason": "Badge oublié"}


def test_who_is_found_by_name_is_stated_present(scene: Scene, program: Asking) -> None:
    (found,) = search(scene, program, "Diallo")
    assert (found["name"], found["title"], found["signed_at"]) == ("Amadou Diallo", "Comprendre", None)
    assert found["starts_at"] == "2026-04-13T10:00:00+02:00"
    assert found["is_stated"] is False
    answer = program.post("/statements", {**found["person"], **WHY})
    assert answer.status_code == 201, answer.json
    assert answer.json == {
        "name": "Amadou Diallo",
        "title": "Comprendre",
        "sentence": "Statement noted for Amadou Diallo, “Comprendre”. It is not a signature.",
    }
    (found,) = search(scene, program, "Diallo")
    assert (found["is_stated"], found["signed_at"]) == (True, None)
    with scene.house.database.reading(scene.house.organisation.id) as db:
        stated = db.scalars(select(Statement)).one()
        searched = db.scalars(select(AuditEntry).where(AuditEntry.action == "people.searched")).all()
    assert stated.agent_id == scene.house.agents[0].id
    assert len(searched) == 2
    assert "Diallo" not in str([one.details for one in searched])


def test_who_has_booked_is_stated_present_before_any_row_is_there(scene: Scene, program: Asking) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10), person=2)
    (found,) = (one for one in search(scene, program, "le van", at_desk=True) if one["title"] == "Aide administrative")
    assert {name for name, value in found["person"].items() if value} == {"appointment_id"}
    assert program.post("/statements", {**found["person"], **WHY}).status_code == 201
    planned = workshop(scene, booked)
    scene.write(appointment_two := appointment(scene, starts_at=booked.starts_at, person=1), workshop_id=planned.id)
    seat = {"workshop_id": shown(planned.id), "beneficiary_id": shown(appointment_two.beneficiary_id)}
    assert (program.post("/statements", {**seat, **WHY}).json or {})["title"] == "Atelier CV"


def test_somebody_who_is_named_badly_is_refused(scene: Scene, program: Asking) -> None:
    some = shown(scene.attendees[0])
    for named in (
        {},
        {"attendee_id": some},
        {"half_day_id": some},
        {"workshop_id": some},
        {"attendee_id": some, "half_day_id": some, "appointment_id": some},
        {"appointment_id": None},
    ):
        answer = program.post("/statements", {**named, **WHY})
        assert (answer.status_code, (answer.json or {})["code"]) == (422, "unreadable-statement"), named
    for named in (
        {"attendee_id": some, "half_day_id": some},
        {"attendee_id": "7" * 13, "half_day_id": shown(scene.half_days[0].id)},
        {"appointment_id": some},
        {"workshop_id": some, "beneficiary_id": some},
    ):
        assert program.post("/statements", {**named, **WHY}).status_code == 404, named
    assert statements(scene) == 0


def test_the_rules_of_the_page_hold(scene: Scene, program: Asking) -> None:
    half_day = {"kind": "half-day", "id": shown(scene.half_days[0].id)}
    short = program.post("/expected/search", {"query": "le", "target": half_day})
    assert (short.status_code, (short.json or {})["code"]) == (422, "query-too-short")
    afternoon = {"attendee_id": shown(scene.attendees[0]), "half_day_id": shown(scene.half_days[1].id)}
    early = program.post("/statements", {**afternoon, **WHY})
    assert (early.status_code, (early.json or {})["code"]) == (409, "too-early-to-state")
    blank = program.post("/statements", {**afternoon, **WHY, "reason": "\t "})
    assert (blank.status_code, list((blank.json or {})["fields"])) == (422, ["reason"])


def test_another_organisation_s_key_states_and_finds_nothing(scene: Scene) -> None:
    stranger = asking(scene.house, key(scene.house, organisation_id=scene.house.other.id))
    half_day = {"kind": "half-day", "id": shown(scene.half_days[0].id)}
    desk = {"kind": "desk", "id": shown(scene.house.venue.id)}
    assert stranger.post("/expected/search", {"query": "diallo", "target": half_day}).status_code == 404
    assert stranger.post("/expected/search", {"query": "diallo", "target": desk}).json == {"people": []}
    person = {"attendee_id": shown(scene.attendees[0]), "half_day_id": shown(scene.half_days[0].id)}
    assert stranger.post("/statements", {**person, **WHY}).status_code in {403, 404}
    assert statements(scene) == 0


def test_a_key_without_the_scope_states_and_finds_nothing(scene: Scene) -> None:
    narrow = asking(scene.house, key(scene.house, Permission.SEE_DAY))
    desk = {"kind": "desk", "id": shown(scene.house.venue.id)}
    assert narrow.post("/expected/search", {"query": "diallo", "target": desk}).status_code == 403
    assert narrow.post("/statements", {"appointment_id": "0" * 13, **WHY}).status_code == 403
