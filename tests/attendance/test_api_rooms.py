"""The room by the API: staff open it, a screen shows it, and whoever holds their personal link signs in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from attendance.domain.room_codes import Way
from attendance.models import Signature
from directory.domain.permissions import Permission
from tests.api import Asking, asking, key, link_of
from tests.attendance import scene as scenes
from tests.attendance.rooms import shown, wrong_word
from tests.attendance.scene import Scene, training
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def holder(scene: Scene) -> Asking:
    return asking(scene.house, link_of(scene.house, "sign", scene.attendees[0]))


@pytest.fixture
def staff(scene: Scene) -> Asking:
    return asking(scene.house, key(scene.house, Permission.MANAGE_MEETINGS))


@pytest.fixture
def screen(scene: Scene, staff: Asking) -> Asking:
    opened = staff.post(f"/meetings/{scenes.shown(scene.meeting_id)}/display")
    assert opened.status_code == 201
    return asking(scene.house, (opened.json or {})["token"])


def morning(scene: Scene, **more: Any) -> dict[str, Any]:
    return {"half_day_id": scenes.shown(scene.half_days[0].id), "kind": "arrival", **more}


def signatures(scene: Scene) -> list[tuple[str, str]]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        found = db.scalars(select(Signature).order_by(Signature.id))
        return [(one.method.value, one.grade.value) for one in found]


def verdict(answer: Any) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return str(answer.json["verdict"])


def test_staff_open_a_display_that_a_browser_and_a_program_can_show(scene: Scene, staff: Asking) -> None:
    path = f"/meetings/{scenes.shown(scene.meeting_id)}/display"
    opened = staff.post(path).json or {}
    assert opened["expires_at"] == "2026-04-13T15:30:00+00:00"
    assert opened["address"] == f"{scene.house.services.base_url}/salle/{opened['token']}"
    assert scene.house.client().get(f"/salle/{opened['token']}").status_code == 200
    assert staff.post(path).json == opened


def test_a_screen_is_told_the_code_of_now_and_its_counts(scene: Scene, screen: Asking) -> None:
    told = screen.get("/display").json or {}
    code, word = shown(scene, Way.CODE), shown(scene, Way.WORD)
    assert told["code"] == {
        "text": code,
        "address": f"{scene.house.services.base_url}/presence/{code}",
        "seconds_left": 15,
    }
    assert told["word"] == {"text": word, "seconds_left": 60}
    assert (told["state"], told["signed"], told["expected"], told["opens_at"]) == ("open", 0, 3, None)
    assert told["half_day"]["starts_at"] == "2026-04-13T10:00:00+02:00"


def test_a_screen_without_a_code_says_when_it_has_one(scene: Scene, screen: Asking) -> None:
    scene.house.clock.advance(timedelta(minutes=-20))
    told = screen.get("/display").json or {}
    assert (told["state"], told["code"], told["word"]) == ("later", None, None)
    assert told["opens_at"] == "2026-04-13T09:30:00+02:00"


def test_a_renewal_closes_the_screen(scene: Scene, staff: Asking, screen: Asking) -> None:
    renewed = staff.post(f"/meetings/{scenes.shown(scene.meeting_id)}/room-renewals")
    assert (renewed.status_code, renewed.json) == (201, {"issue": 1})
    assert screen.get("/display").status_code == 401


def test_a_screen_opens_nothing_else(scene: Scene, screen: Asking) -> None:
    for path in ("/signing", "/countersigning", f"/meetings/{scenes.shown(scene.meeting_id)}"):
        assert screen.get(path).status_code == 401
    assert screen.post("/signing/room-signatures", morning(scene, word=shown(scene, Way.WORD))).status_code == 401


def test_the_holder_of_a_link_signs_with_the_code_on_the_screen(scene: Scene, holder: Asking, screen: Asking) -> None:
    code = (screen.get("/display").json or {})["code"]["text"]
    answer = holder.post("/signing/room-intents", {"code": code})
    (offer,) = (answer.json or {})["intents"]
    assert {name: offer[name] for name in ("half_day_id", "kind")} == morning(scene)
    assert verdict(holder.post("/signing/room-signatures", offer)) == "signed"
    assert verdict(holder.post("/signing/room-signatures", offer)) == "refused"
    assert signatures(scene) == [("room-code", "B")]
    assert (screen.get("/display").json or {})["signed"] == 1
    assert (holder.post("/signing/room-intents", {"code": code}).json or {}) == {"intents": []}


def test_the_holder_of_a_link_signs_with_the_word(scene: Scene, holder: Asking) -> None:
    word = shown(scene, Way.WORD)
    assert verdict(holder.post("/signing/room-signatures", morning(scene, word=wrong_word(scene)))) == "refused"
    assert verdict(holder.post("/signing/room-signatures", morning(scene, word=word.replace(" ", "")))) == "signed"
    scene.house.clock.advance(timedelta(minutes=2))
    again = holder.post("/signing/room-signatures", morning(scene, word=shown(scene, Way.WORD)))
    assert verdict(again) == "already-signed"
    assert signatures(scene) == [("room-word", "B"), ("room-word", "B")]


def test_a_signature_sent_twice_under_one_key_hears_the_first_verdict(scene: Scene, holder: Asking) -> None:
    body = morning(scene, word=shown(scene, Way.WORD))
    header = {"Idempotency-Key": "mine"}
    answers = [holder.post("/signing/room-signatures", body, headers=header) for _ in range(2)]
    assert [verdict(one) for one in answers] == ["signed", "signed"]
    assert len(signatures(scene)) == 1


def test_a_bad_code_is_refused_alike_whatever_is_wrong_with_it(scene: Scene, holder: Asking) -> None:
    step = timedelta(seconds=15)
    codes = ["x", "é", shown(scene, Way.CODE, later=step), shown(scene, Way.CODE, later=-2 * step)]
    answers = [holder.post("/signing/room-intents", {"code": code}) for code in codes]
    told = {(one.status_code, one.get_data(as_text=True)) for one in answers}
    assert len(told) == 1
    assert answers[0].status_code == 404
    assert (answers[0].json or {})["code"] == "room-code-refused"


def test_a_code_of_another_room_is_refused_too(scene: Scene, holder: Asking) -> None:
    from tests.attendance.test_room_signing import booked_room  # noqa: PLC0415

    room = booked_room(scene)
    answer = holder.post("/signing/room-intents", {"code": shown(room, Way.CODE)})
    assert (answer.json or {})["code"] == "room-code-refused"


@pytest.mark.parametrize("proof", [{}, {"intent": "x", "word": "y"}, {"intent": None, "word": None}])
def test_one_signs_with_an_intent_or_a_word_and_not_with_both(scene: Scene, holder: Asking, proof: Any) -> None:
    answer = holder.post("/signing/room-signatures", morning(scene, **proof))
    assert (answer.status_code, set((answer.json or {})["fields"])) == (422, {"intent", "word"})


def test_what_is_not_open_takes_no_word(scene: Scene, holder: Asking) -> None:
    body = morning(scene, half_day_id=scenes.shown(scene.half_days[1].id), word=shown(scene, Way.WORD))
    assert verdict(holder.post("/signing/room-signatures", body)) == "not-open"
    elsewhere = morning(scene, half_day_id=scenes.shown(scene.meeting_id), word=shown(scene, Way.WORD))
    assert holder.post("/signing/room-signatures", elsewhere).status_code == 404


def test_another_organisation_opens_no_display_of_ours(scene: Scene) -> None:
    stranger = asking(scene.house, key(scene.house, organisation_id=scene.house.other.id))
    for path in ("display", "room-renewals"):
        assert stranger.post(f"/meetings/{scenes.shown(scene.meeting_id)}/{path}").status_code == 404
