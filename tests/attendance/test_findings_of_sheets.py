"""The findings of real rows, by the API and on the pages, in few statements; and the facilitator's forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from attendance.domain.trainings import Leader, Span, Training
from attendance.models import Attendee, Drawing, Grade, Meeting, Method, Signature, SignatureKind, Statement
from attendance.queries import findings, sheet
from attendance.use_cases.plan_training import plan_training
from directory.domain.permissions import Permission
from directory.steps.people import known_or_new
from tests.api import Asking, asking, key, link_of
from tests.attendance.scene import Scene, shown, training
from tests.house import House


@pytest.fixture
def scene(house: House) -> Scene:
    """10:05 of the training."""
    made = training(house)
    house.clock.advance(timedelta(hours=1, minutes=5))
    return made


@pytest.fixture
def leader(scene: Scene) -> Asking:
    return asking(scene.house, link_of(scene.house, "countersign", scene.facilitator_id))


def codes(scene: Scene, meeting_id: int | None = None) -> list[str]:
    program = asking(scene.house, key(scene.house, Permission.SEE_DAY))
    answer = program.get(f"/meetings/{shown(meeting_id or scene.meeting_id)}/findings")
    assert answer.status_code == 200, answer.json
    assert all(one["sentence"] for one in (answer.json or {})["findings"])
    return [one["code"] for one in (answer.json or {})["findings"]]


def signed(scene: Scene, attendee_id: int, half_day_id: int, **more: Any) -> Any:
    def write(db: Session) -> None:
        values = {
            "organisation_id": scene.agent.organisation_id,
            "attendee_id": attendee_id,
            "half_day_id": half_day_id,
            "kind": SignatureKind.ARRIVAL,
            "method": Method.BADGE,
            "grade": Grade.A,
            "observed_at": scene.house.now,
            "recorded_at": scene.house.now,
            "source": 9,
            "key": f"key-{attendee_id}-{half_day_id}",
        }
        db.add(Signature(**values | more))

    scene.house.database.in_transaction(scene.agent.organisation_id, write)


def second_training(scene: Scene) -> tuple[int, int, int]:
    """The same facilitator leads Sonia elsewhere at the same hours: meeting, half-day, attendee."""
    plan = Training(
        title="Atelier CV",
        half_days=(Span(scene.half_days[0].starts_at, scene.half_days[0].ends_at),),
        beneficiary_ids=[scene.people[0].id],
        leaders=[Leader("É. Grondin", email="Elodie@formation.example")],
        venue_id=scene.house.venue.id,
    )
    house = scene.house
    meeting_id = house.database.in_transaction(
        house.organisation.id, plan_training, scene.agent, now=house.now, training=plan
    )
    with house.database.reading(house.organisation.id) as db:
        attendee = db.scalars(select(Attendee).where(Attendee.meeting_id == meeting_id)).one()
        half_day = sheet.of_meeting(db, meeting_id, now=house.now).half_days[0]
    return meeting_id, half_day.id, attendee.id


def test_a_sheet_on_which_all_is_well_has_no_finding(scene: Scene) -> None:
    scene.scan(scene.sent())
    assert codes(scene) == []


def test_sonia_and_her_facilitator_in_two_places_at_once_are_told_on_both_sheets(scene: Scene) -> None:
    scene.scan(scene.sent())
    meeting_id, half_day_id, attendee_id = second_training(scene)
    signed(scene, attendee_id, half_day_id)
    for one in (scene.meeting_id, meeting_id):
        assert codes(scene, one) == ["facilitator-twice", "attendee-twice"]


def test_a_row_from_one_device_and_the_same_drawing_and_too_few_seats_are_told(scene: Scene) -> None:
    house = scene.house

    def change(db: Session) -> int:
        meeting = db.get_one(Meeting, scene.meeting_id)
        meeting.seats, meeting.agreement_title = 2, "Français, niveau A1"
        row = Drawing(organisation_id=house.organisation.id, path="M0 0L9 9", path_hash="f" * 64, drawn_at=house.now)
        db.add(row)
        db.flush()
        return row.id

    drawing_id = house.database.in_transaction(house.organisation.id, change)
    for number, attendee_id in enumerate(scene.attendees):
        more = {"drawing_id": drawing_id} if number else {}
        signed(scene, attendee_id, scene.half_days[0].id, **more)
    assert codes(scene) == ["title", "too-many", "in-a-row", "same-drawing"]


def test_what_is_over_and_not_countersigned_and_a_holiday_are_told(scene: Scene) -> None:
    for half_day in scene.half_days:  # to Tuesday 14 July
        later = timedelta(days=92)
        scene.write(half_day, starts_at=half_day.starts_at + later, ends_at=half_day.ends_at + later)
    scene.house.clock.advance(timedelta(days=92, hours=4))
    assert codes(scene) == ["holiday", "not-countersigned", "holiday"]


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield told
    event.remove(house.database.engine, "before_cursor_execute", note)


def statements(scene: Scene) -> int:
    house = scene.house
    with house.database.reading(house.organisation.id) as db:
        view = sheet.of_meeting(db, scene.meeting_id, now=house.now)
        with counted(house) as told:
            findings.of_sheet(db, view, now=house.now)
    return len([one for one in told if one.startswith(("SELECT", "WITH"))])


def test_findings_are_eleven_statements_at_most_whatever_the_number_of_people(scene: Scene) -> None:
    scene.scan(scene.sent())
    before, house = statements(scene), scene.house

    def enrol(db: Session) -> list[int]:
        found = []
        for number in range(30):
            person = known_or_new(
                db, scene.agent, first_name="Ange", last_name=f"Numéro {number}", email=f"{number}@courriel.example",
                phone=None, language="fr", now=house.now,
            )  # fmt: skip
            row = Attendee(organisation_id=house.organisation.id, meeting_id=scene.meeting_id, beneficiary_id=person.id)
            db.add(row)
            db.flush()
            found.append(row.id)
        return found

    for attendee_id in house.database.in_transaction(house.organisation.id, enrol):
        signed(scene, attendee_id, scene.half_days[0].id)
    assert statements(scene) == before <= 11


def test_a_facilitator_sees_findings_but_not_where_else_somebody_was(scene: Scene, leader: Asking) -> None:
    scene.scan(scene.sent())
    _, half_day_id, attendee_id = second_training(scene)
    signed(scene, attendee_id, half_day_id)
    told = (leader.get("/countersigning").json or {})["half_days"][0]["findings"]
    assert told == []
    for attendee in scene.attendees[1:]:
        signed(scene, attendee, scene.half_days[0].id, source=4)
    signed(scene, scene.attendees[0], scene.half_days[1].id, source=4)
    told = (leader.get("/countersigning").json or {})["half_days"]
    assert ["outside the opening" in one for one in told[1]["findings"]] == [True]


def test_heads_that_differ_are_asked_twice(scene: Scene, leader: Asking) -> None:
    scene.scan(scene.sent())
    body: dict[str, Any] = {"half_day_id": shown(scene.half_days[0].id), "headcount": 3}
    first = leader.post("/countersigning/countersignatures", body)
    assert (first.status_code, (first.json or {})["code"]) == (422, "headcount-differs")
    assert "You count 3, the sheet says 1" in (first.json or {})["fields"]["headcount"]
    long = leader.post("/countersigning/countersignatures", body | {"is_confirmed": True, "remark": "x" * 301})
    assert (long.status_code, list((long.json or {})["fields"])) == (422, ["remark"])
    done = leader.post("/countersigning/countersignatures", body | {"is_confirmed": True, "remark": "Deux sans badge"})
    assert done.status_code == 201, done.json
    assert (done.json or {})["countersignature"]["remark"] == "Deux sans badge"
    assert codes(scene) == ["headcount"]


def test_the_right_heads_need_no_second_word(scene: Scene, leader: Asking) -> None:
    scene.scan(scene.sent())
    body = {"half_day_id": shown(scene.half_days[0].id), "headcount": 1}
    assert leader.post("/countersigning/countersignatures", body).status_code == 201


def test_a_facilitator_states_that_somebody_is_there(scene: Scene, leader: Asking) -> None:
    scene.scan(scene.sent())
    body = {
        "half_day_id": shown(scene.half_days[0].id),
        "attendee_id": shown(scene.attendees[1]),
        "kind": "arrival",
        "cause": "no-phone",
        "reason": "Téléphone déchargé",
    }
    done = leader.post("/countersigning/statements", body)
    assert (done.status_code, (done.json or {})["stated"]) == (201, ["Amadou Diallo"])
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        row = db.scalars(select(Statement)).one()
    assert (row.facilitator_id, row.agent_id, row.cause.value) == (scene.facilitator_id, None, "no-phone")
    answer = leader.post("/countersigning/statements", body | {"attendee_id": shown(scene.attendees[0])})
    assert (answer.status_code, (answer.json or {})["code"]) == (409, "already-signed")
    assert leader.post("/countersigning/statements", body | {"attendee_id": shown(1)}).status_code == 404
    later = body | {"half_day_id": shown(scene.half_days[1].id)}
    assert (leader.post("/countersigning/statements", later).json or {})["code"] == "too-early-to-state"


def test_the_facilitator_s_form_comes_back_filled_in(scene: Scene) -> None:
    phone = scene.house.client()
    address = f"/contresigner/{link_of(scene.house, 'countersign', scene.facilitator_id)}"
    where = f"{address}/{shown(scene.half_days[0].id)}"
    wrong = phone.post(f"{where}/constats", data={"attendee": shown(scene.attendees[1]), "reason": ""})
    assert wrong.status_code == 422
    assert "Dites pourquoi la personne" in wrong.get_data(as_text=True)
    nobody = phone.post(f"{where}/constats", data={"attendee": "x", "reason": "Sans badge"})
    assert nobody.status_code == 422
    assert 'value="Sans badge"' in nobody.get_data(as_text=True)
    done = phone.post(
        f"{where}/constats",
        data={"attendee": shown(scene.attendees[1]), "reason": "Sans badge", "cause": "no-badge", "kind": "arrival"},
        follow_redirects=True,
    )
    assert "Le constat est noté." in done.get_data(as_text=True)


def test_staff_see_findings_and_invitations_and_ask_again_from_the_sheet(scene: Scene) -> None:
    house = scene.house
    client = house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = house.log_in(client, house.agents[0])
    address = f"/equipe/seances/{shown(scene.meeting_id)}"
    house.worker.run_until_empty()
    text = client.get(address).get_data(as_text=True)
    assert "Rien à signaler." in text
    assert "à l&#39;ouverture" in text
    where = f"{address}/demander/{shown(scene.half_days[0].id)}"
    one = client.post(where, data={"whom": "attendees", "subject": shown(scene.attendees[0])}, follow_redirects=True)
    assert "1 lien part." in one.get_data(as_text=True)
    assert client.post(where, data={"whom": "attendees", "subject": "@"}).status_code == 404
    program = asking(house, key(house, Permission.MANAGE_MEETINGS))
    told = program.get(f"/meetings/{shown(scene.meeting_id)}/invitations").json or {}
    mine = [
        [asking["occasion"] for asking in one["askings"]]
        for one in told["people"]
        if one["attendee_id"] == shown(scene.attendees[0]) and one["half_day_id"] == shown(scene.half_days[0].id)
    ]
    assert mine == [["again"]]
    body = {"half_day_id": shown(scene.half_days[0].id), "whom": "facilitators"}
    assert (program.post(f"/meetings/{shown(scene.meeting_id)}/invitations", body).json or {})["count"] == 1
