"""Weeks, tickets, workshops and visits, as a person without an account reads them."""

from __future__ import annotations

import pytest

from booking.models import AppointmentType
from foundation import ids
from tests.booking.diary import at, book, engaged, open_weekly, reason, ticket_path, workshop
from tests.booking.reading import WHO, read, slots_url
from tests.house import House


@pytest.fixture
def kind(sqlite_house: House) -> AppointmentType:
    row = reason(sqlite_house)
    open_weekly(sqlite_house, row)
    return row


def test_the_ticket_has_a_calendar_and_the_badge_as_pictures(sqlite_house: House, kind: AppointmentType) -> None:
    path = ticket_path(sqlite_house, book(sqlite_house, kind, at(7)))
    client = sqlite_house.client()
    assert client.get(f"{path}/rendez-vous.ics").data.startswith(b"BEGIN:VCALENDAR")
    assert client.get(f"{path}/badge.svg").mimetype == "image/svg+xml"
    assert client.get(f"{path}/badge.png").data.startswith(b"\x89PNG")


@pytest.mark.parametrize("query", ["semaine=hier", "semaine=9999-12-31", "semaine=0001-01-01"])
def test_any_week_in_the_address_shows_a_page(sqlite_house: House, kind: AppointmentType, query: str) -> None:
    assert sqlite_house.client().get(f"{slots_url(kind)}?{query}").status_code == 200


def test_an_empty_week_says_when_the_next_slot_is(sqlite_house: House) -> None:
    row = reason(sqlite_house, booking_notice_minutes=5 * 24 * 60)
    open_weekly(sqlite_house, row)
    said = read(sqlite_house.client().get(slots_url(row)))
    assert "Rien n'est libre cette semaine. Le prochain créneau est mardi 21 avril à 9 h" in said


def test_the_zone_is_said_where_it_is_not_the_organisations(sqlite_house: House) -> None:
    row = reason(sqlite_house)
    open_weekly(sqlite_house, row, venue=sqlite_house.far_venue)
    said = read(sqlite_house.client().get(slots_url(row)))
    assert "mardi 14 avril à 9 h · Saint-Denis (heure de Saint-Denis)" in said


def test_a_ticket_is_cancelled_by_a_post_and_only_once(sqlite_house: House, kind: AppointmentType) -> None:
    path = ticket_path(sqlite_house, book(sqlite_house, kind, at(7)))
    client = sqlite_house.client()
    assert "Annuler ce rendez-vous ?" in read(client.get(f"{path}/annuler"))
    assert len(engaged(sqlite_house)) == 1
    assert client.post(f"{path}/annuler").status_code == 303
    assert "Ce rendez-vous est annulé." in read(client.get(path))
    assert "déjà annulé" in read(client.post(f"{path}/annuler"))
    assert not engaged(sqlite_house)


def test_a_ticket_is_moved_in_two_posts(sqlite_house: House, kind: AppointmentType) -> None:
    path = ticket_path(sqlite_house, book(sqlite_house, kind, at(7)))
    client = sqlite_house.client()
    assert "mardi 14 avril à 9 h" in read(client.get(f"{path}/deplacer"))
    value = f"202604140740.{ids.to_text(sqlite_house.venue.id)}"
    kept = client.post(f"{path}/deplacer", data={"creneau": value})
    assert kept.status_code == 303
    assert "Valider ce changement" in read(client.get(kept.location))
    assert client.post(kept.location).location == path
    assert client.post(kept.location).location == path
    assert "mardi 14 avril 2026 9 h 40" in read(client.get(path))
    lost = client.post(f"{path}/deplacer", data={"creneau": "202604140741.-"})
    assert lost.status_code == 409


def test_a_workshop_is_booked_by_its_own_button(sqlite_house: House) -> None:
    row = reason(sqlite_house, name="Ateliers", is_workshop=True, duration_minutes=120, channels=["on-site"])
    planned = workshop(sqlite_house, row, capacity=2, starts_at=at(12))
    client = sqlite_house.client()
    assert "Atelier CV mardi 14 avril à 14 h" in read(client.get(slots_url(row)))
    assert "2 places libres" in read(client.get(slots_url(row)))
    kept = client.post(f"{slots_url(row)}/garder", data={"atelier": ids.to_text(planned.id)})
    assert "1 place libre" in read(client.get(slots_url(row)))
    done = client.post(kept.location, data=WHO)
    said = read(client.get(done.location))
    assert "Atelier CV" in said
    assert "Déplacer" not in said


def test_an_appointment_at_home_asks_where_home_is(sqlite_house: House) -> None:
    row = reason(sqlite_house, channels=["home"])
    open_weekly(sqlite_house, row)
    client = sqlite_house.client()
    value = f"202604140700.{ids.to_text(sqlite_house.venue.id)}"
    kept = client.post(f"{slots_url(row)}/garder", data={"modalite": "home", "creneau": value}).location
    assert "Donnez l'adresse où nous devons venir." in read(client.post(kept, data=WHO))
    done = client.post(kept, data=WHO | {"home_address": "3 rue des Lilas, Talence"})
    assert "3 rue des Lilas, Talence" in read(client.get(done.location))


def test_the_pages_speak_english_too(sqlite_house: House, kind: AppointmentType) -> None:
    english = {"Accept-Language": "en"}
    said = read(sqlite_house.client().get(slots_url(kind), headers=english))
    assert "Next free time Tuesday 14 April at 9:00" in said
