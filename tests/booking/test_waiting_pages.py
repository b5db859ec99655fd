"""The pages of the waiting list: joining without an account, and the page of somebody who waits."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from booking.models import WaitingEntry
from foundation import ids
from tests.booking.diary import at, book, cancel, listed, reason, ticket_path, workshop
from tests.booking.reading import SLUG, WHO, read, slots_url
from tests.booking.test_waiting_workshops import full_workshop
from tests.booking.waiting_room import full_morning, join, now_of, offers, person, wait_path, work
from tests.house import House


def entry_of(house: House) -> WaitingEntry:
    with house.database.reading(house.organisation.id) as db:
        return db.scalars(select(WaitingEntry)).one()


def seen(house: House) -> dict[str, str]:
    (made,) = offers(house)
    venue = ids.to_text(made.venue_id or 0)
    return {"creneau": f"{made.starts_at.strftime('%Y%m%d%H%M')}.{venue}"}


def test_the_page_of_slots_leads_to_the_list_and_joining_to_ones_own_page(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house)
    client = sqlite_house.client()
    body = unescape(client.get(slots_url(kind)).get_data(as_text=True))
    assert f"{slots_url(kind)}/attendre?modalite=on-site" in body
    wishes = {"first_day": "2026-04-14", "last_day": "2026-04-16", "from_minute": "09:00", "until_minute": "10:30"}
    answer = client.post(f"{slots_url(kind)}/attendre?modalite=on-site", data={**WHO, **wishes})
    assert answer.status_code == 303
    entry = entry_of(sqlite_house)
    assert (entry.first_day, entry.last_day) == (date(2026, 4, 14), date(2026, 4, 16))
    assert (entry.from_minute, entry.until_minute) == (540, 630)
    assert answer.headers["Location"] == wait_path(sqlite_house, entry)
    shown = read(client.get(answer.headers["Location"]))
    assert "Vous êtes sur la liste d'attente." in shown
    assert "jusqu'au jeudi 16 avril" in shown or "jusqu'au vendredi 17 avril" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_day": "demain"},
        {"until_minute": "25:99"},
        {"from_minute": "10:00", "until_minute": "09:00"},
        {"last_day": "2020-01-01"},
        {"first_name": ""},
        {"phone": ""},
    ],
)
def test_a_form_with_an_error_comes_back_filled_in(sqlite_house: House, wrong: dict[str, str]) -> None:
    kind, _ = full_morning(sqlite_house)
    data = {**WHO, "last_name": "Durand-Petit", **wrong}
    answer = sqlite_house.client().post(f"{slots_url(kind)}/attendre", data=data)
    assert answer.status_code == 422
    assert "Durand-Petit" in answer.get_data(as_text=True)
    assert 'class="summary"' in answer.get_data(as_text=True)


def test_joining_twice_is_said_and_makes_no_second_entry(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house)
    client = sqlite_house.client()
    assert client.post(f"{slots_url(kind)}/attendre", data=WHO).status_code == 303
    again = client.post(f"{slots_url(kind)}/attendre", data=WHO)
    assert again.status_code == 409
    assert "déjà sur cette liste d'attente" in read(again)
    entry_of(sqlite_house)


def test_what_is_not_offered_has_no_list(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house)
    client = sqlite_house.client()
    for query in ("?modalite=video", "?lieu=rien", "?personnes=99"):
        assert client.get(f"{slots_url(kind)}/attendre{query}").status_code == 404
    group = reason(sqlite_house, is_workshop=True, channels=["on-site"])
    for query in ("", "?atelier=rien", f"?atelier={ids.to_text(1)}"):
        assert client.get(f"{slots_url(group)}/attendre{query}").status_code == 404


def test_the_offer_is_a_sentence_and_a_button_that_leads_to_the_ticket(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    client, path = sqlite_house.client(), wait_path(sqlite_house, entry)
    shown = read(client.get(path)).replace("\u00a0", " ")
    assert "mardi 14 avril à 9 h : gardée pour vous jusqu'à 11 h." in shown
    for _ in range(2):
        answer = client.post(f"{path}/accepter", data=seen(sqlite_house))
        assert answer.status_code == 303
        assert "Votre rendez-vous est noté." in read(client.get(answer.headers["Location"]))
    assert "Vous avez votre rendez-vous." in read(client.get(path))
    assert client.post(f"{path}/quitter").status_code == 303
    assert now_of(sqlite_house, entry)[0] == "served"


def test_declining_and_leaving_by_button(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    client, path = sqlite_house.client(), wait_path(sqlite_house, entry)
    assert "1 sur 3" in read(client.post(f"{path}/refuser", follow_redirects=True))
    assert at(7) in listed(sqlite_house, kind)
    left = read(client.post(f"{path}/quitter", follow_redirects=True))
    assert "Vous n'attendez plus." in left
    assert "Voir les moments libres" in left
    assert client.post(f"{path}/accepter", data=seen(sqlite_house)).status_code == 409


def test_who_comes_too_late_is_told_kindly_and_shown_the_way(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    work(sqlite_house, sqlite_house.now + timedelta(hours=3))
    client, path = sqlite_house.client(), wait_path(sqlite_house, entry)
    assert "n'est plus gardée" in read(client.get(path))
    book(sqlite_house, kind, at(7), person=person(60))
    answer = client.post(f"{path}/accepter", data=seen(sqlite_house))
    assert answer.status_code == 409
    assert "Ce moment n'est plus libre" in read(answer)
    assert "Voir les moments libres" in read(answer)


@pytest.mark.parametrize("sent", [{}, {"creneau": "x"}, {"creneau": "202604140900.-"}, {"creneau": "999999999999.-"}])
def test_a_changed_form_accepts_nothing(sqlite_house: House, sent: dict[str, Any]) -> None:
    kind, booked = full_morning(sqlite_house)
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    answer = sqlite_house.client().post(f"{wait_path(sqlite_house, entry)}/accepter", data=sent)
    assert answer.status_code == 409
    assert now_of(sqlite_house, entry)[0] == "offered"


def test_a_get_changes_nothing(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    client, path = sqlite_house.client(), wait_path(sqlite_house, entry)
    for way in ("", "/accepter", "/refuser", "/quitter"):
        assert client.get(f"{path}{way}").status_code in {200, 404, 405}
    assert now_of(sqlite_house, entry) == ("offered", at(7))


def test_the_ticket_leads_to_waiting_for_something_earlier(sqlite_house: House) -> None:
    _, booked = full_morning(sqlite_house)
    client, ticket = sqlite_house.client(), ticket_path(sqlite_house, booked[3])
    assert "Être prévenu si une place se libère plus tôt" in read(client.get(ticket))
    assert "Vous gardez votre rendez-vous" in read(client.get(f"{ticket}/plus-tot"))
    assert client.post(f"{ticket}/plus-tot", data={"last_day": "x"}).status_code == 422
    joined = client.post(f"{ticket}/plus-tot", data={"from_minute": ""})
    assert joined.status_code == 303
    assert client.post(f"{ticket}/plus-tot").status_code == 409
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    page = joined.headers["Location"]
    assert "Elle remplacera votre rendez-vous" in read(client.get(page))
    accepted = client.post(f"{page}/accepter", data=seen(sqlite_house))
    assert accepted.headers["Location"] == ticket


def test_a_full_workshop_leads_to_its_list(sqlite_house: House) -> None:
    kind, planned, _ = full_workshop(sqlite_house)
    client = sqlite_house.client()
    page = client.get(f"/o/{SLUG}/motif/{ids.to_text(kind.id)}")
    assert "Me prévenir si une place se libère" in read(page)
    address = f"{slots_url(kind)}/attendre?atelier={ids.to_text(planned.id)}"
    assert "Atelier CV" in read(client.get(address))
    assert client.post(address, data=WHO).status_code == 303
    other = workshop(sqlite_house, kind, capacity=1, starts_at=at(12, day=date(2026, 4, 15)))
    free = f"{slots_url(kind)}/attendre?atelier={ids.to_text(other.id)}"
    assert "Il reste de la place" in read(client.post(free, data={**WHO, "first_name": "Ana"}))


def test_the_pages_speak_english_too(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    page = sqlite_house.client().get(wait_path(sqlite_house, entry), headers={"Accept-Language": "en"})
    assert "Something has freed up for you." in read(page)
