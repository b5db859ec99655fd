"""What somebody who means harm, or an auditor, would try."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain.expectations import come_for
from attendance.domain.refusals import TooEarlyToState, WindowClosed
from attendance.domain.verdicts import Verdict
from attendance.models import Attendee, HalfDay, Meeting, Scan, Signature, SignatureKind
from attendance.pages.scanner_input import told
from attendance.queries import sheet
from attendance.queries.sheet_view import SheetView
from attendance.sheet.pdf import pdf_of
from attendance.sheet.words import SheetWords
from attendance.steps import finding
from attendance.use_cases.ask_code import ask_code
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from attendance.use_cases.open_sheet import open_sheet
from attendance.use_cases.send_sign_links import send_sign_links
from attendance.use_cases.state_presence import Person, state_presence
from booking.models import Appointment, AppointmentStatus, Workshop
from foundation.actors import Actor, ActorKind
from foundation.badges import BadgePayload, write_badge
from tests.attendance.scene import Scene, appointment, desk, digits_received, shown, training, workshop
from tests.house import House

DEPARTURE = SignatureKind.DEPARTURE


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))  # 9:45: the first half-day opens at 9:30 and begins at 10:00
    return made


def do(scene: Scene, use_case: Any, actor: Actor | None = None, **values: Any) -> Any:
    agent = scene.agent
    return scene.house.database.in_transaction(
        agent.organisation_id, use_case, actor or agent, now=scene.house.now, **values
    )


def view_of(scene: Scene, meeting_id: int) -> SheetView:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return sheet.of_meeting(db, meeting_id, now=scene.house.now)


def counted(scene: Scene, model: type[Scan | Signature | Attendee], *where: Any) -> int:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalar(select(func.count()).select_from(model).where(*where)) or 0


def opened_workshop(scene: Scene) -> tuple[Workshop, Appointment, int]:
    """A workshop at 10:00, for which Amadou has a seat; its sheet is open."""
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=15), person=1)
    planned = workshop(scene, booked)
    scene.write(booked, workshop_id=planned.id)
    return planned, booked, do(scene, open_sheet, workshop_id=planned.id)


def half_day_of(scene: Scene, meeting_id: int) -> HalfDay:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalars(select(HalfDay).where(HalfDay.meeting_id == meeting_id)).one()


# -- scans ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [(1 << 63), (1 << 64) - 1, 0])
def test_a_badge_that_names_an_organisation_beyond_all_numbers_is_unknown_and_kept(scene: Scene, number: int) -> None:
    client = scene.house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(client, scene.house.agents[0])
    payload = BadgePayload(1, number, bytes(16), scene.house.now + timedelta(days=1))
    body = {
        "key": str(uuid4()),
        "badge": write_badge(payload, seed=bytes(32)),
        "target": f"half_day:{shown(scene.half_days[0].id)}",
        "kind": "arrival",
        "observed_at": scene.house.now.isoformat(),
    }
    answer = client.post("/equipe/scanner/passages", json=body)
    assert (answer.status_code, answer.get_json()["verdict"]) == (200, "unknown")
    assert counted(scene, Scan) == 1


def test_nobody_leaves_before_it_begins(scene: Scene) -> None:
    """A scanner left on «departure» would cost everybody the whole half-day, for good."""
    early = replace(scene.sent(), kind=DEPARTURE)
    answer = scene.scan(early)
    assert answer.verdict is Verdict.TOO_EARLY
    say = scene.house.services.wording.in_language("fr")
    said = told(answer, now=scene.house.now, say=say, language="fr")["sentence"].replace("\u00a0", " ")
    assert said == "Trop tôt pour « Comprendre ». On émarge à partir de 10 h."
    assert scene.scan(early) == answer
    assert counted(scene, Signature) == 0
    scene.house.clock.advance(timedelta(minutes=15))
    assert scene.scan(replace(early, key="key-0002")).verdict is Verdict.SIGNED


def test_at_the_desk_one_leaves_what_has_begun_and_not_what_comes_next(scene: Scene) -> None:
    now = scene.house.now
    for start in (now - timedelta(minutes=32), now + timedelta(minutes=15)):
        appointment(scene, starts_at=start, person=1)
    answer = scene.scan(replace(scene.sent(1, target=desk(scene)), kind=DEPARTURE))
    assert (answer.verdict, answer.starts_at) == (Verdict.SIGNED, now - timedelta(minutes=32))


def test_a_departure_is_neither_coded_nor_stated_before_it_begins(scene: Scene) -> None:
    values: dict[str, Any] = {"half_day_id": scene.half_days[0].id, "kind": DEPARTURE, "link_channel": "mail"}
    with pytest.raises(WindowClosed):
        do(scene, ask_code, scene.holder(0), **values, keys=scene.house.keys)
    heard = do(scene, confirm_code, scene.holder(0), **values, typed="123456", keys=scene.house.keys)
    assert heard is CodeVerdict.NOT_OPEN
    person = Person(attendee_id=scene.attendees[0], half_day_id=scene.half_days[0].id)
    with pytest.raises(TooEarlyToState):
        do(scene, state_presence, person=person, kind=DEPARTURE, reason="Parti plus tôt")


def test_a_code_of_the_arrival_signs_no_departure_and_the_reverse(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(minutes=15))
    values: dict[str, Any] = {
        "half_day_id": scene.half_days[0].id,
        "link_channel": "mail",
        "keys": scene.house.keys,
    }
    heard = []
    for asked, other in ((SignatureKind.ARRIVAL, DEPARTURE), (DEPARTURE, SignatureKind.ARRIVAL)):
        do(scene, ask_code, scene.holder(0), **values, kind=asked)
        digits = digits_received(scene)
        heard.append(do(scene, confirm_code, scene.holder(0), **values, kind=other, typed=digits))
    assert heard == [CodeVerdict.REFUSED] * 2
    assert counted(scene, Signature) == 0


def test_a_training_can_be_signed_at_the_desk_from_the_first_instant_of_its_window(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(minutes=-15))  # 9:30 exactly
    assert scene.scan(scene.sent(target=desk(scene))).verdict is Verdict.SIGNED


# -- closed sheets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_training_closed_while_its_badge_is_read_at_the_desk_takes_no_signature(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer at a time, so nothing comes in between."""
    scene.house.clock.advance(timedelta(hours=7, minutes=20))  # 17:05
    choose = come_for

    def close_after_choosing(*arguments: Any, **values: Any) -> Any:
        found = choose(*arguments, **values)
        if found is not None and found.half_day_id is not None:
            monkeypatch.undo()
            do(scene, close_sheet, meeting_id=scene.meeting_id)
        return found

    monkeypatch.setattr(finding, "come_for", close_after_choosing)
    assert scene.scan(scene.sent(target=desk(scene))).verdict is Verdict.TOO_LATE
    assert counted(scene, Signature) == 0


