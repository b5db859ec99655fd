"""Whoever runs the installation founds organisations by program; each sees itself alone."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select

from directory.domain.permissions import Permission
from directory.models import Agent, ApiKey, Organisation, SigningKey
from foundation.database import EVERY_ORGANISATION
from tests.api import asking, key
from tests.house import OPERATOR_KEY, PASSWORD, House

BODY: dict[str, Any] = {
    "name": "Entraide du Port",
    "slug": "entraide-du-port",
    "address": "3 quai Louis XVIII, 33000 Bordeaux",
    "siret": "812 345 678 00023",
    "activity_declaration": "",
    "time_zone": "Europe/Paris",
    "region": "FR",
    "phone": "05 56 01 02 04",
    "email": "Contact@Entraide.example",
    "manager": {"name": "Odile Marty", "email": "odile@entraide.example", "password": PASSWORD},
}


def found(house: House, **changes: Any) -> Any:
    return asking(house, OPERATOR_KEY).post("/organisations", {**BODY, **changes})


def test_founding_answers_with_all_that_the_first_day_needs(house: House) -> None:
    answer = found(house)
    assert answer.status_code == 201, answer.json
    told = answer.json
    assert (
        told["organisation"].items()
        >= {
            "siret": "81234567800023",
            "phone": "+33556010204",
            "email": "contact@entraide.example",
        }.items()
    )
    assert told["manager"].items() >= {"email": "odile@entraide.example", "role": "manager"}.items()
    assert len(pyotp.TOTP(told["second_factor"]["secret"]).now()) == 6
    assert told["second_factor"]["address"].startswith("otpauth://totp/")
    assert told["second_factor"]["secret"] in told["second_factor"]["address"]
    assert set(told["api_key"]["scopes"]) == {scope.value for scope in Permission}
    program: Any = asking(house, told["api_key"]["secret"])
    assert program.get("/organisation").json == told["organisation"]
    assert answer.headers["Location"] == "/api/v1/organisation"
    venue = {"name": "Quai", "address": "3 quai Louis XVIII", "time_zone": "Europe/Paris", "region": "FR"}
    assert program.post("/venues", venue).status_code == 201
    assert program.post("/signing-keys").json["number"] == 2
    assert [row["name"] for row in program.get("/venues").json["items"]] == ["Quai"]


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"slug": "Entraide du Port"}, "unreadable-identity", {"slug"}),
        ({"slug": "-port"}, "unreadable-identity", {"slug"}),
        ({"siret": "8123456780002"}, "unreadable-identity", {"siret"}),
        ({"siret": "８１２３４５６７８０００２３"}, "unreadable-identity", {"siret"}),
        ({"region": "XX", "siret": "no", "time_zone": "Mars"}, "unreadable-identity", {"region", "siret", "time_zone"}),
        ({"time_zone": "Europe/Bordeaux"}, "zone-not-known", {"time_zone"}),
        ({"time_zone": "../../etc/passwd"}, "zone-not-known", {"time_zone"}),
        ({"time_zone": "localtime"}, "zone-not-known", {"time_zone"}),
        ({"phone": "bonjour"}, "unreadable-contact", {"phone"}),
        ({"email": "contact"}, "unreadable-contact", {"email"}),
        ({"manager": {**BODY["manager"], "email": "odile"}}, "unreadable-contact", {"manager.email"}),
        ({"manager": {**BODY["manager"], "password": "court"}}, "password-too-short", {"manager.password"}),
        ({"manager": {"name": "Odile"}}, "unreadable-request", {"manager.email", "manager.password"}),
        ({"plan": "gratuit"}, "unreadable-request", {"plan"}),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_is_made(
    sqlite_house: House, changes: dict[str, Any], code: str, fields: set[str]
) -> None:
    answer = found(sqlite_house, **changes)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert set(answer.json["fields"]) == fields
    with sqlite_house.database.reading(EVERY_ORGANISATION) as db:
        assert db.scalar(select(func.count(Organisation.id))) == 2


def test_a_slug_or_a_log_in_that_is_taken_is_a_conflict_and_all_is_undone(house: House) -> None:
    taken = found(house, slug=house.other.slug)
    assert (taken.status_code, taken.json["code"]) == (409, "slug-taken")
    known = found(house, manager={**BODY["manager"], "email": house.stranger.email})
    assert (known.status_code, known.json["code"]) == (409, "agent-exists")
    with house.database.reading(EVERY_ORGANISATION) as db:
        assert db.scalar(select(func.count(Organisation.id))) == 2
        assert db.scalar(select(func.count(SigningKey.id))) == 2
        assert db.scalar(select(func.count(ApiKey.id))) == 0


def test_founding_sent_twice_with_one_key_founds_once_and_shows_the_same_secrets(house: House) -> None:
    program = asking(house, OPERATOR_KEY)
    first, second = (program.post("/organisations", BODY, headers={"Idempotency-Key": "port"}) for _ in range(2))
    assert (first.status_code, second.data) == (201, first.data)
    with house.database.reading(EVERY_ORGANISATION) as db:
        assert db.scalar(select(func.count(Agent.id)).where(Agent.email == "odile@entraide.example")) == 1


def test_only_the_operators_key_founds_and_it_opens_nothing_else(sqlite_house: House) -> None:
    assert asking(sqlite_house, key(sqlite_house)).post("/organisations", BODY).status_code == 401
    assert asking(sqlite_house, OPERATOR_KEY).get("/organisation").status_code == 401
    assert asking(sqlite_house, OPERATOR_KEY).get("/venues").status_code == 401


def test_a_key_reads_its_own_organisation(sqlite_house: House) -> None:
    ours = asking(sqlite_house, key(sqlite_house, Permission.SCAN)).get("/organisation")
    theirs = asking(sqlite_house, key(sqlite_house, organisation_id=sqlite_house.other.id)).get("/organisation")
    assert (ours.json["slug"], theirs.json["slug"]) == (sqlite_house.organisation.slug, sqlite_house.other.slug)  # type: ignore[index]
