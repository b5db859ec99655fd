"""A training is changed on its page, which comes back as it was typed when something is wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from attendance.domain.trainings import Span
from attendance.models import Attendee, Facilitator, HalfDay, Meeting
from attendance.use_cases.change_training import SpanChange, TrainingChanges, change_training
from attendance.use_cases.open_sheet import open_sheet_of_appointment
from tests.attendance.queues import close, rows
from tests.attendance.scene import Scene, appointment, shown, training
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    return training(sqlite_house)


@pytest.fixture
def staff(scene: Scene) -> FlaskClient:
    return at_work(scene)


def at_work(scene: Scene) -> FlaskClient:
    """Somebody of the staff who has just logged in."""
    client = scene.house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(client, scene.house.agents[0])
    return client


def page_of(scene: Scene, meeting_id: int | None = None) -> str:
    return f"/equipe/formations/{shown(meeting_id or scene.meeting_id)}"


def as_shown(page: str) -> dict[str, Any]:
    """What a browser would send of the form if nobody touched it."""
    form = page[page.index("/equipe/formations/") :]
    sent = {
        name: unescape(value)
        for name, value in re.findall(
            r'<input type="(?:hidden|date|time|text)"[^>]* name="([^"]+)" value="([^"]*)"', form
        )
    }
    sent.update(
        (name, unescape(value))
        for name, value in re.findall(r'<input id="\w+" [^>]*name="(\w+)" type="text" value="([^"]*)"', form)
    )
    return sent


def sent(scene: Scene, staff: FlaskClient, **changes: Any) -> Any:
    body = as_shown(staff.get(page_of(scene)).get_data(as_text=True))
    return staff.post(page_of(scene), data=body | changes)


def test_the_page_shows_what_is_planned_on_the_clock_of_its_place(scene: Scene, staff: FlaskClient) -> None:
    page = staff.get(page_of(scene)).get_data(as_text=True)
    told = as_shown(page)
    assert (told["title"], told["day-0"], told["begin-0"], told["end-0"]) == (
        "Gérer ses papiers en ligne",
        "2026-04-13",
        "10:00",
        "13:00",
    )
    assert (told["module-1"], told["id-1"]) == ("Faire", shown(scene.half_days[1].id))
    assert "Élodie Grondin" in page
    assert "Sonia Lefèvre" in page
    sheet = staff.get(f"/equipe/seances/{shown(scene.meeting_id)}").get_data(as_text=True)
    assert page_of(scene) in sheet


def test_sent_back_as_it_was_it_changes_nothing(scene: Scene, staff: FlaskClient) -> None:
    before = [(one.title, one.starts_at, one.ends_at) for one in rows(scene, HalfDay)]
    answer = sent(scene, staff)
    assert (answer.status_code, answer.location) == (303, f"{page_of(scene)}?fait=1")
    assert [(one.title, one.starts_at, one.ends_at) for one in rows(scene, HalfDay)] == before
    assert rows(scene, Meeting)[0].title == "Gérer ses papiers en ligne"


def test_everything_on_it_can_be_changed_at_once(scene: Scene, staff: FlaskClient) -> None:
    changes = {
        "title": "Papiers",
        "agreement_title": "P1",
        "seats": "12",
        "needs_drawing": "y",
        "begin-0": "10:30",
        "module-0": "Lire",
        "out-1": "1",
        "day-2": "2026-04-14",
        "begin-2": "09h00",
        "end-2": "12:00",
        "module-2": "Réviser",
        "agent_id": shown(scene.house.agents[1].id),
        "leaders": "Claire Vasseur; claire@formation.example",
        "people": "Rose Hoarau; rose@courriel.example",
        "out_leader": shown(scene.facilitator_id),
        "out_person": [shown(one) for one in scene.attendees[:2]],
    }
    answer = sent(scene, staff, **changes)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    (made,) = rows(scene, Meeting)
    assert (made.title, made.agreement_title, made.seats, made.needs_drawing) == ("Papiers", "P1", 12, True)
    assert [(one.title, f"{one.starts_at:%d %H:%M}") for one in rows(scene, HalfDay)] == [
        ("Lire", "13 08:30"),
        ("Réviser", "14 07:00"),
    ]
    assert [one.name for one in rows(scene, Facilitator)] == [scene.house.agents[1].name, "Claire Vasseur"]
    assert len(rows(scene, Attendee)) == 2
    assert "La formation est modifiée." in staff.get(answer.location).get_data(as_text=True)


def test_one_line_more_keeps_everything_and_changes_nothing(scene: Scene, staff: FlaskClient) -> None:
    boxes = {"out_person": shown(scene.attendees[0]), "out-1": "1"}
    page = sent(scene, staff, title="Papiers", add_line="1", **boxes).get_data(as_text=True)
    assert 'name="day-2"' in page
    assert 'value="Papiers"' in page
    assert re.search(rf'name="out_person" value="{shown(scene.attendees[0])}" checked', page)
    assert re.search(r'name="out-1" value="1" checked', page)
    assert rows(scene, Meeting)[0].title == "Gérer ses papiers en ligne"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "titre"),
        ({"seats": "beaucoup"}, "nombre de places"),
        ({"end-0": "09:00"}, "demi-journée"),
        ({"begin-0": "25:00"}, "Donnez le jour"),
        ({"end-0": "15:00"}, "demi-journées"),
        ({"people": "Rose"}, "une personne par ligne"),
        ({"leaders": "Claire; claire@"}, "mail"),
        ({"id-0": "rien", "begin-0": "11:00"}, "Donnez le jour"),
    ],
)
def test_what_is_wrong_comes_back_filled_in_with_a_sentence_and_changes_nothing(
    scene: Scene, staff: FlaskClient, change: dict[str, str], sentence: str
) -> None:
    answer = sent(scene, staff, **{"agreement_title": "P1", **change})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="P1"' in page
    assert sentence in unescape(page)
    assert rows(scene, Meeting)[0].agreement_title is None


def test_what_somebody_has_signed_is_said_to_stay(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(minutes=45))
    staff = at_work(scene)
    scene.scan(scene.sent())
    answer = sent(scene, staff, title="Papiers", out_person=shown(scene.attendees[0]))
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "elle reste sur la feuille" in page
    assert 'value="Papiers"' in page
    assert sent(scene, staff, **{"begin-0": "10:30"}).status_code == 409


def test_hours_that_somebody_else_has_changed_meanwhile_are_not_put_back(scene: Scene, staff: FlaskClient) -> None:
    body = as_shown(staff.get(page_of(scene)).get_data(as_text=True))
    first, second = scene.half_days
    hour = timedelta(hours=1)
    moved = TrainingChanges(
        half_days=[SpanChange(first.id, first.starts_at - hour, first.ends_at - hour)],
        new_half_days=[Span(second.ends_at, second.ends_at + hour)],
    )
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        change_training,
        scene.agent,
        now=scene.house.now,
        meeting_id=scene.meeting_id,
        changes=moved,
    )
    assert staff.post(page_of(scene), data=body | {"module-0": "Lire"}).status_code == 303
    found = rows(scene, HalfDay)
    assert (found[0].title, found[0].starts_at) == ("Lire", first.starts_at - hour)
    assert len(found) == 3


def test_somebody_known_is_found_by_name_and_enrolled(scene: Scene, staff: FlaskClient) -> None:
    scene.remove(scene.attendees[1])
    address = f"{page_of(scene)}/inscrire"
    assert staff.get(address).status_code == 200
    page = staff.post(address, data={"query": "diallo"}).get_data(as_text=True)
    assert "Amadou Diallo" in page
    answer = staff.post(address, data={"beneficiary": shown(scene.people[1].id)})
    assert answer.status_code == 303
    assert "inscrite" in staff.get(answer.location).get_data(as_text=True)
    assert len(rows(scene, Attendee)) == 3
    assert staff.post(address, data={"query": "di"}).status_code == 422
    assert staff.post(address, data={"beneficiary": "rien"}).status_code == 422


def test_a_closed_sheet_and_the_meeting_of_a_booking_are_not_changed_here(scene: Scene) -> None:
    house, booked = scene.house, appointment(scene, starts_at=scene.house.now)
    meeting_id = house.database.in_transaction(
        house.organisation.id, open_sheet_of_appointment, scene.agent, now=house.now, appointment_id=booked.id
    )
    close(scene)
    staff = at_work(scene)
    for address, status in ((page_of(scene), 409), (page_of(scene, meeting_id), 409), (page_of(scene, 1), 404)):
        assert staff.get(address).status_code == status
        assert staff.post(address, data={"title": "Autre"}).status_code == status
        assert staff.get(f"{address}/inscrire").status_code == status


def test_whoever_is_not_logged_in_is_shown_nothing(scene: Scene) -> None:
    answer = scene.house.client().get(page_of(scene))
    assert answer.status_code == 303
    assert "Sonia" not in answer.get_data(as_text=True)


def test_an_agent_is_chosen_to_lead_when_a_training_is_typed_in(scene: Scene, staff: FlaskClient) -> None:
    body = {
        "title": "Tenir ses comptes",
        "venue_id": shown(scene.house.venue.id),
        "day-0": "2026-05-04",
        "begin-0": "09:00",
        "end-0": "12:00",
        "agent_id": shown(scene.house.agents[1].id),
    }
    answer = staff.post("/equipe/formations/nouvelle", data=body)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    led = rows(scene, Facilitator)[-1]
    assert (led.agent_id, led.name) == (scene.house.agents[1].id, scene.house.agents[1].name)
