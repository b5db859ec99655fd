"""The staff by program: added with a second factor that is shown once, and retired with all that hangs on them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
from sqlalchemy import select

from directory.domain.permissions import Permission, Role
from directory.domain.refusals import LastManager
from directory.models import Agent, Resource
from directory.steps.staff import NewAgent
from directory.use_cases.add_agent import add_agent
from directory.use_cases.retire_agent import retire_agent
from foundation import ids
from foundation.refusals import Refusal
from tests.api import Asking, asking, device, key
from tests.directory.test_api_venues import strange_venue
from tests.house import PASSWORD, TOTP_SECRET, House

BODY = {"name": "Zoé Lê-Van", "email": "zoe@maison.example", "password": PASSWORD, "role": "agent"}


def program(house: House, *scopes: Permission) -> Asking:
    return asking(house, key(house, *scopes))


def retirement(agent: Agent) -> str:
    return f"/agents/{ids.to_text(agent.id)}/retirement"


def test_an_agent_is_added_and_logs_in_with_the_second_factor_that_was_shown(house: House) -> None:
    asked = program(house)
    made = asked.post("/agents", {**BODY, "venue_id": ids.to_text(house.venue.id)})
    assert made.status_code == 201, made.json
    told: Any = made.json
    assert PASSWORD not in made.get_data(as_text=True)
    assert asked.get(f"/agents/{told['agent']['id']}").json == told["agent"]
    assert asked.get("/agents").json["items"][-1] == told["agent"]  # type: ignore[index]
    resource: Any = asked.get(f"/resources/{told['agent']['resource_id']}").json
    assert (resource["kind"], resource["name"], resource["venue_id"]) == (
        "agent",
        "Zoé Lê-Van",
        ids.to_text(house.venue.id),
    )
    client = house.client()
    client.post("/equipe/connexion", data={"email": BODY["email"], "password": PASSWORD})
    page = client.get("/equipe/connexion/code").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    code = pyotp.TOTP(told["second_factor"]["secret"]).at(house.now)
    entered = client.post("/equipe/connexion/code", data={"code": code, "csrf_token": token})
    assert (entered.status_code, entered.headers["Location"]) == (303, "/equipe/jour")


def test_what_the_pages_refuse_the_api_refuses(sqlite_house: House) -> None:
    asked = program(sqlite_house)
    for changes, status, code in (
        ({"email": sqlite_house.stranger.email.upper()}, 409, "agent-exists"),
        ({"password": "court"}, 422, "password-too-short"),
        ({"email": "zoe"}, 422, "unreadable-contact"),
        ({"role": "king"}, 422, "unreadable-request"),
        ({"venue_id": strange_venue(sqlite_house)}, 404, "venue-not-found"),
    ):
        answer = asked.post("/agents", {**BODY, **changes})
        assert (answer.status_code, answer.json["code"]) == (status, code)  # type: ignore[index]
    assert program(sqlite_house, Permission.MANAGE_PEOPLE).post("/agents", BODY).status_code == 403
    assert asked.get(f"/agents/{ids.to_text(sqlite_house.stranger.id)}").status_code == 404
    assert asked.post(retirement(sqlite_house.stranger)).status_code == 404


def test_whoever_retires_is_logged_out_and_their_time_and_their_devices_go_with_them(house: House) -> None:
    asked, agent = program(house), house.agents[0]
    client = house.client()
    house.log_in(client, agent)
    scanner = asking(house, key(house, Permission.SEE_DAY, device=device(house)))
    assert client.get("/equipe/connexions").status_code == 200
    assert scanner.get("/resources").status_code == 200
    retired = asked.post(retirement(agent))
    assert (retired.status_code, retired.json["retired_at"]) == (200, house.now.isoformat())  # type: ignore[index]
    assert client.get("/equipe/connexions").status_code == 303
    assert scanner.get("/resources").status_code == 401
    time: Any = asked.get(f"/resources/{ids.to_text(agent.resource_id)}").json
    assert time["retired_at"] == house.now.isoformat()
    assert asked.post(retirement(agent)).json == retired.json


def test_the_last_manager_stays(house: House) -> None:
    asked = program(house)
    refused = asked.post(retirement(house.manager))
    assert (refused.status_code, refused.json["code"]) == (409, "last-manager")  # type: ignore[index]
    assert asked.post("/agents", {**BODY, "role": "manager"}).status_code == 201
    assert asked.post(retirement(house.manager)).status_code == 200


def test_two_managers_who_retire_each_other_at_once_leave_one(house: House) -> None:
    second = NewAgent("Odile Marty", "odile@maison.example", PASSWORD, TOTP_SECRET)
    inside = house.organisation.id
    other: Agent = house.database.in_transaction(
        inside, add_agent, house.system(), now=house.now, agent=second, role=Role.MANAGER, keys=house.keys
    )
    ready = threading.Barrier(2)

    def retire(agent: Agent) -> type[Refusal] | None:
        ready.wait(10)
        try:
            house.database.in_transaction(inside, retire_agent, house.system(), now=house.now, agent_id=agent.id)
        except Refusal as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(2) as threads:
        assert set(threads.map(retire, (house.manager, other))) == {None, LastManager}
    with house.database.reading(inside) as db:
        at_work = select(Agent.id).where(Agent.role == Role.MANAGER, Agent.retired_at.is_(None))
        assert len(db.scalars(at_work).all()) == 1
        assert len(db.scalars(select(Resource.id).where(Resource.retired_at.is_not(None))).all()) == 1