def test_a_closed_sheet_gets_no_line_and_no_other_hours(scene: Scene) -> None:
    planned, _, meeting_id = opened_workshop(scene)
    before = half_day_of(scene, meeting_id)
    late = appointment(scene, starts_at=planned.starts_at, person=2)
    scene.house.clock.advance(timedelta(hours=2, minutes=20))
    do(scene, close_sheet, meeting_id=meeting_id)
    scene.write(late, workshop_id=planned.id)
    scene.write(planned, ends_at=planned.ends_at + timedelta(hours=1))
    door = replace(scene.target(), identifier=before.id)
    assert scene.scan(scene.sent(2, target=door)).verdict is Verdict.TOO_LATE
    assert counted(scene, Attendee, Attendee.meeting_id == meeting_id) == 1
    assert half_day_of(scene, meeting_id).ends_at == before.ends_at


def test_at_the_desk_a_closed_sheet_is_too_late_and_what_is_still_open_comes_first(scene: Scene) -> None:
    planned, _, meeting_id = opened_workshop(scene)  # 10:00 to 12:00; the training goes on until 13:00
    scene.write(appointment(scene, starts_at=planned.starts_at, person=2), workshop_id=planned.id)
    scene.remove(scene.attendees[2])
    scene.house.clock.advance(timedelta(hours=2, minutes=20))
    do(scene, close_sheet, meeting_id=meeting_id)
    answer = scene.scan(scene.sent(1, target=desk(scene)))
    assert (answer.verdict, answer.title) == (Verdict.SIGNED, "Comprendre")
    answer = scene.scan(scene.sent(2, key="key-0002", target=desk(scene)))
    assert (answer.verdict, answer.title) == (Verdict.TOO_LATE, planned.title)


def test_who_cancels_after_the_sheet_was_closed_stays_absent_on_it(scene: Scene) -> None:
    planned, booked, meeting_id = opened_workshop(scene)
    untouched = appointment(scene, starts_at=planned.starts_at, person=2)
    scene.write(untouched, workshop_id=planned.id)
    gone = appointment(scene, starts_at=planned.starts_at, person=0)
    scene.write(gone, workshop_id=planned.id, status=AppointmentStatus.CANCELLED, cancelled_at=scene.house.now)
    scene.house.clock.advance(timedelta(hours=3))
    do(scene, close_sheet, meeting_id=meeting_id)
    closed = view_of(scene, meeting_id).people
    assert [one.name for one in closed] == ["Amadou Diallo", "Zoé Lê-Van"]
    scene.house.clock.advance(timedelta(hours=1))
    for one in (booked, untouched):
        scene.write(one, status=AppointmentStatus.CANCELLED, cancelled_at=scene.house.now)
    assert view_of(scene, meeting_id).people == closed


