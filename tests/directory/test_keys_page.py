"""The page of keys and devices: a manager makes a key, copies it once, sees when it was used, and ends it."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from directory.models import ApiKey, Device
from foundation.ids import to_text
from tests.api import asking
from tests.house import House

ADDRESS = "/equipe/cles"


def manager(house: House) -> tuple[FlaskClient, str]:
    client = house.client()
    return client, house.log_in(client, house.manager)


def make(client: FlaskClient, token: str, **changes: object) -> str:
    sent = {"csrf_token": token, "name": "Site public", "device": "", "scopes": ["book"], "lasts": "30", **changes}
    return client.post(ADDRESS, data=sent).get_data(as_text=True)


def secret_in(page: str) -> str:
    return str(re.findall(r'<code class="key">(paraphe_[\w-]+)</code>', page)[0])


def only_key(house: House) -> ApiKey:
    with house.database.reading(house.organisation.id) as db:
        return db.scalars(select(ApiKey)).one()


def test_a_manager_makes_a_key_and_is_shown_it_once(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    text = secret_in(make(client, token))
    assert asking(sqlite_house, text).get("/venues").status_code == 200
    assert text not in client.get(ADDRESS).get_data(as_text=True)
    assert f"…{text[-4:]}" in client.get(ADDRESS).get_data(as_text=True)


def test_the_page_says_when_a_key_was_last_used(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    text = secret_in(make(client, token))
    assert "Jamais utilisée" in client.get(ADDRESS).get_data(as_text=True)
    asking(sqlite_house, text).get("/venues")
    assert "Dernier usage : lundi 13 avril à 9 h" in client.get(ADDRESS).get_data(as_text=True).replace("\xa0", " ")


def test_a_key_that_was_ended_opens_nothing(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    text = secret_in(make(client, token))
    ended = client.post(f"{ADDRESS}/{to_text(only_key(sqlite_house).id)}/fin", data={"csrf_token": token})
    assert (ended.status_code, ended.headers["Location"]) == (303, ADDRESS)
    assert asking(sqlite_house, text).get("/venues").status_code == 401
    assert "Révoqué le" in client.get(ADDRESS).get_data(as_text=True)


def test_a_scanner_is_entrusted_to_an_agent_given_a_key_and_ended(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    agent = to_text(sqlite_house.agents[0].id)
    client.post("/equipe/appareils", data={"csrf_token": token, "device-name": "Téléphone", "device-agent": agent})
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        device = db.scalars(select(Device)).one()
    page = client.get(ADDRESS).get_data(as_text=True)
    assert "confié à Nadia Ferrand" in page
    text = secret_in(make(client, token, device=to_text(device.id), scopes=["scan"]))
    assert asking(sqlite_house, text).get("/venues").status_code == 200
    client.post(f"/equipe/appareils/{to_text(device.id)}/fin", data={"csrf_token": token})
    assert asking(sqlite_house, text).get("/venues").status_code == 401


def test_what_is_wrong_comes_back_filled_in_with_a_sentence(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    agent = to_text(sqlite_house.agents[0].id)
    client.post("/equipe/appareils", data={"csrf_token": token, "device-name": "Téléphone", "device-agent": agent})
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        device = to_text(db.scalars(select(Device.id)).one())
    for changes, sentence in (
        ({"scopes": []}, "Cochez au moins un droit."),
        ({"scopes": ["everything"]}, "Cochez au moins un droit."),
        ({"name": " "}, "Ce champ est nécessaire."),
        ({"name": "x" * 121}, "120 caractères au plus"),
        ({"device": device, "scopes": ["administer"]}, "un appareil ne reçoit que ceux d&#39;un accueil"),
        ({"device": "nobody"}, "Ce champ est nécessaire."),
        ({"lasts": "9999"}, "Ce champ est nécessaire."),
    ):
        page = make(client, token, **changes)
        assert sentence in page.replace("\xa0", " "), changes
        assert "paraphe_" not in page
    assert 'value="Site public"' in make(client, token, scopes=[])
    refused = client.post("/equipe/appareils", data={"csrf_token": token, "device-name": "", "device-agent": "nobody"})
    assert refused.status_code == 422


def test_an_agent_who_is_no_manager_sees_neither_the_page_nor_the_way_to_it(sqlite_house: House) -> None:
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    assert client.get(ADDRESS).status_code == 403
    assert ADDRESS not in client.get("/equipe/jour").get_data(as_text=True)
    manager_client, _ = manager(sqlite_house)
    assert ADDRESS in manager_client.get("/equipe/jour").get_data(as_text=True)
