"""Two factors, each guess counted, each code once, each log-in revocable."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from directory.domain.second_factor import matching_step
from directory.models import Agent, StaffSession
from directory.queries.sessions import totp_owner
from directory.use_cases.log_in import LogInVerdict, check_second_factor, count_attempt
from foundation.actors import Actor, ActorKind
from foundation.database import EVERY_ORGANISATION
from tests.house import PASSWORD, START, TOTP_SECRET, House

TOTP = pyotp.TOTP(TOTP_SECRET)


def type_password(client: FlaskClient, agent: Agent, password: str = PASSWORD) -> int:
    return client.post("/equipe/connexion", data={"email": agent.email, "password": password}).status_code


def type_code(house: House, client: FlaskClient, code: str) -> int:
    page = client.get("/equipe/connexion/code").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    return client.post("/equipe/connexion/code", data={"code": code, "csrf_token": token}).status_code


def is_inside(client: FlaskClient) -> bool:
    return client.get("/equipe/connexions").status_code == 200


def test_password_and_code_let_an_agent_in(sqlite_house: House) -> None:
    client = sqlite_house.client()
    assert type_password(client, sqlite_house.agents[0]) == 303
    assert not is_inside(client), "the password alone opens nothing"
    assert type_code(sqlite_house, client, TOTP.at(sqlite_house.now)) == 303
    assert is_inside(client)


def test_a_wrong_password_and_an_unknown_address_are_told_alike(sqlite_house: House) -> None:
    client = sqlite_house.client()
    known = client.post("/equipe/connexion", data={"email": sqlite_house.agents[0].email, "password": "faux"})
    unknown = client.post("/equipe/connexion", data={"email": sqlite_house.agents[0].email + "x", "password": "faux"})
    assert known.status_code == unknown.status_code == 422
    sentence = "Cette adresse et ce mot de passe ne vont pas ensemble."
    assert sentence in known.get_data(as_text=True)
    assert sentence in unknown.get_data(as_text=True)
    assert sqlite_house.agents[0].email in known.get_data(as_text=True), "what was typed is still there"
    assert "faux" not in known.get_data(as_text=True)


def test_after_five_wrong_passwords_the_right_one_waits_too(sqlite_house: House) -> None:
    client, agent = sqlite_house.client(), sqlite_house.agents[0]
    assert [type_password(client, agent, "faux") for _ in range(5)] == [422] * 5
    assert type_password(client, agent) == 429
    sqlite_house.clock.advance(timedelta(seconds=31))
    assert type_password(client, agent) == 303


def test_guesses_that_come_all_at_once_are_counted_before_they_are_tried(house: House) -> None:
    barrier, tried = Barrier(20), list[bool]()

    def run() -> None:
        barrier.wait()
        attempt = house.database.in_transaction(
            EVERY_ORGANISATION, count_attempt, now=house.now, email=house.agents[0].email, keys=house.keys
        )
        tried.append(not attempt.too_many)

    threads = [Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tried.count(True) == 5


def test_a_code_works_once_even_for_another_log_in_of_the_same_agent(sqlite_house: House) -> None:
    first, second, agent = sqlite_house.client(), sqlite_house.client(), sqlite_house.agents[0]
    code = TOTP.at(sqlite_house.now)
    for client in (first, second):
        type_password(client, agent)
    assert type_code(sqlite_house, first, code) == 303
    assert type_code(sqlite_house, second, code) == 422
    assert not is_inside(second)


@pytest.mark.parametrize(
    ("step", "accepted"),
    [(-2, "no"), (-1, "yes"), (0, "yes"), (1, "no")],
    ids=["two back", "one back", "now", "future"],
)
def test_the_code_of_now_and_of_the_step_before_are_good_and_never_a_future_one(step: int, accepted: str) -> None:
    code = TOTP.at(START + timedelta(seconds=30 * step))
    found = matching_step(TOTP_SECRET, code, last_step=0, now=START)
    assert (found is not None) is (accepted == "yes")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５"])
def test_what_is_not_six_digits_is_refused(code: str) -> None:
    assert matching_step(TOTP_SECRET, code, last_step=0, now=START) is None


def test_spaces_and_wide_digits_are_forgiven() -> None:
    code = TOTP.at(START)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert matching_step(TOTP_SECRET, f" {code[:3]} {code[3:]} ", last_step=0, now=START) is not None
    assert matching_step(TOTP_SECRET, wide, last_step=0, now=START) is not None


def test_one_code_tried_from_many_browsers_at_once_opens_one(house: House) -> None:
    clients = [house.client() for _ in range(8)]
    sessions = []
    for client in clients:
        type_password(client, house.agents[0])
    with house.database.reading(house.organisation.id) as db:
        sessions = [one.id for one in db.scalars(select(StaffSession))]
    barrier, verdicts = Barrier(len(sessions)), list[LogInVerdict]()
    code = TOTP.at(house.now)

    def run(session_id: int) -> None:
        actor = Actor(ActorKind.AGENT, house.organisation.id, house.agents[0].id, session_id)
        barrier.wait()
        verdicts.append(
            house.database.in_transaction(
                house.organisation.id, check_second_factor, actor, now=house.now, code=code, keys=house.keys
            )
        )

    threads = [Thread(target=run, args=(session_id,)) for session_id in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sessions) == 8
    assert [verdict.accepted for verdict in verdicts].count(True) == 1


def test_a_log_in_ends_after_half_an_hour_idle_and_after_twelve_hours_anyway(sqlite_house: House) -> None:
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    for _ in range(30):
        sqlite_house.clock.advance(timedelta(minutes=20))
        assert is_inside(client)
    sqlite_house.clock.advance(timedelta(minutes=31))
    assert not is_inside(client)
    sqlite_house.log_in(client, sqlite_house.agents[0])
    for _ in range(12 * 3 - 1):
        sqlite_house.clock.advance(timedelta(minutes=20))
        assert is_inside(client)
    sqlite_house.clock.advance(timedelta(minutes=20))
    assert not is_inside(client)


def test_logging_out_ends_the_session_in_the_database(sqlite_house: House) -> None:
    client = sqlite_house.client()
    token = sqlite_house.log_in(client, sqlite_house.agents[0])
    cookie = client.get_cookie("equipe")
    assert client.post("/equipe/deconnexion", data={"csrf_token": token}).status_code == 303
    assert cookie is not None
    client.set_cookie("equipe", cookie.value)
    assert not is_inside(client)


def test_an_agent_ends_another_log_in_of_their_own_and_never_somebody_elses(sqlite_house: House) -> None:
    house = sqlite_house
    here, lost, colleague = house.client(), house.client(), house.client()
    house.log_in(lost, house.agents[0])
    house.clock.advance(timedelta(seconds=1))
    token = house.log_in(here, house.agents[0])
    house.log_in(colleague, house.agents[1])
    page = here.get("/equipe/connexions").get_data(as_text=True)
    address = page.partition('action="/equipe/connexions/')[2].partition('"')[0]
    assert here.post(f"/equipe/connexions/{address}", data={"csrf_token": token}).status_code == 303
    assert not is_inside(lost)
    assert is_inside(here)
    other = house.client()
    other_token = house.log_in(other, house.agents[2])
    assert other.post(f"/equipe/connexions/{address}", data={"csrf_token": other_token}).status_code == 404
    assert is_inside(colleague)


def test_a_staff_form_without_its_token_changes_nothing(sqlite_house: House) -> None:
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    assert client.post("/equipe/deconnexion").status_code == 403
    assert client.post("/equipe/deconnexion", data={"csrf_token": "0" * 64}).status_code == 403
    assert is_inside(client)


def test_after_logging_in_one_comes_where_one_wanted_to_go_and_never_to_another_site(sqlite_house: House) -> None:
    client = sqlite_house.client()
    away = client.post(
        "/equipe/connexion?next=//exemple.org", data={"email": sqlite_house.agents[0].email, "password": PASSWORD}
    )
    assert "exemple.org" not in away.headers["Location"]
    there = client.get("/equipe/connexions")
    assert there.status_code == 303
    assert "next=" in there.headers["Location"]


def test_secrets_are_stored_so_that_the_database_alone_opens_nothing(sqlite_house: House) -> None:
    client = sqlite_house.client()
    type_password(client, sqlite_house.agents[0])
    cookie = client.get_cookie("equipe")
    assert cookie is not None
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        agent = db.get_one(Agent, sqlite_house.agents[0].id)
        (session,) = db.scalars(select(StaffSession))
    assert agent.password_hash.startswith("$argon2id$")
    assert TOTP_SECRET not in agent.totp_secret
    assert sqlite_house.keys.decrypt(agent.totp_secret, belongs_to=totp_owner(agent.id)).decode() == TOTP_SECRET
    assert cookie.value not in session.token_hash
