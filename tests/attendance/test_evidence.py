"""What is known beside signatures: files by their content, paper, connection times, absences; by page and by API."""

from __future__ import annotations

import base64
import io
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from attendance.domain.connections import half_days_of, names_of, read_moment
from attendance.domain.evidence import MOST_BYTES, UnreadableFile, media_type_of, name_of
from attendance.domain.presence import Minutes, minutes_of
from attendance.models import Absence, Attachment, AttachmentKind, ConnectionTime, Signature, Statement, StatementCause
from attendance.queries import sheet
from attendance.queries.cell_view import CellView
from directory.domain.permissions import Permission
from foundation.models import Base
from tests.api import Asking, asking, device, key
from tests.attendance.scene import Scene, attachment, correction, shown, training
from tests.attendance.test_pages import read
from tests.house import START, House

TEN = START + timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
DAYS = {date(2026, 4, 13)}


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    """14:00 of the training: its first half-day, from 10 to 13, is over; the second is about to begin."""
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(hours=5))
    return made


@pytest.fixture
def staff(scene: Scene) -> FlaskClient:
    client = scene.house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(client, scene.house.agents[0])
    return client


@pytest.fixture
def program(scene: Scene) -> Asking:
    return asking(scene.house, key(scene.house))


def count(scene: Scene, model: type[Base]) -> int:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def cell(scene: Scene, person: int = 0) -> CellView:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        view = sheet.of_meeting(db, scene.meeting_id, now=scene.house.now)
    return next(one for one in view.people if one.attendee_id == scene.attendees[person]).cells[0]


def named(scene: Scene, person: int = 0, half_day: int = 0) -> dict[str, str]:
    return {"attendee_id": shown(scene.attendees[person]), "half_day_id": shown(scene.half_days[half_day].id)}


def page(scene: Scene, end: str = "") -> str:
    return f"/equipe/seances/{shown(scene.meeting_id)}{end}"


def operation(scene: Scene, end: str) -> str:
    return f"/meetings/{shown(scene.meeting_id)}/{end}"


# -- the rules ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(b"\xff\xd8\xff\xe0", "image/jpeg"), (PNG, "image/png"), (b"%PDF-1.7", "application/pdf")],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize("content", [b"", b"<html>", b"GIF89a", b" %PDF-", b"PK\x03\x04", b"%PDF-" + b"x" * MOST_BYTES])
def test_everything_else_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        media_type_of(content)


def test_a_name_loses_its_folders_and_controls() -> None:
    assert name_of("C:\\photos\\feuille\r\n du 13.jpg") == "feuille du 13.jpg"
    assert name_of("../../etc/passwd") == "passwd"
    with pytest.raises(UnreadableFile):
        name_of("dossier/")


def test_late_and_early_are_told_in_whole_minutes_and_add_up_with_what_is_retained() -> None:
    hours = {"starts_at": TEN, "ends_at": TEN + timedelta(hours=3), "now": TEN + timedelta(hours=4)}
    come, gone = TEN + timedelta(minutes=12), TEN + timedelta(minutes=160)
    assert minutes_of(arrived_at=come, left_at=gone, **hours) == Minutes(148, 12, 20)
    assert minutes_of(arrived_at=TEN - timedelta(minutes=9), left_at=None, **hours) == Minutes(180, None, None)
    assert minutes_of(arrived_at=None, left_at=gone, **hours) == Minutes(None, None, 20)


@pytest.mark.parametrize(
    "text",
    [
        "13/04/2026 09:58", "4/13/26, 9:58:00 AM", "04/13/2026 09:58:00 AM", "2026-04-13 09:58:00",
        "2026-04-13T09:58:00+02:00", "2026-04-13T07:58:00Z", "13.04.2026 9:58", "13-04-2026 09:58:00",
    ],
)  # fmt: skip
def test_the_ways_of_video_services_to_write_a_time_are_read(text: str) -> None:
    assert read_moment(text, days=DAYS, zone="Europe/Paris") == datetime(2026, 4, 13, 7, 58, tzinfo=UTC)


def test_a_day_that_reads_two_ways_is_the_meetings_and_else_begins_with_the_day() -> None:
    assert read_moment("05/04/2026 10:00", days={date(2026, 5, 4)}, zone="UTC").month == 5
    assert read_moment("05/04/2026 10:00", days={date(2026, 5, 4), date(2026, 4, 5)}, zone="UTC").month == 4


