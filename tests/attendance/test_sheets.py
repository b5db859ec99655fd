import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from attendance.domain.refusals import (
    AlreadyCountersigned,
    HalfDayNotFound,
    HeadcountNeeded,
    ReasonNeeded,
    SheetIsClosed,
    TooEarlyToClose,
    TooEarlyToCountersign,
    TooEarlyToState,
    UnreadableTraining,
)
from attendance.domain.targets import Target
from attendance.domain.trainings import Training
from attendance.domain.verdicts import Verdict
from attendance.models import Meeting, SheetState, Signature, SignatureKind, Statement
from attendance.queries import sheet
from attendance.queries.sheet_view import SheetView
from attendance.sheet.figures import parts, siret
from attendance.sheet.pdf import file_name, pdf_of
from attendance.sheet.words import SheetWords
from attendance.steps.personal_links import LinksSent
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.countersign import countersign
from attendance.use_cases.find_expected import Found, find_expected
from attendance.use_cases.plan_training import plan_training
from attendance.use_cases.send_countersign_links import send_countersign_links
from attendance.use_cases.send_sign_links import send_sign_links
from attendance.use_cases.state_presence import Person, state_presence
from directory.domain.permissions import NotAllowed
from directory.domain.refusals import QueryTooShort
from foundation.actors import Actor, ActorKind
from tests.attendance.scene import Scene, appointment, desk, training
from tests.house import START, House


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def state(scene: Scene, person: Person, reason: str = "Téléphone déchargé") -> str:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id,
        state_presence,
        scene.agent,
        now=scene.house.now,
        person=person,
        kind=SignatureKind.ARRIVAL,
        reason=reason,
    ).name


def leads(scene: Scene) -> Actor:
    return Actor(ActorKind.FACILITATOR, scene.agent.organisation_id, scene.facilitator_id)


def counter(scene: Scene, number: int = 0, heads: int | None = 3) -> None:
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        countersign,
        leads(scene),
        now=scene.house.now,
        half_day_id=scene.half_days[number].id,
        headcount=heads,
        is_confirmed=True,
    )


def close(scene: Scene) -> None:
    scene.house.database.in_transaction(
        scene.agent.organisation_id, close_sheet, scene.agent, now=scene.house.now, meeting_id=scene.meeting_id
    )


def view_of(scene: Scene) -> SheetView:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return sheet.of_meeting(db, scene.meeting_id, now=scene.house.now)


def find(scene: Scene, query: str, target: Target) -> list[Found]:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id, find_expected, scene.agent, now=scene.house.now, query=query, target=target
    )


def filled(scene: Scene) -> SheetView:
    """One badge, one statement, one absence; then everything is over, countersigned and closed."""
    scene.scan(scene.sent())
    state(scene, Person(attendee_id=scene.attendees[1], half_day_id=scene.half_days[0].id), 'Oubli #panic("x") *a* $b$')
    scene.house.clock.advance(timedelta(hours=8))
    counter(scene, 0, 2)
    close(scene)
    return view_of(scene)


def test_the_sheet_tells_signatures_statements_and_absences_apart(scene: Scene) -> None:
    view = filled(scene)
    cells = {person.name: person.cells[0] for person in view.people}
    signed, stated, absent = cells["Sonia Lefèvre"], cells["Amadou Diallo"], cells["Zoé Lê-Van"]
    assert [(one.method, one.grade, one.shown_to) for one in signed.signatures] == [("badge", "A", "Nadia Ferrand")]
    assert (signed.minutes, signed.statements, signed.is_absent) == (180, (), False)
    assert (stated.signatures, stated.minutes, stated.is_absent) == ((), None, False)
    assert stated.statements[0].author == "Nadia Ferrand"
    assert absent.is_absent
    assert [one and one.headcount for one in view.facilitators[0].countersignatures] == [2, None]
    assert (view.state, view.closed_by) == (SheetState.CLOSED, "Nadia Ferrand")


def test_each_column_is_counted_and_each_person_s_time_is_added_up(scene: Scene) -> None:
    say = scene.house.services.wording.in_language("en")
    scene.scan(scene.sent())
    early = SheetWords(view_of(scene), say, "en").printed()
    assert early["totals"] == [["1 signed", "2 still expected"], ["0 signed", "3 still expected"]]
    assert [person["cells"][1]["missing"] for person in early["people"]] == ["not signed yet"] * 3
    scene.house.clock.advance(timedelta(hours=4, minutes=30))
    scene.scan(scene.sent(key="key-0002", target=scene.target(1)))
    printed = SheetWords(filled(scene), say, "en").printed()
    assert printed["totals"] == [["1 signed", "1 statement", "1 absent"], ["1 signed", "2 absent"]]
    totals = {person["name"]: person["total"] for person in printed["people"]}
    sonia = (totals.pop("Sonia Lefèvre") or "").replace("\u00a0", " ")
    assert sonia == "retained in all: 5 h 45"  # 10:00 to 13:00, then from 14:15 to 17:00
    assert set(totals.values()) == {None}


