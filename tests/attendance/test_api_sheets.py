"""The attendance sheet by the API: as JSON, as a PDF, and what is done to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from directory.domain.permissions import Permission
from tests.api import Asking, asking, device, key, link_of
from tests.attendance.scene import Scene, shown, training
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def program(scene: Scene) -> Asking:
    return asking(scene.house, key(scene.house))


def path(scene: Scene, end: str) -> str:
    return f"/meetings/{shown(scene.meeting_id)}/{end}"


def test_the_hours_of_a_sheet_have_the_offset_of_their_moment_when_the_clocks_change(
    scene: Scene, program: Asking
) -> None:
    plan = {
        "title": "Veille de nuit",
        "venue_id": shown(scene.house.venue.id),
        "half_days": [{"starts_at": "2026-10-24T22:30:00Z", "ends_at": "2026-10-25T01:30:00Z"}],
        "beneficiary_ids": [shown(scene.people[0].id)],
        "leaders": [{"name": "Claire Vasseur"}],
    }
    made = program.post("/trainings", plan).json or {}
    told = program.get(f"/meetings/{made['id']}/sheet")
    (night,) = (told.json or {})["half_days"]
    assert (night["starts_at"], night["ends_at"]) == ("2026-10-25T00:30:00+02:00", "2026-10-25T02:30:00+01:00")
    unchanged = program.get(f"/meetings/{made['id']}/sheet", headers={"If-None-Match": told.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def attend(scene: Scene) -> None:
    """One signs, another is stated present, the third is not there; the facilitator counts two; it is evening."""
    scanner = asking(scene.house, key(scene.house, Permission.SCAN, device=device(scene.house)))
    scene.scan(scene.sent())
    scene.house.clock.advance(timedelta(minutes=30))
    half_day = shown(scene.half_days[0].id)
    person = {"attendee_id": shown(scene.attendees[1]), "half_day_id": half_day}
    assert scanner.post("/statements", {**person, "kind": "arrival", "reason": "Badge oublié"}).status_code == 201
    leader = asking(scene.house, link_of(scene.house, "countersign", scene.facilitator_id))
    body = {"half_day_id": half_day, "headcount": 2, "remark": "Salle froide"}
    assert leader.post("/countersigning/countersignatures", body).status_code == 201
    scene.house.clock.advance(timedelta(hours=8))


def test_the_sheet_tells_who_signed_what_how_and_when(scene: Scene, program: Asking) -> None:
    attend(scene)
    told: dict[str, Any] = program.get(path(scene, "sheet")).json or {}
    assert (told["meeting_id"], told["state"], told["closed_at"]) == (shown(scene.meeting_id), "open", None)
    assert (told["organisation"], told["siret"]) == ("Maison des Solidarités", "81234567800015")
    first = told["half_days"][0]
    assert (first["title"], first["ends_at"]) == ("Comprendre", "2026-04-13T13:00:00+02:00")
    cells = {one["name"]: one["cells"][0] for one in told["people"]}
    assert cells["Sonia Lefèvre"] == {
        "half_day_id": first["id"],
        "signatures": [
            {
                "kind": "arrival",
                "method": "badge",
                "grade": "A",
                "observed_at": "2026-04-13T09:45:00+02:00",
                "recorded_at": "2026-04-13T09:45:00+02:00",
                "shown_to": "Nadia Ferrand",
                "drawing": None,
            }
        ],
        "statements": [],
        "minutes": 180,
        "is_absent": False,
        "late": None,
        "early": None,
        "withdrawn_signatures": [],
        "withdrawn_statements": [],
        "corrections": [],
        "is_corrected_present": False,
        "absence": None,
        "connections": [],
        "documents": [],
        "duplicates": 0,
    }
    (stated,) = cells["Amadou Diallo"]["statements"]
    assert stated == {
        "kind": "arrival",
        "author": "Nadia Ferrand",
        "cause": "other",
        "reason": "Badge oublié",
        "stated_at": "2026-04-13T10:15:00+02:00",
        "paper_id": None,
    }
    assert (cells["Amadou Diallo"]["signatures"], cells["Amadou Diallo"]["minutes"]) == ([], None)
    assert cells["Zoé Lê-Van"]["is_absent"] is True
    about = {"half_day_id": first["id"], "headcount": 2, "remark": "Salle froide"}
    assert told["facilitators"] == [
        {
            "id": shown(scene.facilitator_id),
            "name": "Élodie Grondin",
            "countersignatures": [about | {"signed_at": "2026-04-13T10:15:00+02:00"}],
        }
    ]
    meeting = program.get(f"/meetings/{shown(scene.meeting_id)}").json or {}
    assert meeting["facilitators"][0]["countersigned"] == [first["id"]]


def test_a_sheet_that_has_not_changed_costs_nothing(scene: Scene, program: Asking) -> None:
    first = program.get(path(scene, "sheet"))
    scene.house.clock.advance(timedelta(minutes=1))
    assert program.get(path(scene, "sheet"), headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_sheet_is_a_pdf_in_the_language_that_is_asked_for(scene: Scene, program: Asking) -> None:
    answer = program.get(path(scene, "sheet.pdf"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    name = 'inline; filename="emargement-2026-04-13-gerer-ses-papiers-en-ligne.pdf"'
    assert answer.headers["Content-Disposition"] == name
    french = program.get(path(scene, "sheet.pdf"), headers={"Accept-Language": "fr"})
    assert french.data != answer.data


def test_a_sheet_is_closed_once_when_it_is_over(scene: Scene, program: Asking) -> None:
    early = program.post(path(scene, "closing"))
    assert (early.status_code, (early.json or {})["code"]) == (409, "too-early-to-close")
    scene.house.clock.advance(timedelta(hours=9))
    closed = program.post(path(scene, "closing"))
    assert (closed.status_code, (closed.json or {})["sheet_state"]) == (200, "closed")
    told = program.get(path(scene, "sheet")).json or {}
    assert (told["state"], told["closed_at"]) == ("closed", "2026-04-13T18:45:00+02:00")
    again = program.post(path(scene, "closing"))
    assert (again.status_code, (again.json or {})["code"]) == (409, "sheet-is-closed")
    for end in ("sign-links", "countersign-links"):
        assert (program.post(path(scene, end)).json or {})["code"] == "sheet-is-closed"


def test_a_closed_sheet_is_the_same_document_whenever_it_is_fetched(scene: Scene, program: Asking) -> None:
    attend(scene)
    assert program.post(path(scene, "closing")).status_code == 200
    first = program.get(path(scene, "sheet.pdf"))
    scene.house.clock.advance(timedelta(days=3))
    again = program.get(path(scene, "sheet.pdf"), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_links_are_sent_and_who_cannot_be_reached_is_named(scene: Scene, program: Asking) -> None:
    scene.write(scene.people[1], phone=None)
    assert program.post(path(scene, "sign-links")).json == {"count": 2, "unreachable": ["Amadou Diallo"]}
    assert program.post(path(scene, "countersign-links")).json == {"count": 1, "unreachable": []}
    scene.house.worker.run_until_empty()
    assert sorted(mail.to for _, mail in scene.house.mails) == [
        "elodie@formation.example", "sonia@courriel.example", "zoe@courriel.example",
    ]  # fmt: skip


def test_another_organisation_s_key_finds_no_sheet(scene: Scene) -> None:
    stranger = asking(scene.house, key(scene.house, organisation_id=scene.house.other.id))
    for end in ("sheet", "sheet.pdf"):
        assert stranger.get(path(scene, end)).status_code == 404
    for end in ("sign-links", "countersign-links", "closing"):
        assert stranger.post(path(scene, end)).status_code == 404


@pytest.mark.parametrize(
    ("end", "method"),
    [
        ("sheet", "GET"),
        ("sheet.pdf", "GET"),
        ("sign-links", "POST"),
        ("countersign-links", "POST"),
        ("closing", "POST"),
    ],
)
def test_a_key_without_the_scope_reaches_no_sheet(scene: Scene, end: str, method: str) -> None:
    narrow = asking(scene.house, key(scene.house, Permission.SCAN))
    assert narrow.send(method, path(scene, end)).status_code == 403
