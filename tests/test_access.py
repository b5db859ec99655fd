"""Every route, found by itself, without rights and with another organisation's rights: closed."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from attendance.domain.room_codes import Way
from directory.models import ApiKey
from foundation.database import EVERY_ORGANISATION
from foundation.ids import to_text
from foundation.links import give_link, link_token
from foundation.models import Base
from foundation.web.access import gate_of
from tests.api import device, key
from tests.attendance import rooms
from tests.attendance import scene as scenes
from tests.booking import diary
from tests.booking.waiting_room import join
from tests.house import House

# Who has no rights may see these. Opening another page to everyone means writing it down here.
OPEN_TO_EVERYONE = {
    "booking.home",
    "booking.reasons",
    "booking.slots",
    "booking.keep",
    "booking.wait_form",
    "booking.join",
    "directory.log_in",
    "directory.log_in_post",
    "api.openapi",
    "api.reading",
    "foundation.choose_language",
    "foundation.health",
    "foundation.static",
    "directory.static",
    "booking.static",
    "attendance.static",
    "attendance.forget_phone",
    "attendance.device",
    "attendance.device_enrolment",
    "attendance.device_manifest",
    "attendance.device_worker",
    "attendance.kiosk",
}
# These need a token that was given to one person; without a good one there is nothing there.
NEED_A_TOKEN = ("/rdv/", "/attente/", "/signer/", "/contresigner/", "/o/<slug>/garde/", "/salle/", "/presence/")
OFFER_AGENTS = {
    "directory.keys",
    "directory.make_key",
    "directory.enrol_device",
    "attendance.new_training",
    "attendance.plan_training",
}
NAMES = ("Lefèvre", "Diallo", "Gérer ses papiers", "Aide administrative", "Nadia", "sonia@courriel", "39980001")


class World:
    """Our organisation with one of everything, and the values that stand for each argument of an address."""

    def __init__(self, house: House) -> None:
        """Book, plan, and give links."""
        self.house = house
        kind = diary.reason(house)
        diary.open_weekly(house, kind)
        self.hold = diary.hold(house, kind, diary.at(7))
        scene = scenes.training(house)
        booked = diary.book(house, kind, diary.at(7, 40))
        self.waiting = join(house, kind)
        workshops = diary.reason(house, name="Atelier CV", is_workshop=True)
        workshop = diary.workshop(house, workshops, capacity=3, starts_at=diary.at(12))
        self.device = device(house)
        self.key = key(house)
        with house.database.reading(house.organisation.id) as db:
            key_id = db.scalars(select(ApiKey.id)).one()
        self.values: dict[str, str] = {
            "device_id": to_text(self.device.id),
            "key_id": to_text(key_id),
            "slug": house.organisation.slug,
            "type_id": to_text(kind.id),
            "meeting_id": to_text(scene.meeting_id),
            "half_day_id": to_text(scene.half_days[0].id),
            "workshop_id": to_text(workshop.id),
            "appointment_id": to_text(booked.id),
            "session_id": to_text(1),
            "correction_id": to_text(scenes.correction(scene)),
            "attachment_id": to_text(scenes.attachment(scene)),
            "entry_id": to_text(scenes.entry(scene)),
            "hold": self.hold.token,
            "kind": "arrivee",
            "filename": "paraphe.css",
        }
        self.tokens = {
            "/rdv/": self._token("appointment", booked.id),
            "/attente/": self._token("waiting", self.waiting.id),
            "/signer/": self._token("sign", scene.attendees[0]),
            "/contresigner/": self._token("countersign", scene.facilitator_id),
            "/o/<slug>/garde/": self.hold.token,
            "/salle/": self._token("display", scene.meeting_id),
            "/presence/": rooms.shown(scene, Way.CODE),
        }

    def _token(self, purpose: str, subject_id: int) -> str:
        house = self.house
        link = house.database.in_transaction(
            house.organisation.id,
            give_link,
            house.system(),
            purpose=purpose,
            subject_id=subject_id,
            channel="page",
            lasts=diary.LATER,
            now=house.now,
        )
        return link_token(link, house.keys)

    def address(self, rule: Rule, token: str) -> str:
        """Write the address of a rule with the ids of our things and this token."""
        adapter = self.house.app.url_map.bind("")
        arguments = {name: self._value(rule, name, token) for name in rule.arguments}
        return adapter.build(rule.endpoint, arguments, force_external=False)

    def _value(self, rule: Rule, name: str, token: str) -> Any:
        if name == "token":
            return token
        converter = type(rule._converters[name]).__name__
        return int_of(self.values[name]) if converter == "IdConverter" else self.values[name]


def int_of(text: str) -> int:
    from foundation.ids import from_text  # noqa: PLC0415

    return from_text(text)


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Every route of the pages with each method; test_api_access.py has those of the API."""
    ways = ((rule, sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})) for rule in app.url_map.iter_rules())
    return [(rule, method) for rule, methods in ways if not rule.endpoint.startswith("api-") for method in methods]


def fingerprint(house: House) -> dict[str, Any]:
    """How many rows each table has, and the largest id in it: what a closed door must leave as it is."""
    with house.database.reading(EVERY_ORGANISATION) as db:
        return {
            name: tuple(db.execute(select(func.count(), func.max(table.c.id)).select_from(table)).one())
            for name, table in Base.metadata.tables.items()
            if "id" in table.c and name not in {"throttle", "staff_session"}
        }


