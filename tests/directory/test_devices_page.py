"""The page of devices: a manager writes one down with what it is, and gives it the link by which it enrols."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.models import Device, DeviceKind
from directory.use_cases.retire_agent import retire_agent
from foundation.ids import to_text
from tests.directory.test_enrolment import Door, revoke
from tests.house import House

ADDRESS, DEVICES = "/equipe/cles", "/equipe/appareils"


def manager(house: House) -> tuple[FlaskClient, str]:
    client = house.client()
    return client, house.log_in(client, house.manager)


def entrust(house: House, client: FlaskClient, token: str, **changes: str) -> tuple[int, str]:
    sent = {"name": "Borne du hall", "agent": to_text(house.agents[0].id), "kind": "kiosk", "venue": "", "last_day": ""}
    fields = {f"device-{name}": value for name, value in (sent | changes).items()}
    answer = client.post(DEVICES, data={"csrf_token": token, **fields})
    return answer.status_code, plain(answer.get_data(as_text=True))


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", page.replace("\xa0", " "))


def show(client: FlaskClient) -> str:
    return plain(client.get(ADDRESS).get_data(as_text=True))


def only_device(house: House) -> Device:
    with house.database.reading(house.organisation.id) as db:
        return db.scalars(select(Device)).one()


def offer(client: FlaskClient, token: str, device_id: str) -> str:
    answer = client.post(f"{DEVICES}/{device_id}/enrolement", data={"csrf_token": token})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return plain(answer.get_data(as_text=True))


def token_in(page: str) -> str:
    return str(re.findall(r'<code class="key">[^<]+/appareil/enroler#([\w-]{43})</code>', page)[0])


def test_a_kiosk_is_entrusted_with_its_venue_and_its_last_day(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    venue = to_text(sqlite_house.venue.id)
    assert entrust(sqlite_house, client, token, venue=venue, last_day="2026-04-20")[0] == 303
    device = only_device(sqlite_house)
    assert (device.kind, device.venue_id) == (DeviceKind.KIOSK, sqlite_house.venue.id)
    assert device.expires_at == datetime(2026, 4, 20, 22, tzinfo=UTC), "midnight in Paris, the whole last day included"
    page = show(client)
    assert f"Borne, {sqlite_house.venue.name}" in page
    assert "Pas encore enrôlé." in page
    assert "Dernier jour : lundi 20 avril 2026" in page
    sqlite_house.clock.set(datetime(2026, 4, 20, 22, tzinfo=UTC))
    client, _ = manager(sqlite_house)
    page = show(client)
    assert "Fini le lundi 20 avril 2026" in page
    assert "/enrolement" not in page


def test_without_kind_venue_and_last_day_it_is_a_scanner_everywhere_without_an_end(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    entrust(sqlite_house, client, token, kind="scanner")
    device = only_device(sqlite_house)
    assert (device.kind, device.venue_id, device.expires_at) == (DeviceKind.SCANNER, None, None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "toaster"}, "Ce champ est nécessaire."),
        ({"venue": "nowhere"}, "Ce champ est nécessaire."),
        ({"agent": "nobody"}, "Ce champ est nécessaire."),
        ({"name": "x" * 121}, "120 caractères au plus"),
        ({"last_day": "demain"}, "Cette date ne se lit pas."),
        ({"last_day": "9999-12-31"}, "Cette date ne se lit pas."),
        ({"last_day": "2026-04-12"}, "Cette date est déjà passée."),
        ({"last_day": "0001-01-01"}, "Cette date est déjà passée."),
    ],
)
def test_what_is_wrong_of_a_device_comes_back_filled_in(
    sqlite_house: House, changes: dict[str, str], sentence: str
) -> None:
    client, token = manager(sqlite_house)
    status, page = entrust(sqlite_house, client, token, **changes)
    assert status == 422
    assert sentence in page
    assert changes.get("name", "Borne du hall") in page


def test_a_link_is_shown_once_and_enrols_the_device(sqlite_house: House) -> None:
    door = Door(sqlite_house)
    client, token = manager(sqlite_house)
    page = offer(client, token, door.id)
    assert "Enrôler Tablette" in page
    assert "jusqu&#39;au mardi 14 avril à 9 h" in page
    assert 'src="data:image/svg+xml;base64,' in page
    given = token_in(page)
    assert given not in show(client)
    assert door.enrol(given).status_code == 201
    assert "Enrôlé : lundi 13 avril à 9 h." in show(client)
    assert "Vu :" not in show(client)
    door.come_in()
    assert "Vu : lundi 13 avril à 9 h." in show(client)


def test_a_second_link_cancels_the_first(sqlite_house: House) -> None:
    door = Door(sqlite_house)
    client, token = manager(sqlite_house)
    first, second = (token_in(offer(client, token, door.id)) for _ in range(2))
    assert door.enrol(first).status_code == 410
    assert door.enrol(second).status_code == 201


def test_a_device_that_was_revoked_or_whose_agent_left_is_offered_no_link(sqlite_house: House) -> None:
    lost, orphan = Door(sqlite_house, {"agent_id": to_text(sqlite_house.agents[1].id)}), Door(sqlite_house)
    client, token = manager(sqlite_house)
    assert show(client).count("/enrolement") == 2
    revoke(lost)
    sqlite_house.database.in_transaction(
        sqlite_house.organisation.id,
        retire_agent,
        sqlite_house.system(),
        now=sqlite_house.now,
        agent_id=sqlite_house.agents[0].id,
    )
    assert "/enrolement" not in show(client)
    for door in (lost, orphan):
        assert client.post(f"{DEVICES}/{door.id}/enrolement", data={"csrf_token": token}).status_code == 404


def test_only_a_manager_gives_a_link(sqlite_house: House) -> None:
    door = Door(sqlite_house)
    client = sqlite_house.client()
    token = sqlite_house.log_in(client, sqlite_house.agents[0])
    assert client.post(f"{DEVICES}/{door.id}/enrolement", data={"csrf_token": token}).status_code == 403
    assert only_device(sqlite_house).enrolment_hash is None


def test_no_key_made_by_hand_has_the_scope_of_a_kiosk(sqlite_house: House) -> None:
    client, token = manager(sqlite_house)
    assert 'value="kiosk"' in show(client), "as a kind of device"
    sent = {"csrf_token": token, "name": "Borne", "device": "", "scopes": ["kiosk"], "lasts": "30"}
    answer = client.post(ADDRESS, data=sent)
    assert answer.status_code == 422
    assert "Cochez au moins un droit." in plain(answer.get_data(as_text=True))


def test_it_is_seen_anew_after_five_minutes_at_the_earliest(sqlite_house: House) -> None:
    door = Door(sqlite_house)
    door.enrol(door.offer())
    first = sqlite_house.now
    door.come_in()
    sqlite_house.clock.advance(timedelta(minutes=4))
    door.come_in()
    assert only_device(sqlite_house).last_seen_at == first
    sqlite_house.clock.advance(timedelta(minutes=1))
    door.come_in()
    assert only_device(sqlite_house).last_seen_at == first + timedelta(minutes=5)