@pytest.mark.parametrize("text", ["", "lundi", "31/02/2026 10:00", "13/04/2026 25:00", "01/01/0001 00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - a line's reading asks for no more than that
        read_moment(text, days=DAYS, zone="Europe/Paris")


def test_names_are_known_in_either_order_without_accents() -> None:
    assert names_of("Zoé", "Lê-Van") == {"zoelevan", "levanzoe"}
    assert half_days_of(TEN, TEN, []) == []


# -- paper -------------------------------------------------------------------------------------------------------------


def test_a_paper_sheet_is_printed_photographed_and_transcribed(scene: Scene, staff: FlaskClient) -> None:
    printed = staff.get(page(scene, "/feuille-papier.pdf"))
    assert (printed.status_code, printed.data[:5]) == (200, b"%PDF-")
    photograph = {"paper-kind": "paper", "paper-file": (io.BytesIO(PNG), "feuille.png")}
    assert staff.post(page(scene, "/pieces"), data=photograph).status_code == 303
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        paper = db.scalars(select(Attachment)).one()
    assert (paper.kind, paper.media_type, paper.name) == (AttachmentKind.PAPER, "image/png", "feuille.png")
    assert "Amadou Diallo" in read(staff.get(page(scene, "/transcrire")))
    ticked = [".".join(named(scene, person).values()) for person in (0, 1)]
    form = {"attachment_id": shown(paper.id), "kind": "arrival", "reason": "Feuille signée", "cells": ticked}
    answer = staff.post(page(scene, "/transcrire"), data=form, follow_redirects=True)
    assert "2 présences sont transcrites." in read(answer)
    said = read(answer)
    assert "a signé la feuille papier, transcrite ici" in said
    assert "Pièces jointes" in said
    assert count(scene, Signature) == 0
    now = cell(scene)
    assert [(one.cause, one.paper_id) for one in now.statements] == [(StatementCause.PAPER, paper.id)]
    assert now.minutes is None
    assert staff.post(page(scene, "/transcrire"), data=form).status_code == 303
    assert count(scene, Statement) == 2


def test_the_printed_sheet_has_names_empty_cells_and_a_code(scene: Scene, program: Asking, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (Debian: apt install poppler-utils)")
    answer = program.get(operation(scene, "paper-sheet.pdf"), headers={"Accept-Language": "fr"})
    (tmp_path / "paper.pdf").write_bytes(answer.data)
    command = ["pdftotext", "-layout", str(tmp_path / "paper.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()  # noqa: S603 - our own words
    for wanted in ("signer à la main", "Sonia Lefèvre", "Élodie Grondin", "Maison des Solidarités", "Ce code ouvre"):
        assert wanted in text, wanted


def test_nothing_is_transcribed_without_the_photograph_or_a_tick(scene: Scene, staff: FlaskClient) -> None:
    assert "Joignez d'abord la photo" in read(staff.get(page(scene, "/transcrire")))
    paper = attachment(scene)
    form = {"attachment_id": shown(paper), "kind": "arrival", "reason": "Feuille signée"}
    empty = staff.post(page(scene, "/transcrire"), data=form)
    assert (empty.status_code, "Cochez au moins une case." in read(empty)) == (422, True)
    cells = [".".join(named(scene).values())]
    assert staff.post(page(scene, "/transcrire"), data=form | {"cells": cells, "reason": " "}).status_code == 422
    assert staff.post(page(scene, "/transcrire"), data=form | {"cells": cells, "kind": "x"}).status_code == 422
    other = {**form, "cells": cells, "attachment_id": "7" * 13}
    assert staff.post(page(scene, "/transcrire"), data=other).status_code == 422
    early = staff.post(page(scene, "/transcrire"), data=form | {"cells": [".".join(named(scene, 0, 1).values())]})
    assert early.status_code == 303  # the second half-day opened at 13:30
    assert count(scene, Statement) == 1


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_document_is_kept_once_and_handed_out_to_be_saved_alone(scene: Scene, program: Asking) -> None:
    body = {"kind": "document", "name": "évaluation.png", "content": base64.b64encode(PNG).decode(), **named(scene)}
    made = program.post(operation(scene, "attachments"), body)
    assert made.status_code == 201, made.json
    assert program.post(operation(scene, "attachments"), body).json == made.json
    assert count(scene, Attachment) == 1
    answer = program.get(f"/attachments/{(made.json or {})['id']}/content")
    assert (answer.data, answer.mimetype) == (PNG, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="piece-')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    told = program.get(operation(scene, "sheet")).json or {}
    (one,) = next(one for one in told["people"] if one["name"] == "Sonia Lefèvre")["cells"][0]["documents"]
    assert (one["name"], len(one["content_hash"])) == ("évaluation.png", 64)
    assert cell(scene).is_absent


def test_a_page_in_disguise_and_no_file_come_back_with_a_sentence(scene: Scene, staff: FlaskClient) -> None:
    for content, sentence in (
        (b"<script>alert(1)</script>", "ni une image JPEG"),
        (b"", "Choisissez un fichier."),
    ):
        form = {"document-attendee": "", "document-half_day": "", "document-file": (io.BytesIO(content), "photo.png")}
        answer = staff.post(page(scene, "/pieces"), data=form)
        assert (answer.status_code, sentence in read(answer)) == (422, True), read(answer)[:300]
    assert count(scene, Attachment) == 0


def test_a_file_has_eight_megabytes_at_most(scene: Scene, program: Asking) -> None:
    for length, status in ((MOST_BYTES, 201), (MOST_BYTES + 1, 422)):
        content = base64.b64encode(b"%PDF-".ljust(length)).decode()
        body = {"kind": "document", "name": "long.pdf", "content": content}
        assert program.post(operation(scene, "attachments"), body).status_code == status
    assert count(scene, Attachment) == 1


# -- connection times --------------------------------------------------------------------------------------------------


RECORD = (
    "Name (Original Name);User Email;Join Time;Leave Time;Duration (Minutes);Guest\n"
    "SONIA LEFEVRE;;04/13/2026 09:58:03 AM;04/13/2026 12:31:00 PM;153;Yes\n"
    "Zozo;zoe@courriel.example;04/13/2026 10:15:00 AM;04/13/2026 01:45:00 PM;210;Yes\n"
    "Elodie Grondin;;04/13/2026 09:50:00 AM;04/13/2026 01:00:00 PM;190;No\n"
)


def send_record(scene: Scene, program: Asking, text: str, *, dry_run: bool) -> Any:
    body = {"format": "csv", "content": base64.b64encode(text.encode()).decode(), "dry_run": dry_run}
    return program.post(operation(scene, "connection-imports"), body)


def test_the_record_of_a_video_service_is_tried_then_imported_and_twice_is_once(scene: Scene, program: Asking) -> None:
    tried = send_record(scene, program, RECORD, dry_run=True).json
    assert (tried["created"], tried["known"], tried["refused"], tried["written"]) == (2, 1, 0, False)
    assert count(scene, ConnectionTime) == 0
    assert send_record(scene, program, RECORD, dry_run=False).json["written"] is True
    assert count(scene, ConnectionTime) == 3  # Zoé stayed until the second half-day had opened
    again = send_record(scene, program, RECORD, dry_run=False).json
    assert (again["created"], again["known"]) == (0, 3)
    (connection,) = cell(scene).connections
    assert connection.connected_at == datetime(2026, 4, 13, 7, 58, 3, tzinfo=UTC)
    assert cell(scene).is_absent, "a connection is evidence beside, and no signature"


def test_one_line_to_correct_and_nothing_is_noted(scene: Scene, program: Asking) -> None:
    wrong = RECORD + "Inconnu;;04/13/2026 09:58:03 AM;demain;1;\nSonia Lefèvre;;12/04/2026 10:00;12/04/2026 11:00;;\n"
    answer = send_record(scene, program, wrong, dry_run=False)
    assert answer.status_code == 422
    faults = {one["line"]: [fault["column"] for fault in one["faults"]] for one in answer.json["lines"]}
    assert (faults[5], faults[6]) == (["disconnected", "name"], ["connected"])
    assert count(scene, ConnectionTime) == 0


def test_the_page_tries_the_file_first_and_imports_that_very_file_alone(scene: Scene, staff: FlaskClient) -> None:
    tried = staff.post(page(scene, "/releve/essai"), data={"record-file": (io.BytesIO(RECORD.encode()), "r.csv")})
    assert "Tout est bon : rien n'est encore noté." in read(tried)
    html = tried.get_data(as_text=True)
    content, proof = (html.split(f'name="{name}" value="')[1].split('"')[0] for name in ("content", "proof"))
    assert (
        staff.post(page(scene, "/releve"), data={"content": content[:-4] + "AAAA", "proof": proof}).status_code == 422
    )
    assert count(scene, ConnectionTime) == 0
    done = staff.post(page(scene, "/releve"), data={"content": content, "proof": proof})
    assert "Le relevé est importé." in read(done)
    assert "connexion de 9 h 58 à 12 h 31 (relevé du service de visio)" in read(staff.get(page(scene)))
    assert staff.post(page(scene, "/releve/essai"), data={}).status_code == 422


def test_a_connection_is_typed_in_on_the_clock_of_the_meeting(scene: Scene, staff: FlaskClient) -> None:
    who = {f"connection-{name.removesuffix('_id')}": value for name, value in named(scene).items()}
    form = {**who, "connection-connected": "9h58", "connection-disconnected": "12:30"}
    assert staff.post(page(scene, "/connexions"), data=form).status_code == 303
    assert cell(scene).connections[0].connected_at == TEN - timedelta(minutes=2)
    for wrong in ({"connection-connected": "tôt"}, {"connection-disconnected": "9:00"}, {"connection-attendee": ""}):
        answer = staff.post(page(scene, "/connexions"), data=form | wrong)
        assert answer.status_code == 422, wrong
    assert count(scene, ConnectionTime) == 1


# -- absences ----------------------------------------------------------------------------------------------------------


def test_an_absence_is_told_changed_and_taken_back_until_the_sheet_is_closed(scene: Scene, program: Asking) -> None:
    path = operation(scene, "absences")
    for category in ("announced", "justified"):
        assert program.post(path, {**named(scene), "category": category}).status_code == 204
        assert cell(scene).absence == category
    assert count(scene, Absence) == 1
    assert program.post(path, {**named(scene), "category": None}).status_code == 204
    assert (cell(scene).absence, cell(scene).is_absent) == (None, True)
    scene.house.clock.advance(timedelta(hours=4))
    assert program.post(operation(scene, "closing")).status_code == 200
    for end, body in (
        ("absences", {**named(scene), "category": "announced"}),
        ("connections", {"connections": [{**named(scene), "connected_at": TEN.isoformat(), "disconnected_at": scene.house.now.isoformat()}]}),  # noqa: E501
        ("attachments", {"kind": "document", "name": "x.pdf", "content": base64.b64encode(b"%PDF-").decode()}),
    ):  # fmt: skip
        assert (program.post(operation(scene, end), body).json or {})["code"] == "sheet-is-closed", end


def test_who_has_signed_is_not_told_absent(scene: Scene, staff: FlaskClient) -> None:
    scene.house.clock.advance(timedelta(hours=-4))
    scene.scan(scene.sent())
    who = {f"absence-{name.removesuffix('_id')}": value for name, value in named(scene).items()}
    answer = staff.post(page(scene, "/absences"), data=who | {"absence-category": "justified"})
    assert (answer.status_code, "elle n'est pas absente" in read(answer)) == (409, True)
    assert staff.post(page(scene, "/absences"), data=who | {"absence-category": "malade"}).status_code == 422


def test_the_sheet_says_how_an_absence_was_told_and_the_facilitators_page_does_not(
    scene: Scene, staff: FlaskClient
) -> None:
    who = {f"absence-{name.removesuffix('_id')}": value for name, value in named(scene).items()}
    assert staff.post(page(scene, "/absences"), data=who | {"absence-category": "justified"}).status_code == 303
    assert "absence justifiée" in read(staff.get(page(scene)))
    from tests.api import link_of  # noqa: PLC0415

    link = link_of(scene.house, "countersign", scene.facilitator_id)
    theirs = read(scene.house.client().get(f"/contresigner/{link}"))
    assert "Sonia Lefèvre" in theirs
    assert "justifiée" not in theirs


# -- causes ------------------------------------------------------------------------------------------------------------


def test_who_refuses_to_sign_is_present_and_never_a_signature(scene: Scene, staff: FlaskClient) -> None:
    names = {"attendee": named(scene)["attendee_id"], "half_day": named(scene)["half_day_id"]}
    form = {**names, "kind": "arrival", "cause": "refuses", "reason": "Ne veut pas d'écran"}
    said = read(staff.post(page(scene, "/constats"), data=form, follow_redirects=True))
    assert "présent, refuse de signer" in said
    assert (count(scene, Signature), cell(scene).statements[0].cause) == (0, StatementCause.REFUSES)


# -- corrections by page and API ---------------------------------------------------------------------------------------


def test_a_sheet_is_corrected_on_the_page_and_a_wrong_form_comes_back(scene: Scene, staff: FlaskClient) -> None:
    names = {"attendee": named(scene)["attendee_id"], "half_day": named(scene)["half_day_id"]}
    form = {**names, "kind": "arrival", "action": "present", "hour": "10h12", "reason": "Vue dans la salle"}
    for wrong, sentence in (
        ({"hour": ""}, "Donnez l'heure."),
        ({"hour": "25:00"}, "Écrivez l'heure comme 10:12."),
        ({"hour": "8:00"}, "Donnez une heure passée"),
        ({"reason": ""}, "Dites pourquoi"),
        ({"action": ""}, "Ce champ est nécessaire."),
        ({"attendee": "x"}, "Ce champ est nécessaire."),
    ):
        answer = staff.post(page(scene, "/corriger"), data=form | wrong)
        assert (answer.status_code, sentence in read(answer)) == (422, True), (wrong, read(answer)[:400])
    said = read(staff.post(page(scene, "/corriger"), data=form, follow_redirects=True))
    assert "La correction est notée." in said
    assert "Arrivée : était là, à 10 h 12" in said
    assert "12 minutes de retard" in said
    again = staff.post(page(scene, "/corriger"), data=form)
    assert (again.status_code, "dit déjà que cette personne était là" in read(again)) == (409, True)


def test_a_late_correction_is_decided_on_the_page_by_somebody_else(scene: Scene, staff: FlaskClient) -> None:
    made = correction(scene)
    mine = read(staff.get("/equipe/corrections"))
    assert "C'est votre correction" in mine
    assert staff.post(f"/equipe/corrections/{shown(made)}", data={"decision": "accept"}).status_code == 403
    other = scene.house.client()
    other.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(other, scene.house.agents[1])
    assert "Sonia Lefèvre" in read(other.get("/equipe/corrections"))
    done = other.post(f"/equipe/corrections/{shown(made)}", data={"decision": "accept"}, follow_redirects=True)
    assert "Aucune correction n'attend." in read(done)
    assert cell(scene).is_corrected_present


def test_a_program_proposes_a_correction_that_waits_for_a_person(scene: Scene, program: Asking) -> None:
    body = {**named(scene, 1), "kind": "arrival", "action": "present", "reason": "Vu", "observed_at": TEN.isoformat()}
    made = program.post(operation(scene, "corrections"), body)
    assert made.status_code == 201, made.json
    told = (made.json or {})["correction"]
    assert (told["state"], told["proposed_by"], told["observed_at"]) == ("pending", "", "2026-04-13T10:00:00+02:00")
    assert program.get(made.headers["Location"].removeprefix("/api/v1")).json == made.json
    listed = program.get("/corrections/waiting").json or {}
    assert [one["correction"]["id"] for one in listed["items"]] == [told["id"]]
    view = program.get(operation(scene, "sheet")).json or {}
    cells = next(one for one in view["people"] if one["name"] == "Amadou Diallo")["cells"][0]
    assert (cells["is_absent"], len(cells["corrections"]), view["corrections_waiting"]) == (True, 1, 1)


def test_a_device_transcribes_paper_in_the_name_of_its_agent_and_a_program_has_none(
    scene: Scene, program: Asking
) -> None:
    held = asking(scene.house, key(scene.house, Permission.SCAN, device=device(scene.house)))
    body = {"attachment_id": shown(attachment(scene)), "kind": "arrival", "reason": "Signée", "cells": [named(scene)]}
    assert held.post(operation(scene, "transcriptions"), body).json == {"kept": 1}
    assert held.post(operation(scene, "transcriptions"), body).json == {"kept": 0}
    refused = program.post(operation(scene, "transcriptions"), body)
    assert (refused.status_code, (refused.json or {})["code"]) == (403, "witness-needed")
    other = {**body, "attachment_id": shown(attachment(scene, kind=AttachmentKind.DOCUMENT))}
    assert (held.post(operation(scene, "transcriptions"), other).json or {})["code"] == "attachment-not-found"