# -- bookings that change ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["badge", "code"])
def test_what_is_signed_is_the_half_day_as_the_booking_has_it_now(scene: Scene, way: str) -> None:
    """Else nobody would have been there for a minute of it."""
    planned, _, meeting_id = opened_workshop(scene)
    later = scene.house.now + timedelta(days=1)
    scene.write(planned, starts_at=later, ends_at=later + timedelta(hours=2))
    scene.house.clock.advance(timedelta(days=1))
    half_day = half_day_of(scene, meeting_id)
    if way == "badge":
        door = replace(scene.target(), identifier=half_day.id)
        assert scene.scan(scene.sent(1, target=door)).verdict is Verdict.SIGNED
    else:
        assert sign_by_code(scene, meeting_id, half_day.id) is CodeVerdict.SIGNED
    assert half_day_of(scene, meeting_id).starts_at == later
    scene.house.clock.advance(timedelta(hours=2))
    assert [one.cells[0].minutes for one in view_of(scene, meeting_id).people] == [120]


def sign_by_code(scene: Scene, meeting_id: int, half_day_id: int) -> CodeVerdict:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        attendee_id = db.scalars(select(Attendee.id).where(Attendee.meeting_id == meeting_id)).one()
    holder = Actor(ActorKind.BENEFICIARY, scene.agent.organisation_id, attendee_id)
    values: dict[str, Any] = {
        "half_day_id": half_day_id,
        "kind": SignatureKind.ARRIVAL,
        "link_channel": "sms",
        "keys": scene.house.keys,
    }
    do(scene, ask_code, holder, **values)
    verdict: CodeVerdict = do(scene, confirm_code, holder, **values, typed=digits_received(scene))
    return verdict


def test_who_cancelled_is_sent_no_link_to_sign(scene: Scene) -> None:
    _, booked, meeting_id = opened_workshop(scene)
    assert do(scene, send_sign_links, meeting_id=meeting_id).count == 1
    scene.write(booked, status=AppointmentStatus.CANCELLED, cancelled_at=scene.house.now)
    assert do(scene, send_sign_links, meeting_id=meeting_id).count == 0


# -- paper ------------------------------------------------------------------------------------------------------------


def test_a_name_that_no_font_of_ours_can_draw_does_not_take_the_sheet_away(scene: Scene, tmp_path: Path) -> None:
    scene.write(scene.people[0], first_name="李雷 😀", last_name="\ufeffMüller \ue000")
    scene.write(scene.people[1], first_name="محمد", last_name="Нина")
    say = scene.house.services.wording.in_language("fr")
    view = view_of(scene, scene.meeting_id)
    pdf = pdf_of(SheetWords(view, say, "fr").printed(), made_at=view.made_at)
    assert b"pdfuaid" in pdf
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (Debian: apt install poppler-utils)")
    path = tmp_path / "sheet.pdf"
    path.write_bytes(pdf)
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True).stdout  # noqa: S603, S607
    for expected in ("U+674E", "U+96F7", "U+1F600", "Müller", "Нина", "Lê-Van"):
        assert expected in text, expected


def test_a_session_is_needed_to_read_another_one_s_answers(scene: Scene) -> None:
    """The same key from two sources is two scans: neither hears what the other was told."""
    first = scene.scan(scene.sent())
    elsewhere = replace(scene, agent=replace(scene.agent, through=78))
    assert first.verdict is Verdict.SIGNED
    other = elsewhere.scan(replace(scene.sent(), badge="rien"))
    assert (other.verdict, other.name) == (Verdict.MALFORMED, None)
    assert counted(scene, Scan) == 2


def test_the_hours_of_la_reunion_stand_on_the_sheet_of_a_meeting_there(scene: Scene) -> None:
    def move(db: Session) -> None:
        meeting = db.get_one(Meeting, scene.meeting_id)
        meeting.time_zone, meeting.venue_id = "Indian/Reunion", scene.house.far_venue.id

    scene.house.database.in_transaction(scene.agent.organisation_id, move)
    say = scene.house.services.wording.in_language("fr")
    printed = SheetWords(view_of(scene, scene.meeting_id), say, "fr").printed()
    assert printed["columns"][0]["hours"].replace("\u00a0", " ") == "12 h – 15 h"
    assert "Indian/Reunion (UTC+04:00)" in {fact["value"] for fact in printed["facts"]}
