"""Meetings by the API: listed, shown, and made for what is booked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.models import Meeting
from booking.models import AppointmentStatus
from directory.domain.permissions import Permission
from tests.api import Asking, asking, key
from tests.attendance.scene import Scene, appointment, shown, training, workshop
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    return training(sqlite_house)


@pytest.fixture
def program(scene: Scene) -> Asking:
    return asking(scene.house, key(scene.house))


def items(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def test_a_meeting_tells_its_half_days_and_its_people(scene: Scene, program: Asking) -> None:
    told = program.get(f"/meetings/{shown(scene.meeting_id)}").json or {}
    assert (told["title"], told["venue_id"]) == ("Gérer ses papiers en ligne", shown(scene.house.venue.id))
    assert [one["starts_at"] for one in told["half_days"]] == ["2026-04-13T10:00:00+02:00", "2026-04-13T14:00:00+02:00"]
    assert {one["id"] for one in told["attendees"]} == {shown(one) for one in scene.attendees}
    assert {one["beneficiary_id"] for one in told["attendees"]} == {shown(one.id) for one in scene.people}
    assert told["facilitators"] == [{"id": shown(scene.facilitator_id), "name": "Élodie Grondin", "countersigned": []}]


def test_meetings_are_listed_with_the_workshops_that_nothing_has_touched(scene: Scene, program: Asking) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(hours=5))
    planned = workshop(scene, booked)
    told = items(program.get("/meetings"))
    assert [(one["kind"], one["meeting_id"], one["workshop_id"]) for one in told] == [
        ("training", shown(scene.meeting_id), None),
        ("workshop", None, shown(planned.id)),
    ]
    assert (told[0]["half_days"], told[0]["signatures"], told[0]["sheet_state"]) == (2, 0, "open")
    later = {"since": "2026-05-01T00:00:00Z", "until": "2026-05-02T00:00:00+02:00"}
    assert items(program.get("/meetings", query_string=later)) == []
    assert items(program.get("/meetings", query_string={"since": "2027-01-01T00:00:00Z"})) == []
    assert len(items(program.get("/meetings", query_string={"until": "2026-04-14T00:00:00Z"}))) == 2


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-05-02T00:00:00Z", "2026-05-01T00:00:00Z"),
        ("2026-05-02T00:00:00Z", "2026-05-02T00:00:00Z"),
        ("2000-01-01T00:00:00Z", "2199-12-31T00:00:00Z"),
    ],
)
def test_a_span_that_ends_before_it_begins_or_lasts_for_ever_is_refused(
    program: Asking, since: str, until: str
) -> None:
    answer = program.get("/meetings", query_string={"since": since, "until": until})
    assert (answer.status_code, (answer.json or {})["code"]) == (422, "unreadable-period")


def test_the_meeting_of_a_workshop_is_made_once(scene: Scene, program: Asking) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(hours=5))
    planned = workshop(scene, booked)
    scene.write(booked, workshop_id=planned.id)
    first, second = (program.post(f"/workshops/{shown(planned.id)}/meeting") for _ in range(2))
    assert (first.status_code, first.json) == (200, second.json)
    assert [one["name"] for one in (first.json or {})["attendees"]] == ["Sonia Lefèvre"]
    seat = program.post(f"/appointments/{shown(booked.id)}/meeting")
    assert (seat.json or {})["id"] == (first.json or {})["id"]


def test_the_meeting_of_an_appointment_is_made_once_and_not_for_one_that_is_cancelled(
    scene: Scene, program: Asking
) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(hours=5))
    other = appointment(scene, starts_at=scene.house.now + timedelta(hours=6), person=1)
    scene.write(other, status=AppointmentStatus.CANCELLED)
    first = program.post(f"/appointments/{shown(booked.id)}/meeting").json or {}
    assert (first["kind"], [one["name"] for one in first["attendees"]]) == ("appointment", ["Sonia Lefèvre"])
    assert program.post(f"/appointments/{shown(other.id)}/meeting").status_code == 404
    scene.write(booked, status=AppointmentStatus.CANCELLED)
    kept = program.post(f"/appointments/{shown(booked.id)}/meeting")
    assert (kept.status_code, (kept.json or {})["id"]) == (200, first["id"])
    with scene.house.database.reading(scene.house.organisation.id) as db:
        assert db.scalar(select(func.count(Meeting.id))) == 2


def test_another_organisation_s_key_finds_nothing(scene: Scene) -> None:
    stranger = asking(scene.house, key(scene.house, organisation_id=scene.house.other.id))
    booked = appointment(scene, starts_at=scene.house.now + timedelta(hours=5))
    planned = workshop(scene, booked)
    assert items(stranger.get("/meetings")) == []
    assert stranger.get(f"/meetings/{shown(scene.meeting_id)}").status_code == 404
    assert stranger.post(f"/workshops/{shown(planned.id)}/meeting").status_code == 404
    assert stranger.post(f"/appointments/{shown(booked.id)}/meeting").status_code == 404


def test_a_key_without_the_scope_sees_and_makes_nothing(scene: Scene) -> None:
    narrow = asking(scene.house, key(scene.house, Permission.SCAN))
    assert narrow.get("/meetings").status_code == 403
    assert narrow.get(f"/meetings/{shown(scene.meeting_id)}").status_code == 403
    assert narrow.post(f"/workshops/{shown(scene.meeting_id)}/meeting").status_code == 403
    assert narrow.post(f"/appointments/{shown(scene.meeting_id)}/meeting").status_code == 403
