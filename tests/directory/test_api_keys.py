"""Keys and devices: who may give what, how long it lasts, and what ends it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from directory.domain.permissions import Permission
from directory.models import ApiKey
from foundation import ids
from foundation.database import EVERY_ORGANISATION
from foundation.models import AuditEntry
from tests.api import EVERY_SCOPE, Asking, asking, device, key
from tests.house import PASSWORD, House

YEAR = timedelta(days=365)
DOOR = (Permission.SCAN, Permission.SEARCH_PEOPLE, Permission.SEE_DAY)


def program(house: House, *scopes: Permission) -> Asking:
    return asking(house, key(house, *scopes))


def make(asked: Asking, **changes: Any) -> Any:
    return asked.post("/api-keys", {"name": "Site", "scopes": ["book"], **changes})


# -- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_its_hash_alone_is_kept(house: House) -> None:
    asked = program(house)
    made = make(asked, scopes=["see-day", "book", "book"])
    assert made.status_code == 201, made.json
    shown = dict(made.json)
    secret = shown.pop("secret")
    assert (shown["scopes"], shown["hint"], shown["device_id"]) == (["book", "see-day"], secret[-4:], None)
    assert asked.get(f"/api-keys/{shown['id']}").json == shown
    assert asked.get("/api-keys").json["items"][-1] == shown  # type: ignore[index]
    assert asking(house, secret).get("/venues").status_code == 200
    with house.database.reading(EVERY_ORGANISATION) as db:
        row = db.scalars(select(ApiKey).where(ApiKey.hint == secret[-4:])).one()
        kept = " ".join(str(value) for value in vars(row).values())
        trail = db.scalars(select(AuditEntry.details).where(AuditEntry.action == "api-key-made")).all()
    assert row.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in kept
    assert {"scopes": "book see-day"} in trail


@pytest.mark.parametrize(
    ("asked_for", "given"),
    [(None, YEAR), (timedelta(days=3), timedelta(days=3)), (3 * YEAR, 2 * YEAR), (timedelta(days=60000), 2 * YEAR)],
)
def test_a_key_lasts_a_year_unless_said_and_two_at_most(
    sqlite_house: House, asked_for: timedelta | None, given: timedelta
) -> None:
    ends = None if asked_for is None else (sqlite_house.now + asked_for).isoformat()
    made = make(program(sqlite_house), expires_at=ends)
    assert made.json["expires_at"] == (sqlite_house.now + given).isoformat()


def test_a_key_opens_nothing_from_its_end_on(house: House) -> None:
    made = make(program(house), expires_at=(house.now + timedelta(hours=1)).isoformat())
    asked = asking(house, made.json["secret"])
    house.clock.advance(timedelta(minutes=59, seconds=59))
    assert asked.get("/venues").status_code == 200
    house.clock.advance(timedelta(seconds=1))
    assert asked.get("/venues").status_code == 401


def test_a_key_does_not_end_before_it_begins(sqlite_house: House) -> None:
    for ends in (sqlite_house.now, sqlite_house.now - YEAR):
        answer = make(program(sqlite_house), expires_at=ends.isoformat())
        assert (answer.status_code, answer.json["code"], list(answer.json["fields"])) == (
            422,
            "ends-in-the-past",
            ["expires_at"],
        )


def test_a_key_gives_no_more_than_it_has(sqlite_house: House) -> None:
    narrow = program(sqlite_house, Permission.ADMINISTER, Permission.BOOK)
    assert make(narrow).status_code == 201
    wide = make(narrow, scopes=["book", "see-day"])
    assert (wide.status_code, wide.json["code"]) == (403, "scopes-too-wide")
    assert make(program(sqlite_house, Permission.BOOK)).status_code == 403
    assert make(narrow, scopes=["rule"]).status_code == 422


def test_a_narrow_key_takes_nobody_on_who_may_do_more(sqlite_house: House) -> None:
    # Whoever adds an agent is told their password and second factor, and could log in with them.
    newcomer = {"name": "Somebody", "email": "somebody@maison.example", "password": PASSWORD}
    narrow = program(sqlite_house, *(set(Permission) - {Permission.SCAN}))
    for role in ("agent", "manager"):
        refused = narrow.post("/agents", {**newcomer, "role": role})
        assert (refused.status_code, refused.json["code"]) == (403, "scopes-too-wide")  # type: ignore[index]
    assert program(sqlite_house).post("/agents", {**newcomer, "role": "manager"}).status_code == 201


def test_a_key_without_scopes_reads_what_any_key_may(sqlite_house: House) -> None:
    asked = asking(sqlite_house, make(program(sqlite_house), scopes=[]).json["secret"])
    assert asked.get("/venues").status_code == 200
    assert asked.get("/resources").status_code == 403


def test_a_key_revokes_others_and_never_itself(house: House) -> None:
    asked = program(house)
    other = make(asked).json
    mine = next(one for one in asked.get("/api-keys").json["items"] if one["id"] != other["id"])  # type: ignore[index]
    refused = asked.post(f"/api-keys/{mine['id']}/revocation")
    assert (refused.status_code, refused.json["code"]) == (409, "own-api-key")  # type: ignore[index]
    revoked = asked.post(f"/api-keys/{other['id']}/revocation")
    assert (revoked.status_code, revoked.json["revoked_at"]) == (200, house.now.isoformat())  # type: ignore[index]
    assert "secret" not in revoked.json  # type: ignore[operator]
    assert asking(house, other["secret"]).get("/venues").status_code == 401
    house.clock.advance(timedelta(seconds=30))
    assert asked.post(f"/api-keys/{other['id']}/revocation").json == revoked.json


def test_another_organisations_key_is_not_found(sqlite_house: House) -> None:
    theirs = make(asking(sqlite_house, key(sqlite_house, organisation_id=sqlite_house.other.id))).json
    ours = program(sqlite_house)
    for answer in (ours.get(f"/api-keys/{theirs['id']}"), ours.post(f"/api-keys/{theirs['id']}/revocation")):
        assert (answer.status_code, answer.json["code"]) == (404, "api-key-not-found")  # type: ignore[index]
    assert theirs["id"] not in ours.get("/api-keys").get_data(as_text=True)
    assert asking(sqlite_house, theirs["secret"]).get("/venues").status_code == 200


def test_last_use_moves_at_most_once_a_minute(house: House) -> None:
    asked = program(house)
    made = make(asked).json
    used = asking(house, made["secret"])

    def last_use() -> str | None:
        return asked.get(f"/api-keys/{made['id']}").json["last_used_at"]  # type: ignore[index,no-any-return]

    assert last_use() is None
    used.get("/venues")
    first = house.now
    assert last_use() == first.isoformat()
    house.clock.advance(timedelta(seconds=59))
    used.get("/venues")
    assert last_use() == first.isoformat()
    house.clock.advance(timedelta(seconds=1))
    used.get("/venues")
    assert last_use() == house.now.isoformat()


# -- devices ----------------------------------------------------------------------------------------------------------


def enrol(asked: Asking, house: House, agent_id: int | None = None) -> Any:
    answerable = ids.to_text(agent_id or house.agents[0].id)
    return asked.post("/devices", {"name": "Tablette", "agent_id": answerable})


def test_a_device_is_enrolled_given_a_key_and_revoked_with_it(house: House) -> None:
    asked = program(house)
    made = enrol(asked, house)
    assert made.status_code == 201, made.json
    path = f"/devices/{made.json['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    assert asked.get(path).json == made.json
    assert asked.get("/devices").json == {"items": [made.json], "next": None}
    given = [make(asked, scopes=["see-day"], device_id=made.json["id"]).json for _ in range(2)]
    assert {one["device_id"] for one in given} == {made.json["id"]}
    scanners = [asking(house, one["secret"]) for one in given]
    assert [one.get("/resources").status_code for one in scanners] == [200, 200]
    revoked = asked.post(f"{path}/revocation")
    assert (revoked.status_code, revoked.json["revoked_at"]) == (200, house.now.isoformat())  # type: ignore[index]
    assert [one.get("/resources").status_code for one in scanners] == [401, 401]
    assert asked.post(f"{path}/revocation").json == revoked.json
    late = make(asked, scopes=["see-day"], device_id=made.json["id"])
    assert (late.status_code, late.json["code"]) == (404, "device-not-found")


def test_the_keys_of_a_device_open_nothing_once_its_agent_has_left(house: House) -> None:
    asked = program(house)
    scanner = asking(house, key(house, *DOOR, device=device(house)))
    assert scanner.get("/resources").status_code == 200
    asked.post(f"/agents/{ids.to_text(house.agents[0].id)}/retirement")
    assert scanner.get("/resources").status_code == 401


def test_a_device_whose_agent_has_left_is_given_no_key_that_would_open_nothing(house: House) -> None:
    asked, entrusted = program(house), device(house)
    asked.post(f"/agents/{ids.to_text(house.agents[0].id)}/retirement")
    late = make(asked, scopes=["scan"], device_id=ids.to_text(entrusted.id))
    assert (late.status_code, late.json["code"]) == (404, "agent-not-found")
    client = house.client()
    house.log_in(client, house.manager)
    assert f'value="{ids.to_text(entrusted.id)}"' not in client.get("/equipe/cles").get_data(as_text=True)


def test_a_device_is_given_the_scopes_of_a_door_alone(sqlite_house: House) -> None:
    asked = program(sqlite_house)
    device_id = enrol(asked, sqlite_house).json["id"]
    for scope in EVERY_SCOPE:
        answer = make(asked, scopes=[scope.value], device_id=device_id)
        assert answer.status_code == (201 if scope in DOOR else 403), scope
    assert make(asked, scopes=[], device_id=ids.to_text(1)).status_code == 404


def test_a_device_needs_an_agent_of_ours_who_is_at_work(sqlite_house: House) -> None:
    asked = program(sqlite_house)
    stranger = enrol(asked, sqlite_house, sqlite_house.stranger.id)
    assert (stranger.status_code, stranger.json["code"]) == (404, "agent-not-found")
    asked.post(f"/agents/{ids.to_text(sqlite_house.agents[0].id)}/retirement")
    assert enrol(asked, sqlite_house).status_code == 404
    assert asked.get(f"/devices/{ids.to_text(1)}").json["code"] == "device-not-found"  # type: ignore[index]
    assert enrol(program(sqlite_house, Permission.SCAN), sqlite_house).status_code == 403


def test_a_device_of_another_organisation_is_given_no_key_of_ours(sqlite_house: House) -> None:
    theirs = device(sqlite_house)
    other = asking(sqlite_house, key(sqlite_house, organisation_id=sqlite_house.other.id))
    answer = make(other, scopes=["scan"], device_id=ids.to_text(theirs.id))
    assert (answer.status_code, answer.json["code"]) == (404, "device-not-found")
    assert other.post(f"/devices/{ids.to_text(theirs.id)}/revocation").status_code == 404
