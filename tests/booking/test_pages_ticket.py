"""Weeks, tickets, workshops and visits, as a person without an account reads them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.models import AppointmentType
from booking.use_cases.mark_arrived import mark_arrived
from directory.models import Badge
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
    client = sqlite_house.client()
    assert "Semaine du lundi 20 avril" in read(client.get(slots_url(row)))
    said = read(client.get(f"{slots_url(row)}?semaine=2026-04-13"))
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


def test_the_day_after_the_ticket_says_that_it_is_over_and_shows_no_code(
    sqlite_house: House, kind: AppointmentType
) -> None:
    path = ticket_path(sqlite_house, book(sqlite_house, kind, at(7)))
    client = sqlite_house.client()
    assert "badge.svg" in client.get(path).get_data(as_text=True)
    for later in (at(7, 30), at(7, day=date(2026, 4, 20))):
        sqlite_house.clock.set(later)
        answer = client.get(path)
        assert "Ce rendez-vous est passé." in read(answer)
        assert "badge" not in answer.get_data(as_text=True)
        assert not {"Déplacer", "Annuler", "appelez-nous"} & set(read(answer).split())
        assert client.get(f"{path}/annuler").status_code == 409
    sqlite_house.clock.set(at(8, day=date(2026, 4, 21)))
    assert client.get(path).status_code == 410


def test_a_revoked_badge_leaves_no_broken_picture(sqlite_house: House, kind: AppointmentType) -> None:
    path = ticket_path(sqlite_house, book(sqlite_house, kind, at(7)))

    def revoke(db: Session) -> None:
        db.scalars(select(Badge)).one().revoked_at = sqlite_house.now

    sqlite_house.database.in_transaction(sqlite_house.organisation.id, revoke)
    assert "badge" not in sqlite_house.client().get(path).get_data(as_text=True)


def test_who_has_arrived_is_not_asked_whether_to_cancel(sqlite_house: House, kind: AppointmentType) -> None:
    appointment = book(sqlite_house, kind, at(7))
    sqlite_house.database.in_transaction(
        sqlite_house.organisation.id,
        mark_arrived,
        sqlite_house.system(),
        now=sqlite_house.now,
        appointment_id=appointment.id,
    )
    for way in ("annuler", "deplacer"):
        answer = sqlite_house.client().get(f"{ticket_path(sqlite_house, appointment)}/{way}")
        assert "ne se change pas en ligne" in read(answer)


def test_by_telephone_the_zone_is_said_as_soon_as_a_venue_has_another(sqlite_house: House) -> None:
    row = reason(sqlite_house, channels=["phone", "on-site"])
    open_weekly(sqlite_house, row)
    client = sqlite_house.client()
    value = f"202604140700.{ids.to_text(sqlite_house.venue.id)}"
    by_phone = client.post(f"{slots_url(row)}/garder", data={"modalite": "phone", "creneau": value}).location
    assert "mardi 14 avril à 9 h (heure de Bordeaux Saint-Michel)" in read(client.get(by_phone))
    assert "gardé jusqu'à 9 h 10 (heure de Bordeaux Saint-Michel)" in read(client.get(by_phone))
    path = client.post(by_phone, data=WHO).location
    assert "(heure de Bordeaux Saint-Michel)" in read(client.get(path))
    value = value.replace("0700", "0740")
    on_site = client.post(f"{slots_url(row)}/garder", data={"modalite": "on-site", "creneau": value}).location
    assert "heure de" not in read(client.get(on_site))


def test_the_hours_of_two_clocks_stand_apart(sqlite_house: House) -> None:
    row = reason(sqlite_house)
    open_weekly(sqlite_house, row, hours=(9, 10))
    open_weekly(sqlite_house, row, agent=sqlite_house.agents[1], venue=sqlite_house.far_venue, hours=(9, 10))
    said = read(sqlite_house.client().get(slots_url(row))).split("mardi 14 avril", 2)[2]
    near, far = said.index("Bordeaux Saint-Michel (heure locale)"), said.index("Saint-Denis (heure locale)")
    assert near < said.index("9 h") < far < said.rindex("9 h")


def test_an_appointment_by_telephone_needs_a_number(sqlite_house: House) -> None:
    row = reason(sqlite_house, channels=["phone"])
    open_weekly(sqlite_house, row)
    client = sqlite_house.client()
    value = f"202604140700.{ids.to_text(sqlite_house.venue.id)}"
    kept = client.post(f"{slots_url(row)}/garder", data={"modalite": "phone", "creneau": value}).location
    answer = client.post(kept, data=WHO | {"phone": "", "email": "camille@exemple.example"})
    assert (answer.status_code, "Donnez un téléphone" in read(answer)) == (422, True)
    assert client.post(kept, data=WHO).status_code == 303


def test_the_language_button_comes_back_to_the_same_week(sqlite_house: House, kind: AppointmentType) -> None:
    client = sqlite_house.client()
    address = f"{slots_url(kind)}?modalite=phone&semaine=2026-04-20"
    shown = client.get(address).get_data(as_text=True)
    assert f'name="next" value="{address.replace("&", "&amp;")}"' in shown
    lost = client.post(f"{slots_url(kind)}/garder", data={"creneau": "x"}).get_data(as_text=True)
    assert 'name="next" value="/o/maison-des-solidarites"' in lost
