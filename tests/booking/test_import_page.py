"""The page of imports: a trial that shows what would happen, then the very same file and no other."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from booking.models import Appointment, OpeningHours
from directory.models import Beneficiary
from tests.booking.diary import open_weekly, reason
from tests.booking.reading import read
from tests.booking.test_import_appointments import HEADER as APPOINTMENTS
from tests.booking.test_import_appointments import PAST, ZOE
from tests.booking.test_import_hours import HEADER as HOURS
from tests.booking.test_import_hours import NADIA
from tests.directory.test_import_people import HEADER, MAX
from tests.directory.test_import_people import ZOE as ZOE_ALONE
from tests.house import House
from tests.tables import workbook
from tests.test_access import fingerprint

ADDRESS = "/equipe/import"


class Desk:
    """A manager before the page."""

    def __init__(self, house: House) -> None:
        """Log in."""
        self.client: FlaskClient = house.client()
        self.token = house.log_in(self.client, house.manager)

    def choose(self, content: bytes | str, kind: str = "people", **options: str) -> TestResponse:
        """Choose a file and try it."""
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        file = FileStorage(stream, filename="fichier", name="file")
        sent = {"csrf_token": self.token, "kind": kind, "file": file, **options}
        # In memory: the test client would leave a large body behind in a file that it does not close.
        boundary, body = encode_multipart(sent)
        kind_of_body = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post(f"{ADDRESS}/essai", data=body, content_type=kind_of_body)

    def go(self, trial: TestResponse, **changes: str) -> TestResponse:
        """Press the button of a trial, perhaps after tampering with what it sends."""
        page = trial.get_data(as_text=True)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
        return self.client.post(ADDRESS, data={name: unescape(value) for name, value in hidden.items()} | changes)


@pytest.fixture
def desk(sqlite_house: House) -> Desk:
    return Desk(sqlite_house)


def count(house: House, table: type[Beneficiary | Appointment | OpeningHours]) -> int:
    with house.database.reading(house.organisation.id) as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def test_a_trial_shows_line_by_line_what_would_happen_and_the_button_does_it(sqlite_house: House, desk: Desk) -> None:
    before = fingerprint(sqlite_house)
    trial = desk.choose(HEADER + ZOE_ALONE + MAX)
    said = read(trial)
    assert "Essai : Des personnes Rien n'est encore écrit. Relisez, puis importez. nouveau : 2" in said.replace(
        "\xa0", " "
    )
    assert "Ligne Ce qui se passe Pourquoi 2 nouveau 3 nouveau" in said
    assert fingerprint(sqlite_house) == before
    done = desk.go(trial)
    assert done.status_code == 200
    assert "C'est importé." in read(done)
    assert count(sqlite_house, Beneficiary) == 2
    again = desk.choose(HEADER + ZOE_ALONE + MAX)
    assert "Tout est déjà là" in read(again)
    assert "Importer</button>" not in again.get_data(as_text=True)


def test_errors_come_first_with_their_column_and_there_is_nothing_to_press(desk: Desk) -> None:
    trial = desk.choose(HEADER + ZOE_ALONE + ";Roy;12;;\n" + MAX)
    said = read(trial).replace("\xa0", " ")
    assert "1 ligne est à corriger." in said
    assert "3 à corriger prénom : Ce champ est nécessaire. téléphone : Ce numéro" in said
    assert said.index("3 à corriger") < said.index("2 nouveau")
    assert "Importer</button>" not in trial.get_data(as_text=True)


def test_hours_and_appointments_come_by_the_same_page(sqlite_house: House, desk: Desk) -> None:
    kind = reason(sqlite_house)
    assert "C'est importé." in read(desk.go(desk.choose(HOURS + NADIA, "opening-hours")))
    assert count(sqlite_house, OpeningHours) == 1
    open_weekly(sqlite_house, kind, agent=sqlite_house.agents[1])
    refused = read(desk.choose(APPOINTMENTS + ZOE + PAST, "appointments"))
    assert "C'est déjà passé." in refused
    trial = desk.choose(APPOINTMENTS + ZOE + PAST, "appointments", history="y", tells="y")
    assert "C'est importé." in read(desk.go(trial))
    assert count(sqlite_house, Appointment) == 2
    sqlite_house.worker.run_until_empty()
    assert len(sqlite_house.texts) == 1


def test_a_workbook_is_recognised_by_itself(sqlite_house: House, desk: Desk) -> None:
    desk.go(desk.choose(workbook(("Nom", "Prénom", "Téléphone"), ("Martin", "Zoé", 639980001))))
    assert count(sqlite_house, Beneficiary) == 1


def test_only_what_was_shown_is_imported(sqlite_house: House, desk: Desk) -> None:
    reason(sqlite_house)
    trial = desk.choose(APPOINTMENTS + PAST, "appointments", history="y")
    other = desk.choose(HEADER + MAX)
    content = re.findall(r'name="content" value="([^"]+)"', other.get_data(as_text=True))[0]
    for changes in (
        {"content": content},
        {"content": content[:-8]},
        {"content": "é*"},
        {"content": ""},
        {"kind": "people"},
        {"kind": "nothing"},
        {"tells": "1"},
        {"history": ""},
        {"proof": ""},
        {"proof": "é" * 64},
        {"proof": "0" * 64},
    ):
        answer = desk.go(trial, **changes)
        assert answer.status_code == 422, changes
        assert "Ce n'est pas le fichier qui a été essayé." in read(answer), changes
    assert count(sqlite_house, Appointment) == 0
    assert "C'est importé." in read(desk.go(trial))


def test_what_one_organisation_has_tried_another_cannot_import(sqlite_house: House, desk: Desk) -> None:
    trial = desk.choose(HEADER + MAX)
    stranger = Desk(sqlite_house)
    stranger.token = sqlite_house.log_in(stranger.client, sqlite_house.stranger)
    assert stranger.go(trial, csrf_token=stranger.token).status_code == 422


def test_if_the_world_has_changed_since_the_trial_nothing_is_written_and_it_is_said(
    sqlite_house: House, desk: Desk
) -> None:
    open_weekly(sqlite_house, reason(sqlite_house))
    trial = desk.choose(APPOINTMENTS + ZOE, "appointments")
    desk.go(desk.choose(APPOINTMENTS + ZOE.replace("Zoé", "Ida"), "appointments"))
    answer = desk.go(trial)
    assert answer.status_code == 422
    assert "Personne n'est ouvert et libre à ce moment." in read(answer)
    assert count(sqlite_house, Appointment) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Choisissez un fichier."),
        (b"\n", "Ce fichier est vide."),
        ("prénom;nom;téléfone\n".encode(), "Ces colonnes ne sont pas connues : téléfone."),
        ("prénom;nom;<b>\n".encode(), "Ces colonnes ne sont pas connues : <b>."),
        ("prénom\n".encode(), "Il manque ces colonnes : nom / last name."),
        (b"PK\x03\x04", "Ce fichier ne se lit pas."),
        (workbook(("prénom", "nom"), ("=1", "x")), "La ligne 2 contient une formule"),
        (b"x" * 5_000_001, "Ce fichier est trop lourd (5 Mo au plus)."),
        (HEADER.encode() + b"a;b;;;\n" * 10_001, "Ce fichier a trop de lignes (10000 au plus)."),
    ],
)
def test_a_file_that_is_no_use_comes_back_with_what_to_do(desk: Desk, content: bytes, sentence: str) -> None:
    answer = desk.choose(content)
    assert answer.status_code == 422
    assert sentence in read(answer).replace("\xa0", " ")
    assert "<b>" not in answer.get_data(as_text=True)


def test_five_megabytes_come_through_and_more_than_a_form_may_hold_does_not(sqlite_house: House, desk: Desk) -> None:
    trial = desk.choose(HEADER + "".join(f"P{n};N{n};;;\n" for n in range(9_000)) + f"{' ' * 100}\n" * 45_000)
    assert trial.status_code == 200
    assert desk.go(trial).status_code == 200
    assert count(sqlite_house, Beneficiary) == 9_000
    assert desk.choose(b"x" * 8_000_000).status_code == 413
    assert desk.client.post("/equipe/cles", data={"csrf_token": desk.token, "name": "x" * 2_000_000}).status_code == 413


def test_what_stands_in_a_file_is_shown_as_text(desk: Desk) -> None:
    page = desk.choose(HEADER + "<script>alert(1)</script>;;=cmd|' /C calc'!A0;;\n").get_data(as_text=True)
    assert "<script>alert" not in page


def test_the_page_and_the_way_to_it_are_for_managers(sqlite_house: House, desk: Desk) -> None:
    assert ADDRESS in desk.client.get("/equipe/jour").get_data(as_text=True)
    client = sqlite_house.client()
    token = sqlite_house.log_in(client, sqlite_house.agents[0])
    assert ADDRESS not in client.get("/equipe/jour").get_data(as_text=True)
    assert client.get(ADDRESS).status_code == 403
    assert client.post(f"{ADDRESS}/essai", data={"csrf_token": token}).status_code == 403
    assert client.post(ADDRESS, data={"csrf_token": token}).status_code == 403
