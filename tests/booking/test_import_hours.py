"""Opening hours from a file: the same rules as by hand, all of them or none."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from sqlalchemy import select

from booking.domain.import_hours import HOURS_COLUMNS
from booking.domain.occurrences import Recurrence, Repeats
from booking.models import AppointmentType, OpeningHours, OpeningOccurrence
from booking.queries.hours import types_of
from booking.use_cases.import_opening_hours import import_opening_hours
from directory.domain.import_lines import Fault, Report
from directory.domain.permissions import Permission
from directory.models import ResourceKind
from directory.use_cases.add_resource import add_resource
from tests.api import asking, key
from tests.booking.diary import at, listed, reason
from tests.house import House
from tests.tables import csv_lines
from tests.test_access import fingerprint

HEADER = (
    "agent;salle;lieu;motifs;jours;ouvre;ferme;premier jour;dernier jour;toutes les;mensuel;fermé les jours fériés\n"
)
NADIA = "Nadia Ferrand;;Bordeaux Saint-Michel;Aide administrative;mardi;9h;12h;13/04/2026;;;;\n"


@pytest.fixture
def kind(house: House) -> AppointmentType:
    return reason(house)


def run(house: House, text: str, *, is_dry_run: bool = False) -> Report:
    report: Report = house.database.in_transaction(
        house.organisation.id,
        import_opening_hours,
        house.actor(house.manager),
        now=house.now,
        lines=csv_lines(HEADER + text, HOURS_COLUMNS),
        is_dry_run=is_dry_run,
    )
    return report


def rules(house: House) -> list[OpeningHours]:
    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(OpeningHours).order_by(OpeningHours.id)))


def faults(house: House, line: str) -> dict[str, str]:
    (outcome,) = run(house, line).outcomes
    return {name: fault.key for name, fault in outcome.faults.items()}


def test_what_a_file_opens_is_listed_at_once(house: House, kind: AppointmentType) -> None:
    assert run(house, NADIA).counts["created"] == 1
    assert listed(house, kind)[:2] == [at(7), at(7, 40)]
    (rule,) = rules(house)
    assert (rule.resource_id, rule.venue_id) == (house.agents[0].resource_id, house.venue.id)
    assert rule.recurrence == Recurrence.weekly(1, since=date(2026, 4, 13))
    assert rule.closes_on_holidays


def test_every_form_of_a_rule_can_be_said(house: House, kind: AppointmentType) -> None:
    other = reason(house, name="Impôts")
    report = run(
        house,
        "karim@maison-des-solidarites.example;;;aide administrative|IMPOTS;lun, mer;"
        "22:00;2:00;13/04/2026;30/06/2026;2;;non\n"
        ";salle garonne;Bordeaux Saint-Michel;Impôts;;0:00;24:00;15/04/2026;;3;oui;\n"
        "Lucie Payet;;Saint-Denis;Impôts;une fois;9:00;10:00;2026-04-20;;;;\n",
    )
    assert report.counts["created"] == 3
    first, second, third = rules(house)
    assert first.recurrence == Recurrence.weekly(0, 2, since=date(2026, 4, 13), until=date(2026, 6, 30), every=2)
    assert (first.hours.opens, first.hours.closes, first.venue_id, first.closes_on_holidays) == (1320, 120, None, False)
    assert (second.recurrence, second.resource_id) == (
        Recurrence(Repeats.MONTHLY, date(2026, 4, 15), None, 3),
        house.room.id,
    )
    assert third.recurrence == Recurrence(Repeats.ONCE, date(2026, 4, 20))
    with house.database.reading(house.organisation.id) as db:
        assert list(types_of(db, [first.id])[first.id]) == sorted([kind.id, other.id])


def test_the_same_file_twice_changes_nothing_the_second_time(house: House, kind: AppointmentType) -> None:
    text = NADIA + NADIA.replace("9h;12h", "14:00;17:00") + NADIA
    assert [one.fate for one in run(house, text).outcomes] == ["created", "created", "known"]
    before = fingerprint(house)
    assert run(house, text).counts == {"created": 0, "completed": 0, "known": 3, "refused": 0}
    after = fingerprint(house)
    assert {name for name in before if before[name] != after[name]} == {"audit_entry"}


def test_a_dry_run_says_what_the_real_one_does_and_leaves_no_trace(house: House, kind: AppointmentType) -> None:
    text = NADIA + NADIA
    before = fingerprint(house)
    tried = run(house, text, is_dry_run=True)
    assert fingerprint(house) == before
    assert tried.outcomes == run(house, text).outcomes


def test_one_refused_line_opens_nothing_at_all(house: House, kind: AppointmentType) -> None:
    before = fingerprint(house)
    report = run(house, NADIA + NADIA.replace("12h", "9h"))
    assert report.outcomes[1].faults == {"closes": Fault("booking.unfit.closed")}
    assert not report.is_written
    assert fingerprint(house) == before


@pytest.mark.parametrize(
    ("was", "becomes", "column", "sentence"),
    [
        ("Nadia Ferrand", "Personne", "agent", "booking.imports.agent"),
        ("Nadia Ferrand;", ";", "agent", "booking.imports.agent_or_room"),
        ("Nadia Ferrand;;", "Nadia Ferrand;Salle Garonne;", "room", "booking.imports.agent_or_room"),
        ("Nadia Ferrand;;", ";Salle Rhône;", "room", "booking.imports.room"),
        ("Bordeaux Saint-Michel", "Paris", "venue", "booking.imports.venue"),
        ("Aide administrative", "Aide administrative|Rien", "types", "booking.imports.types"),
        ("Aide administrative", "", "types", "field.missing"),
        ("Aide administrative", "Atelier", "types", "booking.unfit.workshop_has_no_hours"),
        ("mardi", "", "days", "booking.imports.which_days"),
        ("mardi", "lundi au vendredi", "days", "booking.imports.weekdays"),
        ("9h", "9", "opens", "booking.imports.hour"),
        ("9h", "24:00", "opens", "api.field.out_of_range"),
        ("13/04/2026", "13/04/2036", "first_day", "booking.unfit.too_far"),
        ("13/04/2026;", "13/04/2026;12/04/2026", "last_day", "booking.unfit.ends_before"),
        (";;;;\n", ";;0;;\n", "every", "api.field.out_of_range"),
        (";;;;\n", ";;souvent;;\n", "every", "booking.imports.number"),
        (";;;;\n", ";;;oui;\n", "days", "booking.imports.monthly_has_no_days"),
        (";;;;\n", ";;;;peut-être\n", "closes_on_holidays", "booking.imports.yes_or_no"),
    ],
)
def test_what_is_wrong_is_said_beside_its_column(
    sqlite_house: House, was: str, becomes: str, column: str, sentence: str
) -> None:
    reason(sqlite_house)
    reason(sqlite_house, name="Atelier", is_workshop=True)
    assert was in NADIA
    assert faults(sqlite_house, NADIA.replace(was, becomes, 1)) == {column: sentence}


def test_two_of_one_name_are_not_guessed_between(sqlite_house: House) -> None:
    reason(sqlite_house)
    for _ in range(2):
        sqlite_house.database.in_transaction(
            sqlite_house.organisation.id,
            add_resource,
            sqlite_house.system(),
            now=sqlite_house.now,
            kind=ResourceKind.ROOM,
            name="Salle Dordogne",
            venue_id=sqlite_house.venue.id,
        )
    line = NADIA.replace("Nadia Ferrand;;", ";salle dordogne;")
    assert faults(sqlite_house, line) == {"room": "booking.imports.several"}


def test_names_of_another_organisation_are_names_of_nobody(sqlite_house: House) -> None:
    report = sqlite_house.database.in_transaction(
        sqlite_house.other.id,
        import_opening_hours,
        sqlite_house.actor(sqlite_house.stranger),
        now=sqlite_house.now,
        lines=csv_lines(HEADER + NADIA.replace("Nadia Ferrand", sqlite_house.agents[0].email), HOURS_COLUMNS),
        is_dry_run=False,
    )
    assert set(report.outcomes[0].faults) == {"agent", "types"}


def test_a_program_opens_by_a_file(house: House, kind: AppointmentType) -> None:
    program = asking(house, key(house, Permission.ADMINISTER))
    body = {"format": "csv", "content": base64.b64encode((HEADER + NADIA).encode()).decode(), "dry_run": False}
    answer = program.post("/imports/opening-hours", body)
    assert (answer.status_code, answer.get_json()["created"], answer.get_json()["written"]) == (200, 1, True)
    with house.database.reading(house.organisation.id) as db:
        assert len(list(db.scalars(select(OpeningOccurrence)))) == 52
