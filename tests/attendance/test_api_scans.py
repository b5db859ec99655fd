"""Scans by the API: a device's badge reader hears what the page hears."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from attendance.domain.verdicts import Verdict
from attendance.models import Scan, Signature
from directory.domain.permissions import Permission
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from foundation.actors import system
from foundation.models import IdempotencyKey
from foundation.web.api.document import described
from tests.api import Asking, asking, device, key
from tests.attendance.scene import Scene, altered, appointment, shown, training
from tests.house import House

DOOR = (Permission.SCAN, Permission.SEARCH_PEOPLE)


def at_the_door(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    return at_the_door(sqlite_house)


def reader(scene: Scene) -> Asking:
    return asking(scene.house, key(scene.house, *DOOR, device=device(scene.house)))


def body(scene: Scene, badge: str, **more: Any) -> dict[str, Any]:
    return {
        "key": "scan-1",
        "badge": badge,
        "target": {"kind": "half-day", "id": shown(scene.half_days[0].id)},
        "kind": "arrival",
        "observed_at": scene.house.now.isoformat(),
        **more,
    }


def scan(scene: Scene, program: Asking, badge: str, **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {})
    answer = program.post("/scans", body(scene, badge, **more), headers=headers)
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def count(scene: Scene, model: Any) -> int:
    with scene.house.database.reading(scene.house.organisation.id) as db:
        return db.scalars(select(func.count(model.id))).one()


def test_a_scan_is_told_its_verdict_with_everything_a_screen_shows(scene: Scene) -> None:
    assert scan(scene, reader(scene), scene.texts[0]) == {
        "verdict": "signed",
        "accepted": True,
        "colour": "green",
        "sentence": "Noted, at 9:45.",
        "first_name": "Sonia",
        "name": "Sonia Lefèvre",
        "title": "Comprendre",
        "time_zone": "Europe/Paris",
        "starts_at": "2026-04-13T10:00:00+02:00",
        "ends_at": "2026-04-13T13:00:00+02:00",
        "opens_at": None,
        "signed_at": "2026-04-13T09:45:00+02:00",
    }


def test_a_refused_scan_is_an_answer_too(scene: Scene) -> None:
    program = reader(scene)
    forged = scan(scene, program, altered(scene.texts[0]), key="a")
    assert (forged["verdict"], forged["accepted"], forged["name"]) == ("unknown", False, None)
    afternoon = {"kind": "half-day", "id": shown(scene.half_days[1].id)}
    early = scan(scene, program, scene.texts[0], key="b", target=afternoon)
    assert (early["verdict"], early["opens_at"]) == ("too-early", "2026-04-13T13:30:00+02:00")
    assert early["sentence"] == "Too early for “Faire”. Signing opens at 13:30."
    assert scan(scene, program, "un sachet de thé", key="c")["verdict"] == "malformed"
    assert count(scene, Scan) == 3
    assert count(scene, Signature) == 0


def test_the_sentence_is_in_the_language_that_is_asked_for(scene: Scene) -> None:
    told = scan(scene, reader(scene), scene.texts[0], headers={"Accept-Language": "fr"})
    assert told["sentence"].replace("\u00a0", " ") == "C'est noté, à 9 h 45."


def test_a_desk_is_a_door_too(scene: Scene) -> None:
    appointment(scene, starts_at=scene.house.now + timedelta(minutes=10), person=1)
    desk = {"kind": "desk", "id": shown(scene.house.venue.id)}
    told = scan(scene, reader(scene), scene.texts[1], target=desk)
    assert (told["verdict"], told["title"]) == ("signed", "Aide administrative")


def test_the_scan_s_own_key_is_the_only_one_that_counts(scene: Scene) -> None:
    program = reader(scene)
    header = {"Idempotency-Key": "one for all"}
    first = scan(scene, program, scene.texts[0], headers=header)
    scene.house.clock.advance(timedelta(minutes=1))
    again = body(scene, scene.texts[0], observed_at=(scene.house.now - timedelta(minutes=1)).isoformat())
    assert program.post("/scans", again).json == first
    # The header names the first scan: were it heeded, this other one would be refused.
    other = scan(scene, program, scene.texts[1], key="scan-2", headers=header)
    assert (other["verdict"], other["first_name"]) == ("signed", "Amadou")
    assert scan(scene, program, scene.texts[2])["verdict"] == "key-reused"
    assert scan(scene, program, scene.texts[0], key="scan-3")["verdict"] == "already-signed"
    assert count(scene, Signature) == 3  # the second of the same person is kept as a duplicate
    assert count(scene, IdempotencyKey) == 0


def test_a_badge_of_the_other_organisation_is_told_apart(scene: Scene) -> None:
    def give(db: Session) -> str:
        them = system(scene.house.other.id)
        person = known_or_new(
            db, them, first_name="Jean", last_name="Autre", email=None, phone=None, language="fr", now=scene.house.now
        )
        until = scene.house.now + timedelta(days=1)
        badge = badge_until(db, them, beneficiary_id=person.id, until=until, now=scene.house.now)
        return badges.text_of(db, badge, scene.house.keys)

    told = scan(scene, reader(scene), scene.house.database.in_transaction(scene.house.other.id, give))
    assert (told["verdict"], told["name"], told["starts_at"]) == ("not-ours", None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "x" * 81}, "key"),
        ({"key": "with space"}, "key"),
        ({"key": "ligne\n"}, "key"),
        ({"key": "é"}, "key"),
        ({"key": 7}, "key"),
        ({"badge": ""}, "badge"),
        ({"badge": "x" * 401}, "badge"),
        ({"kind": "lunch"}, "kind"),
        ({"target": "desk"}, "target"),
        ({"target": {"kind": "half_day", "id": "0" * 13}}, "target.kind"),
        ({"target": {"kind": "desk", "id": "1"}}, "target.id"),
        ({"observed_at": "2026-04-13T09:45:00"}, "observed_at"),
        ({"verdict": "signed"}, "verdict"),
    ],
)
def test_what_is_no_scan_is_refused_and_not_kept(scene: Scene, change: dict[str, Any], field: str) -> None:
    answer = reader(scene).post("/scans", {**body(scene, scene.texts[0]), **change})
    assert answer.status_code == 422, answer.json
    assert list((answer.json or {})["fields"]) == [field]
    assert count(scene, Scan) == 0


def test_a_half_day_that_is_not_here_is_not_found(scene: Scene) -> None:
    answer = reader(scene).post("/scans", body(scene, scene.texts[0], target={"kind": "half-day", "id": "7" * 13}))
    assert (answer.status_code, (answer.json or {})["code"]) == (404, "half-day-not-found")


def test_a_program_to_which_nobody_shows_anything_scans_nothing(scene: Scene) -> None:
    answer = asking(scene.house, key(scene.house)).post("/scans", body(scene, scene.texts[0]))
    assert (answer.status_code, (answer.json or {})["code"]) == (403, "witness-needed")
    narrow = asking(scene.house, key(scene.house, Permission.SEE_DAY))
    assert narrow.post("/scans", body(scene, scene.texts[0])).status_code == 403


def test_programs_can_switch_on_the_verdicts(scene: Scene) -> None:
    shapes = described(scene.house.app)["components"]["schemas"]
    assert shapes["ScanAnswer"]["properties"]["verdict"]["enum"] == [one.value for one in Verdict]
    assert shapes["CodeAnswer"]["properties"]["verdict"]["enum"] == ["signed", "refused", "not-open"]


def test_a_whole_request_that_scans_is_six_statements(house: House) -> None:
    scene = at_the_door(house)
    program = reader(scene)
    # That a key is used is noted down once in a while: here, by the first scan.
    scan(scene, program, scene.texts[1], key="scan-0")
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.split(maxsplit=1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            statements.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    assert scan(scene, program, scene.texts[0])["verdict"] == "signed"
    event.remove(house.database.engine, "before_cursor_execute", note)
    assert len(statements) <= 6, statements
