"""The public way, as a person without an account and without JavaScript goes it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.domain.refusals import SlotTaken, TooManyHolds
from booking.models import AppointmentType
from foundation import ids
from tests.booking.diary import LATER, at, book, engaged, hold, listed, open_weekly, reason
from tests.booking.reading import SLUG, WHO, keep, read, slots_url
from tests.house import House


@pytest.fixture
def kind(sqlite_house: House) -> AppointmentType:
    row = reason(sqlite_house)
    open_weekly(sqlite_house, row)
    return row


def test_three_pages_lead_from_a_reason_to_a_ticket(sqlite_house: House, kind: AppointmentType) -> None:
    client = sqlite_house.client()
    first = client.get(f"/o/{SLUG}")
    assert "Aide administrative" in read(first)
    second = client.get(slots_url(kind))
    assert "Prochain créneau libre mardi 14 avril à 9 h · Bordeaux Saint-Michel" in read(second)
    kept = keep(client, sqlite_house, kind)
    assert kept.status_code == 303
    third = client.get(kept.location)
    assert "Ce créneau vous est gardé jusqu'à 9 h 10." in read(third)
    assert "contact@maison-des-solidarites.example" in read(third)
    done = client.post(kept.location, data=WHO)
    assert done.status_code == 303
    ticket = client.get(done.location)
    said = read(ticket)
    assert "Votre rendez-vous est noté." in said
    assert "mardi 14 avril 2026 9 h" in said
    assert "une pièce d'identité" in said
    assert "Montrez ce code à l'accueil" in said
    assert "Camille Durand" in said
    assert not any("Set-Cookie" in answer.headers for answer in (first, second, kept, third, done, ticket))


def test_the_home_page_leads_to_a_choice_when_there_are_two_organisations(sqlite_house: House) -> None:
    assert "Maison des Solidarités" in read(sqlite_house.client().get("/"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"phone": ""}, "Donnez un téléphone ou une adresse mail"),
        ({"phone": "12"}, "Ce numéro de téléphone ne se lit pas."),
        ({"first_name": " "}, "Écrivez le prénom."),
        ({"first_name": "\x07\u202e", "phone": ""}, "Écrivez le prénom. Donnez un téléphone ou une adresse mail"),
        ({"first_name": "Gagnez : https://exemple.example"}, "Écrivez seulement le nom, sans adresse."),
        ({"email": "camille"}, "Cette adresse ne se lit pas."),
    ],
)
def test_a_form_with_an_error_comes_back_filled_in_and_keeps_its_slot(
    sqlite_house: House, kind: AppointmentType, changes: dict[str, str], sentence: str
) -> None:
    client = sqlite_house.client()
    kept = keep(client, sqlite_house, kind).location
    sqlite_house.clock.advance(timedelta(minutes=9))
    answer = client.post(kept, data=WHO | changes)
    assert answer.status_code == 422
    assert sentence in read(answer)
    assert 'value="Durand"' in answer.get_data(as_text=True)
    assert "Ce créneau vous est gardé jusqu'à 9 h 19." in read(answer)


def test_a_form_posted_twice_leads_to_the_same_ticket(sqlite_house: House, kind: AppointmentType) -> None:
    client = sqlite_house.client()
    kept = keep(client, sqlite_house, kind).location
    first, second = client.post(kept, data=WHO), client.post(kept, data=WHO)
    assert first.location == second.location == client.get(kept).location
    assert len(engaged(sqlite_house)) == 1
    sqlite_house.worker.run_until_empty()
    assert len(sqlite_house.texts) == 1


def test_choosing_another_time_gives_the_slot_back(sqlite_house: House, kind: AppointmentType) -> None:
    client = sqlite_house.client()
    kept = keep(client, sqlite_house, kind).location
    assert at(7) not in listed(sqlite_house, kind)
    assert client.post(f"{kept}/rendre").status_code == 303
    assert at(7) in listed(sqlite_house, kind)


def test_a_slot_that_is_lost_shows_the_nearest_others(sqlite_house: House, kind: AppointmentType) -> None:
    hold(sqlite_house, kind, at(7, 40))
    answer = keep(sqlite_house.client(), sqlite_house, kind, "202604140740")
    assert answer.status_code == 409
    assert "Ce moment n'est plus libre." in read(answer)
    assert "mardi 14 avril 9 h" in read(answer)
    assert "mardi 14 avril 10 h 20" in read(answer)


def test_a_lapsed_hold_may_still_be_confirmed_and_is_told_when_it_is_lost(
    sqlite_house: House, kind: AppointmentType
) -> None:
    client = sqlite_house.client()
    kept = keep(client, sqlite_house, kind).location
    sqlite_house.clock.advance(LATER)
    assert "Ce créneau n'est plus gardé." in read(client.get(kept))
    book(sqlite_house, kind, at(7))
    answer = client.post(kept, data=WHO)
    assert answer.status_code == 409
    assert "mardi 14 avril 9 h 40" in read(answer)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"modalite": "on-site", "creneau": "demain"},
        {"modalite": "on-site", "creneau": "999912312359.-"},
        {"modalite": "on-site", "creneau": "202604140701.VENUE"},
        {"modalite": "on-site", "creneau": "202604140700.-"},
        {"modalite": "on-site", "creneau": "202604140700.0000000000001"},
        {"modalite": "home", "creneau": "202604140700.VENUE"},
        {"modalite": "fax", "creneau": "202604140700.VENUE"},
        {"modalite": "on-site", "atelier": "0000000000001"},
        {"modalite": "on-site", "atelier": "?"},
    ],
)
def test_a_changed_form_is_refused_with_other_slots_and_never_breaks(
    sqlite_house: House, kind: AppointmentType, form: dict[str, str]
) -> None:
    venue = ids.to_text(sqlite_house.venue.id)
    data = {name: value.replace("VENUE", venue) for name, value in form.items()}
    answer = sqlite_house.client().post(f"{slots_url(kind)}/garder", data=data)
    assert answer.status_code in {404, 409}
    assert "mardi 14 avril 9 h" in read(answer)
    assert not engaged(sqlite_house)


def test_a_reason_of_another_organisation_does_not_exist_here(sqlite_house: House, kind: AppointmentType) -> None:
    client = sqlite_house.client()
    url = slots_url(kind).replace(SLUG, "autre-maison")
    assert client.get(url).status_code == 404
    assert client.post(f"{url}/garder", data={"modalite": "on-site", "creneau": "202604140700.-"}).status_code == 404


def test_a_form_sent_again_with_an_error_leads_to_the_ticket_that_there_is(
    sqlite_house: House, kind: AppointmentType
) -> None:
    client = sqlite_house.client()
    kept = keep(client, sqlite_house, kind).location
    ticket = client.post(kept, data=WHO).location
    assert client.post(kept, data=WHO | {"first_name": ""}).location == ticket


def test_one_network_is_one_client_whatever_the_address_in_it(sqlite_house: House, kind: AppointmentType) -> None:
    def keep_from(address: str, written: str) -> int:
        client = sqlite_house.client()
        client.environ_base["REMOTE_ADDR"] = address
        return keep(client, sqlite_house, kind, written).status_code

    starts = ("202604140700", "202604140740", "202604140820", "202604140900")
    answers = [keep_from(f"2001:db8:0:1::{number}", start) for number, start in enumerate(starts, start=1)]
    assert answers == [303, 303, 303, 429]
    assert keep_from("2001:db8:0:2::1", starts[3]) == 303
    assert keep_from("nowhere", starts[0]) == 409


def test_in_a_waiting_room_that_shares_an_address_each_browser_counts_alone(
    sqlite_house: House, kind: AppointmentType
) -> None:
    starts = ("202604140700", "202604140740", "202604140820", "202604140900")
    answers = []
    for number, start in enumerate(starts):
        client = sqlite_house.client()
        client.environ_base["HTTP_USER_AGENT"] = f"telephone {number}"
        answers.append(keep(client, sqlite_house, kind, start).status_code)
    assert answers == [303] * 4


def test_one_network_keeps_twenty_slots_at_most_whatever_its_browsers_are_called(
    sqlite_house: House, kind: AppointmentType
) -> None:
    house = sqlite_house
    for agent in house.agents[1:]:
        open_weekly(house, kind, agent=agent, hours=(6, 22))
    starts = [one for one in listed(house, kind) for _ in house.agents]
    told = set()
    for number, start in enumerate(starts):
        try:
            hold(house, kind, start, client="n" * 40 + f"browser {number}")
        except TooManyHolds as refusal:
            told.add(refusal.details["most"])
            break
        except SlotTaken:
            continue
    assert told == {20}
