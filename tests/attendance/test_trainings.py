"""A training is typed in on a page, line by line, and comes back as it was typed when something is wrong."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from attendance.domain.wall_clock import HourMissing, HourTwice, instant_on_wall
from attendance.models import Attendee, HalfDay, Meeting
from directory.models import Beneficiary
from tests.attendance.scene import Scene, shown, training
from tests.house import House

WHERE = "/equipe/formations/nouvelle"


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    return training(sqlite_house)


@pytest.fixture
def staff(scene: Scene) -> FlaskClient:
    client = scene.house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(client, scene.house.agents[0])
    return client


def typed(scene: Scene, **changes: str) -> dict[str, str]:
    body = {
        "title": "Tenir ses comptes",
        "agreement_title": "Comptes 1",
        "venue_id": shown(scene.house.far_venue.id),
        "day-0": "2026-05-04",
        "begin-0": "09:00",
        "end-0": "12:00",
        "module-0": "Lire",
        "day-1": "",
        "leaders": "Élodie Grondin; elodie@formation.example; 0692 12 34 56",
        "people": "Sonia Lefèvre; sonia@courriel.example\nRose Hoarau",
        "seats": "12",
        "needs_drawing": "y",
    }
    return {**body, **changes}


def test_a_typed_training_is_planned_on_the_venue_s_clock_with_people_known_and_new(
    scene: Scene, staff: FlaskClient
) -> None:
    assert staff.get(WHERE).status_code == 200
    answer = staff.post(WHERE, data=typed(scene))
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        made = db.scalars(select(Meeting).where(Meeting.title == "Tenir ses comptes")).one()
        spans = db.scalars(select(HalfDay).where(HalfDay.meeting_id == made.id)).all()
        people = db.scalars(select(Attendee.beneficiary_id).where(Attendee.meeting_id == made.id)).all()
        known = db.scalar(select(func.count(Beneficiary.id)).where(Beneficiary.last_name == "Lefèvre"))
    assert (made.agreement_title, made.seats, made.needs_drawing, made.invites) == ("Comptes 1", 12, True, False)
    assert [(one.title, one.starts_at.isoformat()) for one in spans] == [("Lire", "2026-05-04T05:00:00+00:00")]
    assert scene.people[0].id in people
    assert (len(people), known) == (2, 1)


def test_a_training_in_a_video_room_invites_by_itself(scene: Scene, staff: FlaskClient) -> None:
    body = typed(scene, venue_id="", video_room="https://visio.example/comptes")
    assert staff.post(WHERE, data=body).status_code == 303
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalars(select(Meeting.invites).where(Meeting.title == "Tenir ses comptes")).one()


def test_one_line_more_keeps_everything_and_plans_nothing(scene: Scene, staff: FlaskClient) -> None:
    page = staff.post(WHERE, data=typed(scene, add_line="1")).get_data(as_text=True)
    assert 'name="day-2"' in page
    assert 'value="Tenir ses comptes"' in page
    assert 'value="2026-05-04"' in page
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalar(select(func.count(Meeting.id))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"venue_id": ""},
        {"seats": "beaucoup"},
        {"seats": "0"},
        {"begin-0": "25:00"},
        {"day-0": ""},
        {"end-0": "08:00"},
        {"leaders": ""},
        {"leaders": "Élodie; elodie@"},
        {"people": "Rose"},
        {"people": "Rose Hoarau; rose@"},
    ],
)
def test_what_is_wrong_comes_back_filled_in_and_plans_nothing(
    scene: Scene, staff: FlaskClient, change: dict[str, str]
) -> None:
    answer = staff.post(WHERE, data=typed(scene, **change))
    assert answer.status_code == 422
    assert 'value="Comptes 1"' in answer.get_data(as_text=True)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert db.scalar(select(func.count(Meeting.id))) == 1


def test_an_hour_that_does_not_exist_or_exists_twice_is_told(scene: Scene, staff: FlaskClient) -> None:
    with pytest.raises(HourMissing):
        instant_on_wall(date(2026, 3, 29), time(2, 30), "Europe/Paris")
    with pytest.raises(HourTwice):
        instant_on_wall(date(2026, 10, 25), time(2, 30), "Europe/Paris")
    summer = instant_on_wall(date(2026, 10, 25), time(1, 30), "Europe/Paris")
    assert summer == datetime.fromisoformat("2026-10-24T23:30:00+00:00")
    body = typed(scene, venue_id=shown(scene.house.venue.id), **{"day-0": "2026-10-25", "begin-0": "02:30"})
    assert "existe deux fois" in staff.post(WHERE, data=body).get_data(as_text=True)