def test_the_zone_is_told_with_both_offsets_when_the_clocks_change_between_half_days(scene: Scene) -> None:
    say = scene.house.services.wording.in_language("fr")
    view = view_of(scene)
    later = replace(
        view.half_days[1], starts_at=START + timedelta(days=210), ends_at=START + timedelta(days=210, hours=1)
    )
    printed = SheetWords(replace(view, half_days=(view.half_days[0], later)), say, "fr").printed()
    assert "Europe/Paris (UTC+02:00, UTC+01:00)" in {fact["value"] for fact in printed["facts"]}


def test_people_stand_in_the_order_of_their_names_and_nobody_is_absent_before_the_end(scene: Scene) -> None:
    view = view_of(scene)
    assert len(view.people) == 3
    assert not any(cell.is_absent for person in view.people for cell in person.cells)


def test_the_pdf_says_what_the_sheet_says(scene: Scene, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (Debian: apt install poppler-utils)")
    say = scene.house.services.wording.in_language("fr")
    view = filled(scene)
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf_of(SheetWords(view, say, "fr").printed(), made_at=view.made_at))
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True).stdout  # noqa: S603, S607
    words = " ".join(text.split())
    for expected in (
        "Feuille d'émargement", "Gérer ses papiers en ligne", "Maison des Solidarités", "812 345 678 00015",
        "75331234533", "Bordeaux Saint-Michel, 12 rue des Faures, 33000 Bordeaux", "Europe/Paris (UTC+02:00)",
        "lundi 13 avril 2026", "10 h – 13 h", "14 h – 17 h", "Comprendre", "Faire", "Sonia Lefèvre", "Arrivée 9 h 45",
        "badge présenté à Nadia Ferrand", "retenu : 3 h 00", "constat, pas une signature", '#panic("x") *a* $b$',
        "absence", "Élodie Grondin", "2 personnes comptées", "pas de contreseing", "Légende",
        "Feuille close le lundi 13 avril 2026 à 17 h 45 par Nadia Ferrand.", "page 1 sur 1",
    ):  # fmt: skip
        assert expected in words.replace("\u00a0", " "), expected


def test_the_pdf_is_tagged_titled_and_in_its_language(scene: Scene) -> None:
    say = scene.house.services.wording.in_language("en")
    view = view_of(scene)
    pdf = pdf_of(SheetWords(view, say, "en").printed(), made_at=view.made_at)
    assert pdf.startswith(b"%PDF-")
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"/DisplayDocTitle true", b"pdfuaid", b"pdfaid"):
        assert mark in pdf, mark


def test_thirty_people_and_long_names_take_several_pages_with_the_hours_on_each(scene: Scene, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (Debian: apt install poppler-utils)")
    view = filled(scene)
    name = "Marie-Antoinette Rakotondrazafy-Ravelomanantsoa"
    many = tuple(replace(view.people[number % 3], name=f"{name} {number}") for number in range(30))
    say = scene.house.services.wording.in_language("fr")
    path = tmp_path / "sheet.pdf"
    printed = SheetWords(replace(view, people=many), say, "fr").printed()
    path.write_bytes(pdf_of(printed, made_at=view.made_at))
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True).stdout  # noqa: S603, S607
    pages = text.split("\f")[:-1]
    assert len(pages) > 2
    assert all("Personne" in page for page in pages[:-1])
    assert json.dumps(printed)


@pytest.mark.parametrize(
    ("columns", "widths"), [(0, [0]), (1, [1]), (5, [5]), (6, [3, 3]), (12, [4, 4, 4]), (11, [4, 4, 3])]
)
def test_many_half_days_are_shared_out_among_tables(columns: int, widths: list[int]) -> None:
    assert [len(part) for part in parts(columns)] == widths


def test_a_siret_is_read_in_groups_and_a_file_is_named_plainly() -> None:
    assert siret("81234567800015") == "812\u00a0345\u00a0678\u00a000015"
    assert file_name("Gérer « ses » papiers/../x", "2026-04-13") == "emargement-2026-04-13-gerer-ses-papiers-x.pdf"