def send(client: FlaskClient, method: str, address: str, form_token: str = "") -> Any:
    as_json = address.startswith("/equipe/scanner/")
    headers = {"X-CSRF-Token": form_token}
    if method == "GET":
        return client.get(address, headers=headers)
    if as_json:
        return client.open(address, method=method, json={}, headers=headers)
    return client.open(address, method=method, data={"csrf_token": form_token}, headers=headers)


@pytest.fixture
def world(sqlite_house: House) -> World:
    return World(sqlite_house)


def test_every_view_says_to_whom_it_is_open(sqlite_house: House) -> None:
    unmarked = [name for name, view in sqlite_house.app.view_functions.items() if gate_of(view) is None]
    assert unmarked == []


def test_a_view_that_says_nothing_is_closed(sqlite_house: House) -> None:
    sqlite_house.app.view_functions["booking.home"] = lambda: "open by mistake"
    assert sqlite_house.client().get("/").status_code == 403


def test_without_rights_every_route_but_the_listed_ones_is_closed(world: World) -> None:
    before, closed = fingerprint(world.house), 0
    for rule, method in routes(world.house.app):
        if rule.endpoint in OPEN_TO_EVERYONE:
            continue
        answer = send(world.house.client(), method, world.address(rule, "0" * 13 + "." + "A" * 22))
        said = answer.get_data(as_text=True)
        assert answer.status_code in {303, 401, 403, 404}, (method, rule.rule, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["Location"].startswith("/equipe/connexion"), rule.rule
        assert not [name for name in NAMES if name in said], rule.rule
        closed += 1
    assert closed > 35, "the routes were found"
    assert fingerprint(world.house) == before, "a closed door changes nothing"


def test_what_is_listed_as_open_really_is(world: World) -> None:
    for rule, method in routes(world.house.app):
        if rule.endpoint in OPEN_TO_EVERYONE and method == "GET" and not rule.endpoint.endswith("static"):
            assert send(world.house.client(), method, world.address(rule, "")).status_code in {200, 302, 303}, rule.rule


def test_with_another_organisations_rights_nothing_of_ours_is_seen_or_changed(world: World) -> None:
    house, closed = world.house, 0
    client = house.client()
    form_token = house.log_in(client, house.stranger)
    before = fingerprint(house)
    for rule, method in routes(house.app):
        if not rule.rule.startswith("/equipe") or rule.endpoint in {"directory.log_out", *OPEN_TO_EVERYONE}:
            continue
        answer = send(client, method, world.address(rule, ""), form_token)
        said = answer.get_data(as_text=True)
        # Both houses have a Nadia, who may be given a scanner of her own.
        ours = [name for name in NAMES if name != "Nadia" or rule.endpoint not in OFFER_AGENTS]
        assert not [name for name in ours if name in said], (method, rule.rule)
        if rule.arguments:
            assert answer.status_code == 404, (method, rule.rule, answer.status_code)
        assert answer.status_code < 500, (method, rule.rule)
        closed += 1
    after = fingerprint(house)
    changed = {table for table in before if before[table] != after[table]}
    # A scan that was sent is kept whatever it was, in the organisation that sent it.
    assert changed <= {"scan", "audit_entry"}
    assert closed > 15


@pytest.mark.parametrize("prefix", NEED_A_TOKEN)
def test_a_token_of_one_purpose_opens_no_other(world: World, prefix: str) -> None:
    others = [token for other, token in world.tokens.items() if other != prefix]
    before = fingerprint(world.house)
    for rule, method in routes(world.house.app):
        if rule.rule.startswith(prefix):
            for token in others:
                answer = send(world.house.client(), method, world.address(rule, token))
                assert answer.status_code == 404, (method, rule.rule)
    assert fingerprint(world.house) == before


@pytest.mark.parametrize("prefix", NEED_A_TOKEN)
def test_the_right_token_opens_its_page(world: World, prefix: str) -> None:
    opened = [
        send(world.house.client(), method, world.address(rule, world.tokens[prefix])).status_code
        for rule, method in routes(world.house.app)
        if rule.rule == f"{prefix}<token>" and method == "GET"
    ]
    assert opened == [200]


def test_a_hold_is_not_found_under_another_organisations_address(world: World) -> None:
    address = f"/o/{world.house.other.slug}/garde/{world.hold.token}"
    assert world.house.client().get(address).status_code in {404, 410}
    assert world.house.client().post(address, data={}).status_code in {404, 410}


def test_an_agent_without_a_permission_is_told_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from directory.domain.permissions import ROLES, Role  # noqa: PLC0415

    monkeypatch.setitem(ROLES, Role.AGENT, frozenset())
    client = world.house.client()
    form_token = world.house.log_in(client, world.house.agents[0])
    before = fingerprint(world.house)
    for rule, method in routes(world.house.app):
        if rule.rule.startswith(("/equipe/seances", "/equipe/scanner", "/equipe/jour")):
            answer = send(client, method, world.address(rule, ""), form_token)
            assert answer.status_code == 403, (method, rule.rule, answer.status_code)
    assert fingerprint(world.house) == before
