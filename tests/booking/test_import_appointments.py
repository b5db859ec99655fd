"""Appointments from a file: by the one writer, as staff would book them; all of them or none, and nobody is told."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from booking.domain.import_appointments import APPOINTMENT_COLUMNS
from booking.models import Appointment, AppointmentStatus, AppointmentType
from booking.use_cases import import_appointments as importing
from booking.use_cases.import_appointments import import_appointments
from directory.domain.import_lines import Fault, Report
from directory.domain.permissions import NotAllowed, Permission
from directory.models import Badge, Beneficiary, Venue
from foundation.actors import Actor, ActorKind
from foundation.models import AuditEntry, OutboxRow, PersonalLink
from foundation.tables import TableTooLong
from tests.api import asking, key
from tests.booking.diary import CAMILLE, at, book, cancel, engaged, listed, open_weekly, reason
from tests.house import House
from tests.tables import csv_lines
from tests.test_access import fingerprint

HEADER = "motif;jour;heure;lieu;modalité;agent;prénom;nom;téléphone;courriel;adresse;personnes;note;statut\n"
ZOE = "Aide administrative;14/04/2026;9h;Bordeaux Saint-Michel;sur place;Nadia Ferrand;Zoé;Martin;0639980005;;;;;\n"
PAST = ZOE.replace("14/04/2026", "10/03/2026").replace(";\n", ";reçu\n")


@pytest.fixture
def kind(house: House) -> AppointmentType:
    row = reason(house)
    open_weekly(house, row)
    return row


def run(house: House, text: str, *, actor: Actor | None = None, **options: Any) -> Report:
    report: Report = house.database.in_transaction(
        house.organisation.id,
        import_appointments,
        actor or house.actor(house.manager),
        now=house.now,
        lines=csv_lines(HEADER + text, APPOINTMENT_COLUMNS),
        is_dry_run=options.pop("is_dry_run", False),
        **options,
    )
    return report


def fates(report: Report) -> list[str]:
    return [one.fate.value for one in report.outcomes]


def faults(report: Report, at: int = 0) -> dict[str, str]:
    return {name: fault.key for name, fault in report.outcomes[at].faults.items()}


def appointments(house: House) -> list[Appointment]:
    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(Appointment).order_by(Appointment.starts_at, Appointment.id)))


def promised(house: House) -> set[str]:
    with house.database.reading(house.organisation.id) as db:
        return set(db.scalars(select(OutboxRow.name).where(OutboxRow.name.contains("appointment"))))


def test_a_line_books_as_staff_do_and_takes_its_time(house: House, kind: AppointmentType) -> None:
    assert fates(run(house, ZOE.replace(";;;;\n", ";;1;Vient avec sa fille;\n"))) == ["created"]
    (row,) = appointments(house)
    assert (row.starts_at, row.ends_at, row.status) == (at(7), at(7, 30), AppointmentStatus.BOOKED)
    assert (row.resource_id, row.venue_id, row.note) == (
        house.agents[0].resource_id,
        house.venue.id,
        "Vient avec sa fille",
    )
    (taken,) = engaged(house)
    assert (taken.appointment_id, taken.end_minute - taken.start_minute) == (row.id, 40)
    assert at(7) not in listed(house, kind)


def test_nobody_is_told_and_yet_everybody_has_their_links_and_their_badge(house: House, kind: AppointmentType) -> None:
    run(house, ZOE)
    house.worker.run_until_empty()
    assert (house.mails, house.texts, promised(house)) == ([], [], set())
    (row,) = appointments(house)
    with house.database.reading(house.organisation.id) as db:
        links = db.scalars(select(PersonalLink.channel).where(PersonalLink.subject_id == row.id)).all()
        badge = db.scalars(select(Badge)).one()
    assert sorted(links) == ["page", "sms"]
    assert badge.beneficiary_id == row.beneficiary_id
    assert badge.expires_at > row.ends_at


def test_with_the_option_they_hear_what_whoever_books_hears(house: House, kind: AppointmentType) -> None:
    run(house, ZOE + PAST, tells=True, takes_history=True)
    house.worker.run_until_empty()
    assert [text.to for _, text in house.texts] == ["+33639980005"]
    assert "14" in house.texts[0][1].text


def test_the_same_file_twice_changes_nothing_the_second_time(house: House, kind: AppointmentType) -> None:
    text = ZOE + ZOE.replace("9h;", "9h40;").replace("Nadia Ferrand", "") + PAST
    assert fates(run(house, text, takes_history=True)) == ["created"] * 3
    before = fingerprint(house)
    assert fates(run(house, text, takes_history=True)) == ["known"] * 3
    assert {name for name, rows in fingerprint(house).items() if before[name] != rows} == {"audit_entry"}


def test_what_was_booked_otherwise_is_known_too_whatever_has_become_of_it(house: House, kind: AppointmentType) -> None:
    cancel(house, book(house, kind, at(7)))
    who = f"{CAMILLE.first_name};{CAMILLE.last_name};{CAMILLE.phone};{CAMILLE.email}"
    assert fates(run(house, ZOE.replace("Zoé;Martin;0639980005;", who))) == ["known"]
    assert len(appointments(house)) == 1


def test_lines_that_overlap_each_other_or_the_diary_are_refused(house: House, kind: AppointmentType) -> None:
    book(house, kind, at(7, 40))
    ida = ZOE.replace("Zoé", "Ida")
    report = run(house, ZOE + ida.replace("9h;", "9h20;") + ida.replace("9h;", "9h50;") + ida.replace("9h;", "10h20;"))
    assert fates(report) == ["created", "refused", "refused", "created"]
    assert report.outcomes[1].faults == {"line": Fault("refusal.outside-opening-hours")}
    assert len(appointments(house)) == 1, "all or nothing"


def test_who_serves_is_found_where_no_agent_is_named(house: House, kind: AppointmentType) -> None:
    open_weekly(house, kind, agent=house.agents[1])
    anyone = ZOE.replace("Nadia Ferrand", "")
    report = run(house, anyone + anyone.replace("Zoé", "Ida") + anyone.replace("Zoé", "Max"))
    assert fates(report) == ["created", "created", "refused"]
    run(house, anyone + anyone.replace("Zoé", "Ida"))
    assert {row.resource_id for row in appointments(house)} == {
        house.agents[0].resource_id,
        house.agents[1].resource_id,
    }


def test_a_dry_run_says_what_the_real_one_does_and_leaves_no_trace(house: House, kind: AppointmentType) -> None:
    text = ZOE + PAST + ZOE
    before = fingerprint(house)
    tried = run(house, text, is_dry_run=True, takes_history=True)
    assert (fates(tried), tried.is_written) == (["created", "created", "known"], False)
    assert fingerprint(house) == before
    assert run(house, text, takes_history=True).outcomes == tried.outcomes


def test_one_refused_line_writes_nothing_not_even_its_people(house: House, kind: AppointmentType) -> None:
    before = fingerprint(house)
    assert not run(house, ZOE + ZOE.replace("Zoé", "Ida")).is_written
    assert fingerprint(house) == before


def test_caps_bind_a_file_as_they_bind_staff(house: House) -> None:
    capped = reason(house, person_most_a_day=1, most_a_week=2)
    open_weekly(house, capped)
    again = ZOE.replace("9h;", "9h40;")
    report = run(house, ZOE + again)
    assert (fates(report), faults(report, 1)) == (["created", "refused"], {"line": "refusal.person-full"})
    others = again.replace("Zoé", "Ida") + ZOE.replace("9h;", "10h20;").replace("Zoé", "Max")
    assert fates(run(house, ZOE + others)) == ["created", "created", "refused"]


# -- the past ---------------------------------------------------------------------------------------------------------


def test_the_past_is_taken_with_its_option_alone_and_with_what_became_of_it(
    house: House, kind: AppointmentType
) -> None:
    assert faults(run(house, PAST)) == {"day": "booking.imports.past"}
    assert faults(run(house, PAST.replace("reçu", ""), takes_history=True)) == {"status": "booking.imports.what_became"}
    assert faults(run(house, PAST.replace("Nadia Ferrand", ""), takes_history=True)) == {
        "agent": "booking.imports.whose_time"
    }
    assert faults(run(house, ZOE.replace(";\n", ";absent\n"), takes_history=True)) == {
        "status": "booking.imports.to_come"
    }


def test_the_past_is_written_as_it_was_without_a_word(house: House, kind: AppointmentType) -> None:
    lines = [
        PAST.replace("9h;", f"{9 + at}h;").replace("reçu", said)
        for at, said in enumerate(("reçu", "absent", "excusé", "annulé"))
    ]
    assert run(house, "".join(lines), takes_history=True, tells=True).is_written
    rows = appointments(house)
    assert [row.status.value for row in rows] == ["seen", "no-show", "excused", "cancelled"]
    assert rows[0].starts_at == datetime(2026, 3, 10, 8, tzinfo=UTC), "before the change of hour"
    assert (rows[3].cancelled_by, rows[3].cancelled_at) == ("agent", house.now)
    assert [row.appointment_id for row in engaged(house)] == [rows[0].id, rows[1].id], "the others take no time"
    house.worker.run_until_empty()
    assert house.texts == []
    with house.database.reading(house.organisation.id) as db:
        assert db.scalars(select(Badge)).all() == []


def test_in_the_past_too_an_agent_is_in_one_place_at_a_time(house: House, kind: AppointmentType) -> None:
    ida = PAST.replace("Zoé", "Ida").replace("9h;", "9h20;")
    report = run(house, PAST + ida, takes_history=True)
    assert (fates(report), faults(report, 1)) == (["created", "refused"], {"line": "refusal.slot-taken"})
    assert run(house, PAST + ida.replace("reçu", "annulé"), takes_history=True).is_written


# -- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "becomes", "column", "sentence"),
    [
        ("Aide administrative", "Aide", "type", "booking.imports.type"),
        ("Aide administrative", "Atelier", "line", "refusal.only-in-workshops"),
        ("14/04/2026", "", "day", "field.missing"),
        ("14/04/2026", "le 14", "day", "booking.imports.day"),
        ("14/04/2026", "15/04/2026", "line", "refusal.outside-opening-hours"),
        ("9h", "24:00", "hour", "booking.imports.hour"),
        ("9h", "tôt", "hour", "booking.imports.hour"),
        ("Bordeaux Saint-Michel", "Paris", "venue", "booking.imports.venue"),
        ("Bordeaux Saint-Michel", "", "venue", "booking.unfit.on_site_somewhere"),
        ("sur place", "", "channel", "booking.imports.which_channel"),
        ("sur place", "pigeon", "channel", "booking.imports.channel"),
        ("sur place", "visio", "line", "refusal.not-open-to-public"),
        ("sur place", "domicile", "home_address", "booking.person.address_needed"),
        ("Nadia Ferrand", "Nadia", "agent", "booking.imports.agent"),
        ("Zoé", "", "first_name", "booking.person.first_name_needed"),
        ("Zoé", "www.exemple.example", "first_name", "booking.person.just_a_name"),
        ("Zoé", "x" * 81, "first_name", "field.too_long"),
        ("0639980005", "12", "phone", "field.phone.unreadable"),
        ("0639980005;", "0639980005;zoe", "email", "field.email.unreadable"),
        (";;;;\n", ";;2;;\n", "people", "booking.unfit.people"),
        (";;;;\n", ";;deux;;\n", "people", "booking.imports.number"),
        (";;;;\n", ";;;;parti\n", "status", "booking.imports.status"),
    ],
)
def test_what_is_wrong_is_said_beside_its_column(
    sqlite_house: House, was: str, becomes: str, column: str, sentence: str
) -> None:
    row = reason(sqlite_house)
    reason(sqlite_house, name="Atelier", is_workshop=True, channels=["on-site"])
    open_weekly(sqlite_house, row)
    assert was in ZOE
    line = ZOE.replace(was, becomes, 1) if was.strip(";\n") else ZOE.replace(was, becomes)
    report = run(sqlite_house, line)
    assert faults(report) == {column: sentence}


def test_hours_are_those_of_the_clock_of_the_place(sqlite_house: House) -> None:
    far = reason(sqlite_house, channels=["on-site"])
    open_weekly(sqlite_house, far, venue=sqlite_house.far_venue)
    line = ZOE.replace("Bordeaux Saint-Michel;sur place", "Saint-Denis;").replace("0639980005", "0692000001")
    assert fates(run(sqlite_house, line)) == ["created"]
    (row,) = appointments(sqlite_house)
    assert row.starts_at == at(5)
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        assert db.scalars(select(Beneficiary.phone)).one() == "+262692000001", "as it is typed there"


def test_an_hour_that_the_clocks_skip_is_refused(sqlite_house: House) -> None:
    row = reason(sqlite_house)
    open_weekly(sqlite_house, row)
    assert faults(run(sqlite_house, ZOE.replace("14/04/2026;9h", "28/03/2027;2h30"))) == {
        "hour": "booking.imports.no_such_hour"
    }
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        assert db.get_one(Venue, sqlite_house.venue.id).time_zone == "Europe/Paris"


# -- rights and bounds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [Permission.SEE_DAY, Permission.MANAGE_PEOPLE])
def test_an_import_asks_for_both_rights(sqlite_house: House, missing: Permission) -> None:
    rights = frozenset(Permission) - {missing}
    actor = Actor(ActorKind.AGENT, sqlite_house.organisation.id, sqlite_house.manager.id, None, rights)
    with pytest.raises(NotAllowed):
        run(sqlite_house, ZOE, actor=actor)
    text = key(sqlite_house, *rights)
    body = {"format": "csv", "content": base64.b64encode((HEADER + ZOE).encode()).decode(), "dry_run": True}
    assert asking(sqlite_house, text).post("/imports/appointments", body).status_code == 403


def test_there_are_no_more_lines_than_are_booked_at_once(sqlite_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_LINES", 1)
    with pytest.raises(TableTooLong):
        run(sqlite_house, ZOE + ZOE)


def test_another_organisation_names_nothing_of_ours(house: House, kind: AppointmentType) -> None:
    report = house.database.in_transaction(
        house.other.id,
        import_appointments,
        house.actor(house.stranger),
        now=house.now,
        lines=csv_lines(HEADER + ZOE, APPOINTMENT_COLUMNS),
        is_dry_run=False,
    )
    assert faults(report) == {"type": "booking.imports.type"}


def test_the_audit_holds_counts_and_ids_and_nobody(house: House, kind: AppointmentType) -> None:
    run(house, ZOE)
    with house.database.reading(house.organisation.id) as db:
        entries = {
            row.action: row for row in db.scalars(select(AuditEntry).where(AuditEntry.action.contains("import")))
        }
    assert entries["appointments-imported"].details == {"created": 1, "completed": 0, "known": 0, "refused": 0}
    assert entries["appointment-imported"].subject_id == appointments(house)[0].id
    assert entries["appointment-imported"].details == {}


def test_a_program_imports_past_and_future_with_its_options(house: House, kind: AppointmentType) -> None:
    program = asking(house, key(house, Permission.SEE_DAY, Permission.MANAGE_PEOPLE))
    content = base64.b64encode((HEADER + ZOE + PAST).encode()).decode()
    body = {"format": "csv", "content": content, "dry_run": False}
    refused = program.post("/imports/appointments", body)
    assert (refused.status_code, refused.get_json()["lines"][1]["faults"][0]["column"]) == (422, "day")
    assert appointments(house) == []
    answer = program.post("/imports/appointments", {**body, "history": True, "tell": True})
    assert (answer.status_code, answer.get_json()["created"]) == (200, 2)
    assert [row.starts_at.date() for row in appointments(house)] == [date(2026, 3, 10), date(2026, 4, 14)]
    assert promised(house) == {"appointment-booked"}
