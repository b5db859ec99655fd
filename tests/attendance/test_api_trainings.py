"""Trainings by the API: planned as they should be, or refused with the field that is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.models import Facilitator, Meeting
from directory.domain.permissions import Permission
from directory.models import Agent
from tests.api import Asking, asking, key
from tests.attendance.scene import Scene, shown, training
from tests.house import START, House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    return training(sqlite_house)


@pytest.fixture
def program(scene: Scene) -> Asking:
    return asking(scene.house, key(scene.house))


def plan(scene: Scene, **changes: Any) -> dict[str, Any]:
    begin = scene.house.now + timedelta(days=7)
    body = {
        "title": "Tenir ses comptes",
        "venue_id": shown(scene.house.far_venue.id),
        "half_days": [half_day(begin, 3, "Lire"), half_day(begin + timedelta(hours=5), 3, "Écrire")],
        "beneficiary_ids": [shown(one.id) for one in scene.people[:2]],
        "leaders": [
            {"name": "Élodie Grondin", "email": " Elodie@Formation.example", "phone": "0692 12 34 56"},
            {"name": "Karim Belkacem", "agent_id": shown(scene.house.agents[1].id), "language": "en"},
        ],
    }
    return {**body, **changes}


def half_day(begin: datetime, hours: float, title: str = "") -> dict[str, str]:
    return {"starts_at": begin.isoformat(), "ends_at": (begin + timedelta(hours=hours)).isoformat(), "title": title}


def meetings(scene: Scene) -> int:
    with scene.house.database.reading(scene.house.organisation.id) as db:
        return db.scalars(select(func.count(Meeting.id))).one()


def test_a_training_is_planned_and_answered_as_the_meeting_that_it_is(scene: Scene, program: Asking) -> None:
    answer = program.post("/trainings", plan(scene))
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = dict(answer.json or {})
    assert answer.headers["Location"] == f"/api/v1/meetings/{made['id']}"
    assert (made["kind"], made["sheet_state"]) == ("training", "open")
    assert made["time_zone"] == "Indian/Reunion"
    assert [(one["title"], one["starts_at"]) for one in made["half_days"]] == [
        ("Lire", "2026-04-20T11:00:00+04:00"),
        ("Écrire", "2026-04-20T16:00:00+04:00"),
    ]
    assert [one["name"] for one in made["attendees"]] == ["Amadou Diallo", "Sonia Lefèvre"]
    assert [(one["name"], one["countersigned"]) for one in made["facilitators"]] == [
        ("Élodie Grondin", []),
        ("Karim Belkacem", []),
    ]
    assert program.get(f"/meetings/{made['id']}").json == made


def test_leaders_are_written_to_where_they_said_or_where_they_log_in(scene: Scene, program: Asking) -> None:
    assert program.post("/trainings", plan(scene)).status_code == 201
    with scene.house.database.reading(scene.house.organisation.id) as db:
        found = list(db.scalars(select(Facilitator).order_by(Facilitator.id)))[-2:]
    assert [(one.email, one.phone, one.language) for one in found] == [
        ("elodie@formation.example", "+262692123456", "fr"),
        ("karim@maison-des-solidarites.example", None, "en"),
    ]


def test_a_training_in_a_video_room_has_the_hours_of_the_organisation(scene: Scene, program: Asking) -> None:
    room = "https://visio.example/comptes"
    made = program.post("/trainings", plan(scene, venue_id=None, video_room=room))
    assert made.status_code == 201
    assert (made.json or {})["video_room"] == room
    assert (made.json or {})["time_zone"] == "Europe/Paris"


def test_whoever_is_named_twice_is_enrolled_once(scene: Scene, program: Asking) -> None:
    twice = [shown(scene.people[0].id)] * 2
    made = program.post("/trainings", plan(scene, beneficiary_ids=twice))
    assert made.status_code == 201
    assert len((made.json or {})["attendees"]) == 1


def leader(**more: Any) -> dict[str, Any]:
    return {"leaders": [{"name": "Élodie Grondin", **more}]}


BEGIN = START + timedelta(days=7)
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": " \t"}, "title"),
    "nowhere": ({"venue_id": None}, "venue_id"),
    "a room that is a script": ({"video_room": "javascript:alert(1)"}, "video_room"),
    "a room with a space": ({"video_room": "https://visio.example/une salle"}, "video_room"),
    "no half-day": ({"half_days": []}, "half_days"),
    "ends before it starts": ({"half_days": [half_day(BEGIN, -1)]}, "half_days"),
    "ends as it starts": ({"half_days": [half_day(BEGIN, 0)]}, "half_days"),
    "lasts longer than a day": ({"half_days": [half_day(BEGIN, 25)]}, "half_days"),
    "one half-day twice": ({"half_days": [half_day(BEGIN, 2)] * 2}, "half_days"),
    "too many half-days": ({"half_days": [half_day(BEGIN + timedelta(hours=n), 1) for n in range(101)]}, "half_days"),
    "too many people": ({"beneficiary_ids": [shown(n) for n in range(501)]}, "beneficiary_ids"),
    "nobody leads": ({"leaders": []}, "leaders"),
    "too many lead": ({"leaders": [{"name": "A"}] * 21}, "leaders"),
    "no mail address": (leader(email="elodie@"), "leaders.0.email"),
    "no telephone number": (leader(phone="hello"), "leaders.0.phone"),
    "no language of ours": (leader(language="de"), "leaders.0.language"),
    "an unknown field": ({"room": "Garonne"}, "room"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_planned_is_refused_with_its_field(scene: Scene, program: Asking, what: str) -> None:
    before, (change, field) = meetings(scene), WRONG[what]
    answer = program.post("/trainings", plan(scene, **change))
    assert answer.status_code == 422, answer.json
    assert list((answer.json or {})["fields"]) == [field]
    assert meetings(scene) == before


def test_nobody_and_nothing_of_another_organisation_is_planned_with(scene: Scene, program: Asking) -> None:
    before = meetings(scene)
    stranger = shown(scene.house.stranger.id)
    with scene.house.database.reading(scene.house.organisation.id) as db:
        unknown = shown(db.scalars(select(Agent.id)).first() or 0)
    for change, code in (
        ({"venue_id": stranger}, "venue-not-found"),
        ({"beneficiary_ids": [shown(scene.people[0].id), unknown]}, "beneficiary-not-found"),
        (leader(agent_id=stranger), "agent-not-found"),
    ):
        answer = program.post("/trainings", plan(scene, **change))
        assert (answer.status_code, (answer.json or {})["code"]) == (404, code)
    assert meetings(scene) == before


def test_an_agent_leads_once(scene: Scene, program: Asking) -> None:
    twice = [{"name": "Karim", "agent_id": shown(scene.house.agents[1].id)}] * 2
    answer = program.post("/trainings", plan(scene, leaders=twice))
    assert (answer.status_code, list((answer.json or {})["fields"])) == (422, ["leaders"])


def test_an_agent_who_has_left_leads_nothing(scene: Scene, program: Asking) -> None:
    scene.write(scene.house.agents[1], retired_at=scene.house.now)
    assert program.post("/trainings", plan(scene)).status_code == 404


def test_a_key_without_the_scope_plans_nothing(scene: Scene) -> None:
    narrow = asking(scene.house, key(scene.house, Permission.SEE_DAY))
    assert narrow.post("/trainings", plan(scene)).status_code == 403


def test_a_plan_sent_twice_under_one_key_is_made_once(scene: Scene, program: Asking) -> None:
    before, body = meetings(scene), plan(scene)
    first, second = (program.post("/trainings", body, headers={"Idempotency-Key": "plan"}) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert meetings(scene) == before + 1
