"""Trainings come in from a file: half-days and people, all of it or nothing, twice is once."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from attendance.domain.import_trainings import TRAINING_COLUMNS, LeaderNamed, read_leaders
from attendance.models import Attendee, Facilitator, HalfDay, Meeting, MeetingKind
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.import_trainings import import_trainings
from directory.domain.import_lines import Fate, Report
from directory.domain.permissions import NotAllowed, Permission
from directory.models import Beneficiary
from foundation.tables import TableFormat, read_table
from tests.api import asking, key
from tests.house import House

HEAD = "référence;titre;lieu;visio;intervenants;places;jour;début;fin;module;prénom;nom;courriel"
FIRST = "PAP-1;Gérer ses papiers;Bordeaux Saint-Michel;;Élodie Grondin <elodie@formation.example> | Karim;12;"
LINES = (
    f"{FIRST}14/04/2026;9h30;12h30;Comprendre;Zoé;Martin;zoe@courriel.example",
    "PAP-1;;;;;;14/04/2026;13:30;16:30;Faire;Max;Roy;",
    "PAP-1;;;;;;;;;;Amadou;Diallo;amadou@courriel.example",
)


def file_of(*lines: str) -> bytes:
    return "\n".join((HEAD, *lines)).encode()


def take(house: House, *lines: str, is_dry_run: bool = False) -> Report:
    report: Report = house.database.in_transaction(
        house.organisation.id,
        import_trainings,
        house.actor(house.manager),
        now=house.now,
        lines=read_table(file_of(*lines), TableFormat.CSV, TRAINING_COLUMNS),
        is_dry_run=is_dry_run,
    )
    return report


def rows(house: House, model: Any) -> list[Any]:
    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(model).order_by(model.id)))


def faults(report: Report) -> list[tuple[int, str, str]]:
    return [(one.line, name, fault.key) for one in report.outcomes for name, fault in one.faults.items()]


def test_a_training_with_its_half_days_people_and_facilitators_is_planned(house: House) -> None:
    report = take(house, *LINES)
    assert report.is_written
    assert [one.fate for one in report.outcomes] == [Fate.CREATED] * 3
    (meeting,) = rows(house, Meeting)
    assert (meeting.kind, meeting.title, meeting.seats) == (MeetingKind.TRAINING, "Gérer ses papiers", 12)
    assert (meeting.venue_id, meeting.time_zone) == (house.venue.id, "Europe/Paris")
    first, second = rows(house, HalfDay)
    assert (first.starts_at, first.ends_at, first.title) == (
        datetime(2026, 4, 14, 7, 30, tzinfo=UTC),
        datetime(2026, 4, 14, 10, 30, tzinfo=UTC),
        "Comprendre",
    )
    assert second.title == "Faire"
    assert {one.full_name for one in rows(house, Beneficiary)} == {"Zoé Martin", "Max Roy", "Amadou Diallo"}
    assert len(rows(house, Attendee)) == 3
    assert [(one.name, one.email) for one in rows(house, Facilitator)] == [
        ("Élodie Grondin", "elodie@formation.example"),
        ("Karim", None),
    ]


def test_a_file_that_is_sent_again_changes_nothing_and_a_longer_one_enrols_who_is_missing(house: House) -> None:
    take(house, *LINES)
    again = take(house, *LINES)
    assert [one.fate for one in again.outcomes] == [Fate.KNOWN] * 3
    more = take(house, *LINES, "PAP-1;;;;;;;;;;Rose;Hoarau;")
    assert [one.fate for one in more.outcomes] == [Fate.KNOWN] * 3 + [Fate.CREATED]
    assert len(rows(house, Meeting)) == 1
    assert len(rows(house, HalfDay)) == 2
    assert len(rows(house, Attendee)) == 4


def test_a_trial_writes_nothing(house: House) -> None:
    report = take(house, *LINES, is_dry_run=True)
    assert [one.fate for one in report.outcomes] == [Fate.CREATED] * 3
    assert not report.is_written
    assert rows(house, Meeting) == rows(house, Beneficiary) == []


def test_two_trainings_of_one_file_are_two_meetings(house: House) -> None:
    other = "CV-2;Son CV;;https://visio.example/cv;Karim;;15/04/2026;9:00;12:00;;Max;Roy;"
    assert take(house, *LINES, other).is_written
    assert [one.title for one in rows(house, Meeting)] == ["Gérer ses papiers", "Son CV"]
    assert [one.invites for one in rows(house, Meeting)] == [False, True]
    assert len(rows(house, Attendee)) == 4
    assert len(rows(house, Beneficiary)) == 3, "Max is one person"


WRONG = {
    "no hour": ((f"{FIRST}14/04/2026;;12h30;;;;",), [(2, "begins", "field.missing")]),
    "no such day": ((f"{FIRST}31/04/2026;9:00;12:00;;;;",), [(2, "day", "training.import_day")]),
    "no such hour": ((f"{FIRST}14/04/2026;25:00;12:00;;;;",), [(2, "begins", "training.import_hour")]),
    "skipped by the clocks": ((f"{FIRST}29/03/2026;2:30;5:00;;;;",), [(2, "begins", "training.hour_missing")]),
    "no such venue": (("A;Titre;Ailleurs;;Karim;;14/04/2026;9:00;12:00;;;;",), [(2, "venue", "training.import_venue")]),
    "nowhere": (("A;Titre;;;Karim;;14/04/2026;9:00;12:00;;;;",), [(2, "venue", "training.venue_needed")]),
    "no title": (
        ("A;;Bordeaux Saint-Michel;;Karim;;14/04/2026;9:00;12:00;;;;",),
        [(2, "title", "training.title_needed")],
    ),
    "no facilitator": (
        ("A;Titre;Bordeaux Saint-Michel;;;;14/04/2026;9:00;12:00;;;;",),
        [(2, "leaders", "training.leader_needed")],
    ),
    "facilitators unreadable": (
        ("A;Titre;Bordeaux Saint-Michel;;a@b.example c@d.example;;14/04/2026;9:00;12:00;;;;",),
        [(2, "leaders", "training.import_leaders")],
    ),
    "seats": (
        ("A;Titre;Bordeaux Saint-Michel;;Karim;douze;14/04/2026;9:00;12:00;;;;",),
        [(2, "seats", "training.seats_needed")],
    ),
    "no half-day": (
        ("A;Titre;Bordeaux Saint-Michel;;Karim;;;;;;Max;Roy;",),
        [(2, "day", "training.half_days_needed")],
    ),
    "nothing": ((LINES[0], "PAP-1;;;;;;;;;;;;"), [(3, "line", "training.import_nothing")]),
    "half a name": ((LINES[0], "PAP-1;;;;;;;;;;Max;;"), [(3, "last_name", "field.missing")]),
    "two titles": ((LINES[0], "PAP-1;Autre;;;;;;;;;Max;Roy;"), [(3, "title", "training.import_differs")]),
    "overlapping": (
        (LINES[0], "PAP-1;;;;;;14/04/2026;10:00;11:00;;;;"),
        [(2, "day", "training.half_days_overlap")],
    ),
    "no reference": ((f";{FIRST.split(';', 1)[1]}14/04/2026;9:00;12:00;;;;",), [(2, "reference", "field.missing")]),
}


@pytest.mark.parametrize(("lines", "said"), WRONG.values(), ids=WRONG)
def test_a_line_that_is_wrong_is_told_where_and_nothing_is_written(
    sqlite_house: House, lines: tuple[str, ...], said: list[tuple[int, str, str]]
) -> None:
    report = take(sqlite_house, *lines)
    assert faults(report) == said
    assert not report.is_written
    assert rows(sqlite_house, Meeting) == rows(sqlite_house, Beneficiary) == []


def test_other_hours_of_a_training_that_is_there_are_refused(sqlite_house: House) -> None:
    take(sqlite_house, *LINES)
    report = take(sqlite_house, LINES[0], "PAP-1;;;;;;14/04/2026;13:30;17:00;Faire;;;")
    assert faults(report) == [(3, "day", "training.import_changed")]


def test_nobody_is_enrolled_on_a_closed_sheet(sqlite_house: House) -> None:
    house = sqlite_house
    take(house, *LINES)
    (meeting,) = rows(house, Meeting)
    house.clock.set(datetime(2026, 4, 14, 20, 0, tzinfo=UTC))
    house.database.in_transaction(
        house.organisation.id, close_sheet, house.system(), now=house.now, meeting_id=meeting.id
    )
    assert take(house, *LINES).outcomes[0].fate is Fate.KNOWN
    report = take(house, *LINES, "PAP-1;;;;;;;;;;Rose;Hoarau;")
    assert faults(report) == [(2, "line", "refusal.sheet-is-closed")]


def test_the_night_ends_on_the_next_day(sqlite_house: House) -> None:
    take(sqlite_house, f"{FIRST}14/04/2026;22:00;2:00;;;;")
    (night,) = rows(sqlite_house, HalfDay)
    assert (night.ends_at - night.starts_at).total_seconds() == 4 * 3600


def test_facilitators_are_read_with_their_mails() -> None:
    assert read_leaders("Élodie Grondin <e@f.example>| Karim Belkacem") == [
        LeaderNamed("Élodie Grondin", "e@f.example"),
        LeaderNamed("Karim Belkacem", None),
    ]
    for text in ("<e@f.example>", "A b@c.example d@e.example"):
        with pytest.raises(ValueError, match="@"):
            read_leaders(text)


def test_who_does_not_look_after_meetings_imports_none(sqlite_house: House) -> None:
    house = sqlite_house
    with pytest.raises(NotAllowed):
        house.database.in_transaction(
            house.organisation.id,
            import_trainings,
            asking_actor(house),
            now=house.now,
            lines=[],
            is_dry_run=False,
        )


def asking_actor(house: House) -> Any:
    actor = house.actor(house.agents[0])
    return type(actor)(actor.kind, actor.organisation_id, actor.identifier, None, frozenset({Permission.SCAN.value}))


# -- the page and the API ----------------------------------------------------------------------------------------------


@pytest.fixture
def staff(sqlite_house: House) -> FlaskClient:
    client = sqlite_house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = sqlite_house.log_in(client, sqlite_house.manager)
    return client


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


def test_on_the_page_a_trial_comes_first_and_then_the_very_same_file(sqlite_house: House, staff: FlaskClient) -> None:
    assert "Importer des formations" in staff.get("/equipe/seances").text
    assert "intervenants" in staff.get("/equipe/formations/import").text
    upload = {"file": (io.BytesIO(file_of(*LINES)), "formations.csv")}
    tried = staff.post("/equipe/formations/import/essai", data=upload).text
    assert "Rien n'est encore écrit" in tried.replace("&#39;", "'")
    assert rows(sqlite_house, Meeting) == []
    again = {name: hidden(tried, name) for name in ("content", "proof")}
    altered = {**again, "content": base64.urlsafe_b64encode(file_of(LINES[0])).decode()}
    assert staff.post("/equipe/formations/import", data=altered).status_code == 422
    done = staff.post("/equipe/formations/import", data=again)
    assert (done.status_code, len(rows(sqlite_house, Meeting))) == (200, 1)
    assert "importé" in done.text


def test_on_the_page_what_is_wrong_is_said_beside_its_line(sqlite_house: House, staff: FlaskClient) -> None:
    upload = {"file": (io.BytesIO(file_of(f"{FIRST}31/04/2026;9:00;12:00;;;;")), "formations.csv")}
    page = staff.post("/equipe/formations/import/essai", data=upload).text
    assert "jour\u00a0: Écrivez le jour comme 14/04/2026." in page
    assert 'name="proof"' not in page
    assert staff.post("/equipe/formations/import/essai", data={}).status_code == 422
    unknown = {"file": (io.BytesIO(b"a;b\n1;2\n"), "x.csv")}
    assert staff.post("/equipe/formations/import/essai", data=unknown).status_code == 422
    assert rows(sqlite_house, Meeting) == []


def test_a_program_sends_the_file(sqlite_house: House) -> None:
    program = asking(sqlite_house, key(sqlite_house, Permission.MANAGE_MEETINGS))
    body = {"format": "csv", "content": base64.b64encode(file_of(*LINES)).decode(), "dry_run": False}
    answer = program.post("/imports/trainings", body)
    assert answer.status_code == 200, answer.json
    assert ((answer.json or {})["written"], (answer.json or {})["created"]) == (True, 3)
    wrong = body | {"content": base64.b64encode(file_of("A;;;;;;;;;;Max;Roy;")).decode()}
    refused = program.post("/imports/trainings", wrong)
    assert (refused.status_code, (refused.json or {})["code"]) == (422, "lines-refused")
    narrow = asking(sqlite_house, key(sqlite_house, Permission.SEE_DAY))
    assert narrow.post("/imports/trainings", body).status_code == 403
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        assert db.scalar(select(func.count(Meeting.id))) == 1
