"""The live board: who is there, who is expected, who has gone; and what it costs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from attendance.domain.board import Whereabouts, whereabouts
from attendance.models import HalfDay, Meeting, SignatureKind
from attendance.queries import board as boards
from attendance.queries.board import Board
from attendance.use_cases.state_presence import Person, state_presence
from booking.models import AppointmentStatus
from directory.domain.permissions import Permission
from directory.domain.refusals import VenueNotFound
from tests.api import asking, key
from tests.attendance.scene import Scene, announced, appointment, shown, training
from tests.house import START, House

NOON = START + timedelta(hours=3)


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def at_venue(scene: Scene) -> Board:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return boards.of_venue(db, scene.house.venue.id, now=scene.house.now)


def told(board: Board, where: Whereabouts) -> list[str]:
    return [one.name for one in board.of(where)]


@pytest.mark.parametrize(
    ("arrived", "left", "at", "where"),
    [
        (None, None, 0, Whereabouts.EXPECTED),
        (0, None, 1, Whereabouts.PRESENT),
        (0, 1, 1, Whereabouts.LEFT),
        (None, 1, 1, Whereabouts.LEFT),
        (None, None, 3, None),
        (0, None, 3.4, Whereabouts.PRESENT),
        (0, None, 3.5, Whereabouts.LEFT),
    ],
)
def test_somebody_is_taken_to_be_where_they_last_said(
    arrived: float | None, left: float | None, at: float, where: Whereabouts | None
) -> None:
    def hour(number: float | None) -> datetime | None:
        return None if number is None else START + timedelta(hours=number)

    now = START + timedelta(hours=at)
    assert whereabouts(arrived_at=hour(arrived), left_at=hour(left), ends_at=NOON, now=now) is where


def test_the_board_tells_who_signed_who_is_stated_who_is_expected_and_who_has_gone(scene: Scene) -> None:
    assert len(told(at_venue(scene), Whereabouts.EXPECTED)) == 3
    scene.scan(scene.sent(0))
    person = Person(attendee_id=scene.attendees[1], half_day_id=scene.half_days[0].id)
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        state_presence,
        scene.agent,
        now=scene.house.now,
        person=person,
        kind=SignatureKind.ARRIVAL,
        reason="Badge oublié",
    )
    board = at_venue(scene)
    assert [(one.name, one.is_stated, one.arrived_at) for one in board.of(Whereabouts.PRESENT)] == [
        ("Amadou Diallo", True, scene.house.now),
        ("Sonia Lefèvre", False, scene.house.now),
    ]
    assert told(board, Whereabouts.EXPECTED) == ["Zoé Lê-Van"]
    assert board.meetings == [(scene.meeting_id, "Gérer ses papiers en ligne")], "and not its half-day"


def test_a_cancelled_appointment_is_not_on_the_board_and_a_moved_one_is_at_its_new_hour(scene: Scene) -> None:
    moved = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10), person=0)
    announced(scene, moved)
    scene.house.worker.run_until_empty()
    for one in scene.attendees:
        scene.remove(one)
    assert told(at_venue(scene), Whereabouts.EXPECTED) == ["Sonia Lefèvre"]
    later = moved.starts_at + timedelta(hours=2)
    scene.write(moved, starts_at=later, ends_at=later + timedelta(minutes=30))
    assert [one.starts_at for one in at_venue(scene).lines] == [later]
    scene.write(moved, starts_at=later + timedelta(days=1), ends_at=later + timedelta(days=1, minutes=30))
    assert at_venue(scene).lines == []
    scene.write(moved, starts_at=later, ends_at=later + timedelta(minutes=30))
    scene.write(moved, status=AppointmentStatus.CANCELLED, cancelled_at=scene.house.now)
    assert at_venue(scene).lines == []


def test_the_board_takes_as_many_statements_for_many_as_for_one(scene: Scene) -> None:
    def taken() -> int:
        heard: list[str] = []

        def listen(*said: object) -> None:
            heard.append(str(said[2]))

        event.listen(scene.house.database.engine, "before_cursor_execute", listen)
        at_venue(scene)
        event.remove(scene.house.database.engine, "before_cursor_execute", listen)
        return len([one for one in heard if one.startswith("SELECT")])

    many = taken()
    scene.remove(scene.attendees[1])
    scene.remove(scene.attendees[2])
    assert many == taken() <= 8


def test_nobody_sees_another_organisation_s_board(scene: Scene) -> None:
    with (
        scene.house.database.reading(scene.house.other.id) as db,
        pytest.raises(VenueNotFound),
    ):
        boards.of_venue(db, scene.house.venue.id, now=scene.house.now)


def test_a_program_reads_the_board_of_a_venue_or_of_a_meeting(scene: Scene) -> None:
    program = asking(scene.house, key(scene.house, Permission.SEE_DAY))
    venue = program.get("/board", query_string={"venue_id": shown(scene.house.venue.id)})
    assert [one["where"] for one in (venue.json or {})["people"]] == ["expected"] * 3
    meeting = program.get("/board", query_string={"meeting_id": shown(scene.meeting_id)})
    assert (meeting.json or {})["title"] == "Gérer ses papiers en ligne"
    assert program.get("/board").status_code == 422
    assert asking(scene.house, key(scene.house, Permission.SCAN)).get("/board").status_code == 403


@pytest.fixture
def staff(sqlite_house: House) -> tuple[Scene, FlaskClient]:
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(minutes=45))
    client = sqlite_house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = sqlite_house.log_in(client, sqlite_house.agents[0])
    return made, client


def test_the_page_counts_and_its_fragment_is_304_until_something_changes(staff: tuple[Scene, FlaskClient]) -> None:
    scene, client = staff
    asked = f"?lieu={shown(scene.house.venue.id)}"
    page = client.get(f"/equipe/presents{asked}").get_data(as_text=True)
    assert "3 attendus" in page
    assert client.get("/equipe/presents").status_code == 200
    assert client.get("/equipe/presents/tableau").status_code == 422
    first = client.get(f"/equipe/presents/tableau{asked}")
    again = client.get(f"/equipe/presents/tableau{asked}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.get_data()) == (200, 304, b"")
    scene.scan(scene.sent(0))
    changed = client.get(f"/equipe/presents/tableau{asked}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "1 présent<" in changed.get_data(as_text=True)


def test_staff_look_for_somebody_and_add_them_or_somebody_new(staff: tuple[Scene, FlaskClient]) -> None:
    scene, client = staff
    where = f"/equipe/seances/{shown(scene.meeting_id)}/ajouter"
    assert client.get(where).status_code == 200
    found = client.post(where, data={"search": "1", "query": "diallo"})
    assert "Amadou Diallo" in found.get_data(as_text=True)
    assert client.post(where, data={"search": "1", "query": "di"}).status_code == 422
    there = client.post(where, data={"beneficiary": shown(scene.people[1].id)})
    assert (there.status_code, there.headers["Location"]) == (303, f"{where}?done=there_already")
    new = client.post(where, data={"first_name": "Rose", "last_name": "Hoarau"})
    assert (new.status_code, new.headers["Location"]) == (303, f"{where}?done=added")
    wrong = client.post(where, data={"first_name": "Rose", "last_name": ""})
    assert wrong.status_code == 422
    assert 'value="Rose"' in wrong.get_data(as_text=True)
    sheet = client.get(f"/equipe/seances/{shown(scene.meeting_id)}").get_data(as_text=True)
    assert "Sans inscription" in sheet


def test_another_day_s_walk_in_is_refused_on_the_page_that_keeps_what_was_typed(
    staff: tuple[Scene, FlaskClient],
) -> None:
    scene, client = staff
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        spans = list(db.scalars(select(HalfDay)))
    for one in spans:
        scene.write(one, starts_at=one.starts_at + timedelta(days=9), ends_at=one.ends_at + timedelta(days=9))
    where = f"/equipe/seances/{shown(scene.meeting_id)}/ajouter"
    late = client.post(where, data={"first_name": "Luc", "last_name": "Payet"})
    assert late.status_code == 409
    assert 'value="Payet"' in late.get_data(as_text=True)


def test_a_meeting_has_its_own_board(staff: tuple[Scene, FlaskClient]) -> None:
    scene, client = staff
    page = client.get(f"/equipe/presents?seance={shown(scene.meeting_id)}").get_data(as_text=True)
    assert "Gérer ses papiers en ligne" in page
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalars(select(Meeting.id)).all() == [scene.meeting_id]
