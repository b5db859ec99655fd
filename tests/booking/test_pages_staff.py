"""The day page, as an agent reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.models import AppointmentType
from foundation import ids
from tests.booking.diary import at, book, cancel, confirm, hold, open_weekly, reason, workshop
from tests.booking.reading import read
from tests.house import House


@pytest.fixture
def kind(sqlite_house: House) -> AppointmentType:
    row = reason(sqlite_house)
    open_weekly(sqlite_house, row)
    return row


def test_the_day_shows_who_is_expected_by_whom(sqlite_house: House, kind: AppointmentType) -> None:
    book(sqlite_house, kind, at(7))
    group = reason(sqlite_house, is_workshop=True, duration_minutes=120)
    workshop(sqlite_house, group, capacity=5, starts_at=at(12))
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    answer = client.get("/equipe/jour?date=2026-04-14")
    said = read(answer)
    assert "mardi 14 avril 2026" in said
    assert "Nadia Ferrand Camille Durand prévu 9 h – 9 h 30 · Aide administrative · sur place" in said
    assert "Atelier CV prévu 14 h – 16 h · 0 personne attendue" in said
    assert 'data-at="09:00" data-until="09:30"' in answer.get_data(as_text=True)


def test_now_is_a_line_on_today_alone(sqlite_house: House, kind: AppointmentType) -> None:
    book(sqlite_house, kind, at(7))
    sqlite_house.clock.advance(timedelta(days=1))
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    assert '<li class="now" data-at="09:00"' in client.get("/equipe/jour").get_data(as_text=True)
    assert 'class="now"' not in client.get("/equipe/jour?date=2026-04-21").get_data(as_text=True)


def test_a_venue_has_its_own_hours(sqlite_house: House, kind: AppointmentType) -> None:
    open_weekly(sqlite_house, kind, agent=sqlite_house.agents[1], venue=sqlite_house.far_venue)
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    said = read(client.get(f"/equipe/jour?date=2026-04-14&venue={ids.to_text(sqlite_house.far_venue.id)}"))
    assert "Les heures sont celles de Saint-Denis." in said
    assert "Karim Belkacem" in said
    assert "Nadia Ferrand" not in said


@pytest.mark.parametrize("query", ["date=hier", "date=9999-12-31", "date=0001-01-01", "date=2026-04-19"])
def test_any_date_in_the_address_shows_a_page(sqlite_house: House, query: str) -> None:
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    assert client.get(f"/equipe/jour?{query}").status_code == 200


def test_the_day_is_for_staff(sqlite_house: House) -> None:
    assert sqlite_house.client().get("/equipe/jour").status_code == 303


def test_all_venues_together_each_keep_their_own_hours(sqlite_house: House, kind: AppointmentType) -> None:
    open_weekly(sqlite_house, kind, agent=sqlite_house.agents[1], venue=sqlite_house.far_venue)
    book(sqlite_house, kind, at(7))
    confirm(sqlite_house, hold(sqlite_house, kind, at(5), venue=sqlite_house.far_venue).token)
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    answer = client.get("/equipe/jour?date=2026-04-14")
    near, far = read(answer).split("Saint-Denis Les heures sont celles de Saint-Denis.")
    assert "Nadia Ferrand Camille Durand prévu 9 h – 9 h 30" in near
    assert "Karim Belkacem Camille Durand prévu 9 h – 9 h 30" in far
    assert answer.get_data(as_text=True).count('data-from="8"') == 2


def test_early_and_late_hours_stand_inside_the_grid(sqlite_house: House) -> None:
    early = reason(sqlite_house, name="Astreinte")
    open_weekly(sqlite_house, early, hours=(2, 3))
    late = reason(sqlite_house, name="Veille", duration_minutes=60, pause_minutes=0)
    open_weekly(sqlite_house, late, agent=sqlite_house.agents[1], hours=(23, 24))
    book(sqlite_house, early, at(0))
    book(sqlite_house, late, at(21))
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    shown = client.get("/equipe/jour?date=2026-04-14").get_data(as_text=True)
    assert 'data-from="2" data-to="24"' in shown
    assert 'data-at="02:00" data-until="02:30"' in shown
    assert 'data-at="23:00" data-until="24:00"' in shown


def test_who_took_the_time_of_somebody_who_cancelled_is_not_hidden(sqlite_house: House, kind: AppointmentType) -> None:
    cancel(sqlite_house, book(sqlite_house, kind, at(7)))
    book(sqlite_house, kind, at(7))
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    shown = client.get("/equipe/jour?date=2026-04-14").get_data(as_text=True)
    assert shown.count('class="appointment beside" data-state="cancelled"') == 1
    assert shown.count('class="appointment" data-state="booked"') == 1
