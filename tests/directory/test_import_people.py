"""People from a file: line by line it is said what would happen, and all of it happens or nothing."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from sqlalchemy import event, select

from directory.domain.import_lines import Report
from directory.domain.import_people import PERSON_COLUMNS
from directory.domain.permissions import NotAllowed, Permission
from directory.models import Beneficiary
from directory.steps.people import known_or_new
from directory.use_cases.import_people import import_people
from foundation.models import AuditEntry
from tests.api import asking, key
from tests.house import House
from tests.tables import csv_lines, workbook
from tests.test_access import fingerprint

HEADER = "prénom;nom;téléphone;courriel;langue\n"
ZOE = "Zoé;Martin;06 39 98 00 01;zoe@courriel.example;fr\n"
MAX = "Max;Roy;;MAX@Courriel.example;anglais\n"


def run(house: House, text: str, *, is_dry_run: bool = False) -> Report:
    report: Report = house.database.in_transaction(
        house.organisation.id,
        import_people,
        house.actor(house.manager),
        now=house.now,
        lines=csv_lines(HEADER + text, PERSON_COLUMNS),
        is_dry_run=is_dry_run,
    )
    return report


def fates(report: Report) -> list[tuple[int, str]]:
    return [(one.line, one.fate.value) for one in report.outcomes]


def everybody(house: House) -> list[Beneficiary]:
    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(Beneficiary).order_by(Beneficiary.last_name)))


def register(house: House, first_name: str, last_name: str, *, phone: str | None, email: str | None) -> None:
    house.database.in_transaction(
        house.organisation.id,
        known_or_new,
        house.system(),
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        email=email,
        language="fr",
        now=house.now,
    )


def test_whoever_is_new_is_written_down_as_the_house_writes_people(house: House) -> None:
    report = run(house, ZOE + MAX)
    assert fates(report) == [(2, "created"), (3, "created")]
    zoe, roy = everybody(house)
    assert (zoe.full_name, zoe.phone, zoe.email, zoe.language) == (
        "Zoé Martin",
        "+33639980001",
        "zoe@courriel.example",
        "fr",
    )
    assert (roy.searched_name, roy.phone, roy.email, roy.language) == ("max roy", None, "max@courriel.example", "en")


def test_the_same_file_twice_changes_nothing_the_second_time(house: House) -> None:
    text = ZOE + MAX + "Sans;Contact;;;\n"
    assert run(house, text).is_written
    before = [(one.id, one.phone, one.email) for one in everybody(house)]
    assert [fate for _, fate in fates(run(house, text))] == ["known", "known", "known"]
    assert [(one.id, one.phone, one.email) for one in everybody(house)] == before


def test_a_contact_that_was_missing_is_added_and_what_is_known_stays(house: House) -> None:
    register(house, "Zoe", "MARTIN", phone="+33639980001", email=None)
    register(house, "Max", "Roy", phone="+33639980009", email="max@courriel.example")
    report = run(house, ZOE + "Max;Roy;06 39 98 00 02;max@courriel.example;\n")
    assert fates(report) == [(2, "completed"), (3, "known")]
    zoe, roy = sorted(everybody(house), key=lambda one: one.searched_name, reverse=True)
    assert (zoe.email, zoe.first_name) == ("zoe@courriel.example", "Zoe")
    assert roy.phone == "+33639980009"


def test_relatives_who_share_a_telephone_are_two_people(house: House) -> None:
    assert fates(run(house, ZOE + "Ida;Martin;0639980001;;\n")) == [(2, "created"), (3, "created")]


def test_somebody_who_stands_there_twice_is_one_and_the_second_line_completes(house: House) -> None:
    text = "Zoé;Martin;0639980001;;\nZoé;Martin;0639980001;zoe@courriel.example;\nzoe;martin;;zoe@courriel.example;\n"
    assert [fate for _, fate in fates(run(house, text))] == ["created", "completed", "known"]
    assert len(everybody(house)) == 1


def test_one_refused_line_refuses_the_whole_file_with_a_sentence_for_each_field(house: House) -> None:
    before = fingerprint(house)
    report = run(house, ZOE + f";{'x' * 81};12;pas une adresse;klingon\n")
    assert fates(report) == [(2, "created"), (3, "refused")]
    assert {name: fault.key for name, fault in report.outcomes[1].faults.items()} == {
        "first_name": "field.missing",
        "last_name": "field.too_long",
        "phone": "field.phone.unreadable",
        "email": "field.email.unreadable",
        "language": "directory.imports.language",
    }
    assert not report.is_written
    assert fingerprint(house) == before


def test_a_dry_run_says_what_the_real_one_does_and_leaves_no_trace(house: House) -> None:
    register(house, "Zoé", "Martin", phone="+33639980001", email=None)
    before = fingerprint(house)
    tried = run(house, ZOE + MAX, is_dry_run=True)
    assert fingerprint(house) == before
    assert everybody(house)[0].email is None
    real = run(house, ZOE + MAX)
    assert tried.outcomes == real.outcomes
    assert (tried.is_written, real.is_written) == (False, True)


def test_a_number_that_a_spreadsheet_has_shortened_is_still_read(house: House) -> None:
    run(house, "Zoé;Martin;639980001;;\n")
    assert everybody(house)[0].phone == "+33639980001"


def test_the_audit_holds_counts_and_nobody(house: House) -> None:
    run(house, ZOE + MAX)
    with house.database.reading(house.organisation.id) as db:
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.action == "people-imported"))
    assert entry.details == {"created": 2, "completed": 0, "known": 0, "refused": 0}
    assert (entry.subject_kind, entry.actor_id) == ("organisation", house.manager.id)


def test_another_organisations_people_are_neither_found_nor_touched(house: House) -> None:
    run(house, ZOE)
    report = house.database.in_transaction(
        house.other.id,
        import_people,
        house.actor(house.stranger),
        now=house.now,
        lines=csv_lines(HEADER + ZOE, PERSON_COLUMNS),
        is_dry_run=False,
    )
    assert report.counts["created"] == 1
    assert len(everybody(house)) == 1


def test_a_thousand_people_cost_hardly_more_statements_than_ten(sqlite_house: House) -> None:
    def statements(number: int, first: int) -> int:
        counted: list[str] = []
        text = "".join(f"P{n};N{n};06399{n:05};p{n}@courriel.example;\n" for n in range(first, first + number))
        event.listen(sqlite_house.database.engine, "before_cursor_execute", lambda *told: counted.append(told[2]))
        run(sqlite_house, text)
        return len(counted)

    few = statements(10, 0)
    assert statements(1_000, 1_000) < few + 20


def test_an_import_asks_for_the_right_to_keep_people(sqlite_house: House) -> None:
    actor = sqlite_house.actor(sqlite_house.manager)
    narrow = type(actor)(actor.kind, actor.organisation_id, actor.identifier, None, frozenset({Permission.BOOK}))
    with pytest.raises(NotAllowed):
        sqlite_house.database.in_transaction(
            sqlite_house.organisation.id, import_people, narrow, now=sqlite_house.now, lines=[], is_dry_run=True
        )


def sent(content: bytes, **changes: Any) -> dict[str, Any]:
    return {"format": "csv", "content": base64.b64encode(content).decode(), "dry_run": False, **changes}


def test_a_program_imports_csv_and_spreadsheets(house: House) -> None:
    program = asking(house, key(house, Permission.MANAGE_PEOPLE))
    tried = program.post("/imports/people", sent((HEADER + ZOE).encode("cp1252"), dry_run=True))
    assert tried.status_code == 200
    assert tried.get_json() == {
        "dry_run": True,
        "written": False,
        "created": 1,
        "completed": 0,
        "known": 0,
        "refused": 0,
        "lines": [{"line": 2, "outcome": "created", "faults": []}],
    }
    assert everybody(house) == []
    book = workbook(("first name", "last name", "phone"), ("Zoé", "Martin", 639980001))
    assert program.post("/imports/people", sent(book, format="xlsx")).get_json()["written"] is True
    assert len(everybody(house)) == 1


def test_a_program_hears_of_each_refused_line_and_nothing_is_written(house: House) -> None:
    program = asking(house, key(house, Permission.MANAGE_PEOPLE))
    body = sent((HEADER + ZOE + "Max;;12;;\n").encode())
    for headers in ({}, {"Idempotency-Key": "once"}):
        answer = program.post("/imports/people", body, headers=headers)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
        told = answer.get_json()
        assert (told["code"], told["written"], told["refused"]) == ("lines-refused", False, 1)
        assert told["lines"][1] == {
            "line": 3,
            "outcome": "refused",
            "faults": [
                {"column": "last_name", "detail": "This field is needed."},
                {"column": "phone", "detail": told["lines"][1]["faults"][1]["detail"]},
            ],
        }
    assert program.post("/imports/people", {**body, "dry_run": True}).status_code == 200
    assert everybody(house) == []


def test_the_same_request_with_its_key_twice_is_answered_as_the_first_time(house: House) -> None:
    program = asking(house, key(house, Permission.MANAGE_PEOPLE))
    first, second = (
        program.post("/imports/people", sent((HEADER + ZOE).encode()), headers={"Idempotency-Key": "file 1"[:4]})
        for _ in range(2)
    )
    assert first.get_json() == second.get_json()
    assert second.headers["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": "*** no base64 ***"}, "unreadable-request"),
        ({"content": base64.b64encode(b"").decode()}, "unreadable-request"),
        ({"content": base64.b64encode("prénom;nom;x\n".encode()).decode()}, "columns-not-known"),
        ({"content": base64.b64encode(b"zip").decode(), "format": "xlsx"}, "table-unreadable"),
        ({"format": "ods"}, "unreadable-request"),
        ({"content": base64.b64encode(b"x" * 5_000_001).decode()}, "table-too-large"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_code(house: House, body: dict[str, Any], code: str) -> None:
    answer = asking(house, key(house)).post("/imports/people", sent(b"x") | body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)


def test_a_body_beyond_the_largest_file_is_not_even_read(sqlite_house: House) -> None:
    program = asking(sqlite_house, key(sqlite_house))
    assert program.post("/imports/people", sent(b"x" * 6_000_000)).status_code == 413
    # Every other operation keeps the small limit.
    assert program.post("/beneficiaries", {"first_name": "x" * 1_500_000}).status_code == 413