def test_a_statement_is_never_a_signature_and_needs_a_reason(scene: Scene) -> None:
    person = Person(attendee_id=scene.attendees[0], half_day_id=scene.half_days[0].id)
    with pytest.raises(ReasonNeeded):
        state(scene, person, "  \x00 ")
    with pytest.raises(TooEarlyToState):
        state(scene, replace(person, half_day_id=scene.half_days[1].id))
    assert state(scene, person) == "Sonia Lefèvre"
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalar(select(func.count(Signature.id))) == 0
        assert db.scalar(select(func.count(Statement.id))) == 1
    assert scene.scan(scene.sent()).verdict is Verdict.SIGNED


def test_a_name_is_found_with_three_letters_among_those_expected(scene: Scene) -> None:
    with pytest.raises(QueryTooShort):
        find(scene, "Lê", scene.target())
    found = find(scene, "lefevre", scene.target())
    assert [one.name for one in found] == ["Sonia Lefèvre"]
    assert find(scene, "Lefèvre", desk(scene)) != []  # the training is at that venue, and open
    booked = appointment(scene, starts_at=scene.house.now + timedelta(hours=1), person=1)
    at_desk = [one for one in find(scene, "Diallo", desk(scene)) if one.expectation.appointment_id is not None]
    assert [one.expectation.appointment_id for one in at_desk] == [booked.id]


def test_a_facilitator_countersigns_each_half_day_once_it_has_begun(scene: Scene) -> None:
    with pytest.raises(TooEarlyToCountersign):
        counter(scene)
    scene.house.clock.advance(timedelta(minutes=15))
    with pytest.raises(HeadcountNeeded):
        counter(scene, heads=None)
    counter(scene)
    with pytest.raises(AlreadyCountersigned):
        counter(scene)
    stranger = Actor(ActorKind.FACILITATOR, scene.agent.organisation_id, scene.facilitator_id + 1)
    with pytest.raises(HalfDayNotFound):
        scene.house.database.in_transaction(
            scene.agent.organisation_id,
            countersign,
            stranger,
            now=scene.house.now,
            half_day_id=scene.half_days[0].id,
            headcount=1,
        )


def test_a_sheet_is_closed_after_the_end_once_and_takes_nothing_more(scene: Scene) -> None:
    with pytest.raises(TooEarlyToClose):
        close(scene)
    scene.house.clock.advance(timedelta(hours=7, minutes=20))  # 17:05: the last window is still open
    close(scene)
    with pytest.raises(SheetIsClosed):
        close(scene)
    assert scene.scan(scene.sent(target=scene.target(1))).verdict is Verdict.TOO_LATE
    with pytest.raises(SheetIsClosed):
        counter(scene)
    with pytest.raises(SheetIsClosed):
        state(scene, Person(attendee_id=scene.attendees[0], half_day_id=scene.half_days[0].id))


def test_links_leave_by_mail_or_by_sms_once_a_minute(scene: Scene) -> None:
    def send(use_case: Callable[..., LinksSent]) -> LinksSent:
        return scene.house.database.in_transaction(
            scene.agent.organisation_id, use_case, scene.agent, now=scene.house.now, meeting_id=scene.meeting_id
        )

    sent = send(send_sign_links)
    send(send_sign_links)
    send(send_countersign_links)
    scene.house.worker.run_until_empty()
    assert (sent.count, sent.unreachable) == (3, ())
    assert sorted(mail.to for _, mail in scene.house.mails) == [
        "elodie@formation.example", "sonia@courriel.example", "zoe@courriel.example",
    ]  # fmt: skip
    text = scene.house.texts[0][1].text
    assert "/signer/" in text
    assert len(text) <= 160


def test_who_may_not_plan_or_close_is_refused(scene: Scene) -> None:
    nobody = replace(scene.agent, permissions=frozenset())
    with pytest.raises(NotAllowed):
        scene.house.database.in_transaction(
            scene.agent.organisation_id, close_sheet, nobody, now=scene.house.now, meeting_id=scene.meeting_id
        )
    empty = Training(" ", (), (), ())
    with pytest.raises(UnreadableTraining) as told:
        scene.house.database.in_transaction(
            scene.agent.organisation_id, plan_training, scene.agent, now=scene.house.now, training=empty
        )
    assert set(told.value.fields) == {"title", "venue_id", "half_days", "leaders"}


def test_another_organisation_sees_no_meeting(scene: Scene) -> None:
    with scene.house.database.reading(scene.house.other.id) as db:
        assert db.scalar(select(func.count(Meeting.id))) == 0
