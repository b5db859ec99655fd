"""Signing and countersigning by the API, with a personal link as the key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.models import Countersignature, Signature
from tests.api import Asking, asking, key, link_of
from tests.attendance.scene import Scene, appointment, digits_received, shown, training
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def holder(scene: Scene) -> Asking:
    return asking(scene.house, link_of(scene.house, "sign", scene.attendees[0]))


@pytest.fixture
def leader(scene: Scene) -> Asking:
    return asking(scene.house, link_of(scene.house, "countersign", scene.facilitator_id))


def morning(scene: Scene, **more: Any) -> dict[str, Any]:
    return {"half_day_id": shown(scene.half_days[0].id), "kind": "arrival", **more}


def count(scene: Scene, model: Any) -> int:
    with scene.house.database.reading(scene.house.organisation.id) as db:
        return db.scalars(select(func.count(model.id))).one()


def test_the_holder_of_a_link_signs_with_a_code_that_came_another_way(scene: Scene, holder: Asking) -> None:
    told = holder.get("/signing").json or {}
    assert (told["first_name"], told["venue"]) == ("Sonia", "Bordeaux Saint-Michel")
    assert [(one["timing"], one["to_sign"], one["signed"]) for one in told["half_days"]] == [
        ("open", "arrival", []),
        ("early", None, []),
    ]
    assert told["half_days"][1]["opens_at"] == "2026-04-13T13:30:00+02:00"
    asked = holder.post("/signing/codes", morning(scene))
    assert (asked.status_code, asked.json) == (200, {"channel": "sms"})
    digits = digits_received(scene)
    wrong = "000000" if digits != "000000" else "000001"
    assert holder.post("/signing/signatures", morning(scene, code=wrong)).json == {"verdict": "refused"}
    assert holder.post("/signing/signatures", morning(scene, code=digits)).json == {"verdict": "signed"}
    assert holder.post("/signing/signatures", morning(scene, code=digits)).json == {"verdict": "refused"}
    half_day = (holder.get("/signing").json or {})["half_days"][0]
    assert half_day["signed"] == [
        {
            "kind": "arrival",
            "method": "one-time-code",
            "grade": "C",
            "observed_at": "2026-04-13T09:45:00+02:00",
        }
    ]
    assert half_day["to_sign"] is None
    assert count(scene, Signature) == 1


def test_a_signature_sent_twice_under_one_key_hears_the_first_verdict(scene: Scene, holder: Asking) -> None:
    holder.post("/signing/codes", morning(scene))
    body = morning(scene, code=digits_received(scene))
    header = {"Idempotency-Key": "mine"}
    first, second = (holder.post("/signing/signatures", body, headers=header).json for _ in range(2))
    assert first == second == {"verdict": "signed"}


def test_what_is_not_open_takes_no_code(scene: Scene, holder: Asking) -> None:
    afternoon = morning(scene, half_day_id=shown(scene.half_days[1].id))
    asked = holder.post("/signing/codes", afternoon)
    assert (asked.status_code, (asked.json or {})["code"]) == (409, "window-closed")
    assert holder.post("/signing/signatures", {**afternoon, "code": "123456"}).json == {"verdict": "not-open"}
    assert holder.post("/signing/codes", morning(scene, kind="departure")).status_code == 409


def test_a_link_signs_for_its_holder_at_their_meeting_alone(scene: Scene, holder: Asking) -> None:
    elsewhere = morning(scene, half_day_id=shown(scene.meeting_id))
    assert holder.post("/signing/codes", elsewhere).status_code == 404
    assert holder.post("/signing/signatures", {**elsewhere, "code": "123456"}).status_code == 404
    assert holder.get(f"/meetings/{shown(scene.meeting_id)}").status_code == 401
    assert holder.get("/countersigning").status_code == 401


def test_only_a_link_opens_what_its_purpose_is(scene: Scene, holder: Asking, leader: Asking) -> None:
    program = asking(scene.house, key(scene.house))
    for stranger in (program, leader, asking(scene.house, None), asking(scene.house, (holder.text or "")[:-1] + "é")):
        assert stranger.get("/signing").status_code == 401
    assert program.get("/countersigning").status_code == 401
    scene.house.clock.advance(timedelta(days=2))
    assert holder.get("/signing").status_code == 401


def test_a_facilitator_countersigns_each_half_day_once(scene: Scene, leader: Asking) -> None:
    scene.scan(scene.sent())
    body = {"half_day_id": shown(scene.half_days[0].id), "headcount": 2, "is_confirmed": True, "remark": "Une de plus"}
    early = leader.post("/countersigning/countersignatures", body)
    assert (early.status_code, (early.json or {})["code"]) == (409, "too-early-to-countersign")
    scene.house.clock.advance(timedelta(minutes=30))
    told = leader.get("/countersigning").json or {}
    assert (told["name"], told["title"]) == ("Élodie Grondin", "Gérer ses papiers en ligne")
    first, second = told["half_days"]
    assert (first["present"], first["stated"], first["absent"]) == (
        ["Sonia Lefèvre"], [], ["Amadou Diallo", "Zoé Lê-Van"],
    )  # fmt: skip
    assert (first["can_be_countersigned"], second["can_be_countersigned"]) == (True, False)
    assert first["countersignature"] is None
    done = leader.post("/countersigning/countersignatures", body)
    assert done.status_code == 201, done.json
    assert (done.json or {})["countersignature"] == {
        "headcount": 2, "signed_at": "2026-04-13T10:15:00+02:00", "remark": "Une de plus",
    }  # fmt: skip
    assert (leader.get("/countersigning").json or {})["half_days"][0] == done.json
    again = leader.post("/countersigning/countersignatures", body)
    assert (again.status_code, (again.json or {})["code"]) == (409, "already-countersigned")
    assert count(scene, Countersignature) == 1


@pytest.mark.parametrize("headcount", [-1, 1000, "2", 2.5, True, None])
def test_heads_are_counted_in_whole_numbers(scene: Scene, leader: Asking, headcount: Any) -> None:
    body = {"half_day_id": shown(scene.half_days[0].id), "headcount": headcount}
    answer = leader.post("/countersigning/countersignatures", body)
    assert (answer.status_code, list((answer.json or {})["fields"])) == (422, ["headcount"])


def test_a_facilitator_countersigns_no_other_meeting(scene: Scene, leader: Asking) -> None:
    body = {"half_day_id": shown(scene.meeting_id), "headcount": 2}
    assert leader.post("/countersigning/countersignatures", body).status_code == 404


def test_a_cancelled_booking_has_nothing_to_sign(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10))
    program = asking(scene.house, key(scene.house))
    meeting = program.post(f"/appointments/{shown(booked.id)}/meeting").json or {}
    from foundation.ids import from_text  # noqa: PLC0415

    mine = asking(scene.house, link_of(scene.house, "sign", from_text(meeting["attendees"][0]["id"])))
    assert (mine.get("/signing").json or {})["half_days"][0]["to_sign"] == "arrival"
    scene.write(booked, status="cancelled")
    told = mine.get("/signing").json or {}
    assert (told["is_cancelled"], told["half_days"][0]["to_sign"]) == (True, None)
