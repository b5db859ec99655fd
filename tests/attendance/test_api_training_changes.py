"""Trainings are changed by the API: all of it or nothing, and what stays is a problem with its code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from attendance.models import Attendee, Meeting
from attendance.use_cases.open_sheet import open_sheet_of_appointment
from directory.domain.permissions import Permission
from tests.api import Asking, asking, key
from tests.attendance.queues import close, rows
from tests.attendance.scene import Scene, appointment, shown, training
from tests.attendance.test_api_trainings import half_day, plan
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(sqlite_house)
    made.house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def program(scene: Scene) -> Asking:
    return asking(scene.house, key(scene.house))


def change(scene: Scene, program: Asking, **body: Any) -> Any:
    return program.patch(f"/trainings/{shown(scene.meeting_id)}", body)


def test_a_change_is_answered_with_the_meeting_as_it_is_then(scene: Scene, program: Asking) -> None:
    first, second = scene.half_days
    moved = first.starts_at + timedelta(minutes=30)
    answer = change(
        scene,
        program,
        title="Papiers",
        agreement_title="P1",
        seats=12,
        needs_drawing=True,
        invites=True,
        half_days=[{"half_day_id": shown(first.id), "starts_at": moved.isoformat(), "title": "Lire"}],
        new_half_days=[half_day(second.ends_at, 2, "Réviser")],
        new_leaders=[{"name": "Karim Belkacem", "agent_id": shown(scene.house.agents[1].id)}],
        removed_half_day_ids=[shown(second.id)],
        removed_facilitator_ids=[shown(scene.facilitator_id)],
        removed_attendee_ids=[shown(scene.attendees[0])],
    )
    assert answer.status_code == 200, answer.json
    told = answer.json
    assert [told[name] for name in ("title", "agreement_title", "seats", "needs_drawing", "invites")] == [
        "Papiers",
        "P1",
        12,
        True,
        True,
    ]
    assert [(one["title"], one["starts_at"]) for one in told["half_days"]] == [
        ("Lire", "2026-04-13T10:30:00+02:00"),
        ("Réviser", "2026-04-13T17:00:00+02:00"),
    ]
    assert [one["name"] for one in told["attendees"]] == ["Amadou Diallo", "Zoé Lê-Van"]
    assert [one["name"] for one in told["facilitators"]] == ["Karim Belkacem"]
    assert program.get(f"/meetings/{shown(scene.meeting_id)}").json == told


def test_what_is_not_named_stays(scene: Scene, program: Asking) -> None:
    before = program.get(f"/meetings/{shown(scene.meeting_id)}").json
    assert change(scene, program).json == before
    assert change(scene, program, seats=8).json == {**(before or {}), "seats": 8}
    assert change(scene, program, seats=None).json == before


def test_somebody_known_is_enrolled_once(scene: Scene, program: Asking) -> None:
    scene.remove(scene.attendees[0])
    ids = [shown(one.id) for one in scene.people]
    for _ in range(2):
        assert change(scene, program, new_beneficiary_ids=ids).status_code == 200
    assert len(rows(scene, Attendee)) == 3


def test_what_somebody_has_signed_stays_and_the_rest_of_the_change_with_it(scene: Scene, program: Asking) -> None:
    scene.scan(scene.sent())
    half_day_id, attendee_id = shown(scene.half_days[0].id), shown(scene.attendees[0])
    for body, code in (
        ({"removed_attendee_ids": [attendee_id]}, "attendee-has-evidence"),
        ({"removed_half_day_ids": [half_day_id]}, "half-day-has-evidence"),
        (
            {"half_days": [{"half_day_id": half_day_id, "ends_at": "2026-04-13T13:30:00+02:00"}]},
            "half-day-has-evidence",
        ),
    ):
        answer = change(scene, program, title="Autre", **body)
        assert (answer.status_code, answer.json["code"]) == (409, code)
    assert rows(scene, Meeting)[0].title == "Gérer ses papiers en ligne"


def test_what_is_wrong_is_a_problem(scene: Scene, program: Asking) -> None:
    stranger = shown(scene.house.stranger.id)
    for body, status, said in (
        ({"title": ""}, 422, "title"),
        ({"seats": 0}, 422, "seats"),
        ({"room": "Garonne"}, 422, "room"),
        ({"removed_facilitator_ids": [shown(scene.facilitator_id)]}, 422, "leaders"),
        ({"removed_facilitator_ids": [stranger]}, 404, "facilitator-not-found"),
        ({"removed_attendee_ids": [stranger]}, 404, "attendee-not-found"),
        ({"removed_half_day_ids": [stranger]}, 404, "half-day-not-found"),
        ({"half_days": [{"half_day_id": stranger}]}, 404, "half-day-not-found"),
        ({"new_beneficiary_ids": [stranger]}, 404, "beneficiary-not-found"),
    ):
        answer = change(scene, program, **body)
        told = answer.json or {}
        assert (answer.status_code, next(iter(told.get("fields", {told["code"]: ""})))) == (status, said), body


def test_a_closed_sheet_and_a_booked_meeting_are_conflicts(scene: Scene, program: Asking) -> None:
    booked = appointment(scene, starts_at=scene.house.now)
    meeting_id = scene.house.database.in_transaction(
        scene.agent.organisation_id,
        open_sheet_of_appointment,
        scene.agent,
        now=scene.house.now,
        appointment_id=booked.id,
    )
    answer = program.patch(f"/trainings/{shown(meeting_id)}", {"title": "Autre"})
    assert (answer.status_code, (answer.json or {})["code"]) == (409, "meeting-is-booked")
    close(scene)
    answer = change(scene, program, title="Autre")
    assert (answer.status_code, answer.json["code"]) == (409, "sheet-is-closed")


def test_a_key_without_the_scope_changes_nothing(scene: Scene) -> None:
    narrow = asking(scene.house, key(scene.house, Permission.SEE_DAY))
    assert change(scene, narrow, title="Autre").status_code == 403


def test_a_change_sent_twice_under_one_key_is_made_once(scene: Scene, program: Asking) -> None:
    body = {"new_leaders": [{"name": "Claire Vasseur"}]}
    where, headers = f"/trainings/{shown(scene.meeting_id)}", {"Idempotency-Key": "more"}
    first, second = (program.patch(where, body, headers=headers) for _ in range(2))
    assert (first.status_code, first.json) == (second.status_code, second.json) == (200, first.json)
    assert len((first.json or {})["facilitators"]) == 2


def test_a_reference_is_of_one_training(scene: Scene, program: Asking) -> None:
    made = program.post("/trainings", plan(scene, reference="GP-1"))
    assert (made.status_code, (made.json or {})["reference"]) == (201, "GP-1")
    again = program.post("/trainings", plan(scene, reference="GP-1"))
    assert (again.status_code, (again.json or {})["code"]) == (409, "reference-taken")
    assert program.post("/trainings", plan(scene)).status_code == 201
