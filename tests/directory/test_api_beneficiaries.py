"""People and their badges by program."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory.domain.permissions import Permission
from directory.models import SigningKey
from foundation import ids
from foundation.badges import read_badge, verify_badge
from foundation.database import EVERY_ORGANISATION
from foundation.models import AuditEntry
from tests.api import Asking, asking, device, key
from tests.house import House

ZOE = {"first_name": "Zoé", "last_name": "Martin", "phone": "06 39 98 00 01", "email": None}


def program(house: House, *scopes: Permission) -> Asking:
    return asking(house, key(house, *scopes))


def register(asked: Asking, **changes: Any) -> Any:
    answer = asked.post("/beneficiaries", {**ZOE, **changes})
    assert answer.status_code == 201, answer.json
    return answer.json


# -- people -----------------------------------------------------------------------------------------------------------


def test_a_person_is_written_down_once_and_found_again_by_name_and_contact(house: House) -> None:
    asked = program(house)
    first = register(asked)
    assert first.items() >= {"phone": "+33639980001", "email": None, "language": "fr"}.items()
    again = register(asked, first_name="zoe", last_name="MARTIN", email="Zoe@Courriel.example", language="en")
    assert (again["id"], again["email"]) == (first["id"], "zoe@courriel.example")
    assert register(asked, first_name="Paul")["id"] != first["id"]
    assert asked.get(f"/beneficiaries/{first['id']}").json == again


def test_a_person_may_have_neither_telephone_nor_mail(sqlite_house: House) -> None:
    asked = program(sqlite_house)
    assert register(asked, phone=None)["id"] != register(asked, phone=None)["id"]


def test_a_contact_that_cannot_be_read_is_said_beside_its_field(sqlite_house: House) -> None:
    asked = program(sqlite_house)
    for name, text in (("phone", "12"), ("email", "zoe@")):
        answer = asked.post("/beneficiaries", {**ZOE, name: text})
        assert (answer.status_code, list(answer.json["fields"])) == (422, [name])  # type: ignore[index]
    assert asked.post("/beneficiaries", {**ZOE, "language": "de"}).status_code == 422
    assert program(sqlite_house, Permission.SEARCH_PEOPLE).post("/beneficiaries", ZOE).status_code == 403


def test_another_organisation_does_not_see_the_person(sqlite_house: House) -> None:
    ours = register(program(sqlite_house))
    theirs = asking(sqlite_house, key(sqlite_house, organisation_id=sqlite_house.other.id))
    assert theirs.get(f"/beneficiaries/{ours['id']}").status_code == 404
    assert theirs.post(f"/beneficiaries/{ours['id']}/badges", {"until": "2026-05-01T00:00:00Z"}).status_code == 404
    assert theirs.post("/beneficiaries/search", {"query": "martin"}).json == {"items": []}


def test_a_search_shows_names_alone_and_is_kept_without_the_name(house: House) -> None:
    person = register(program(house))
    searching = program(house, Permission.SEARCH_PEOPLE)
    found = searching.post("/beneficiaries/search", {"query": "  mart ZOE"})
    assert found.json == {"items": [{name: person[name] for name in ("id", "first_name", "last_name")}]}
    short = searching.post("/beneficiaries/search", {"query": "zo"})
    assert (short.status_code, short.json["code"]) == (422, "query-too-short")  # type: ignore[index]
    assert searching.get(f"/beneficiaries/{person['id']}").status_code == 403
    with house.database.reading(EVERY_ORGANISATION) as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "people.searched")).one()
    assert (entry.actor_kind, entry.details) == ("program", {"found": 1})


def test_the_address_of_the_search_is_nobodys_address(sqlite_house: House) -> None:
    answer = program(sqlite_house).get("/beneficiaries/search")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})


def test_a_search_gives_ten_people_at_most(sqlite_house: House) -> None:
    asked = program(sqlite_house)
    for number in range(12):
        register(asked, first_name=f"Zoé {number}", phone=None)
    assert len(asked.post("/beneficiaries/search", {"query": "martin"}).json["items"]) == 10  # type: ignore[index]


# -- badges -----------------------------------------------------------------------------------------------------------


def give(asked: Asking, house: House, person: str, days: int = 30) -> Any:
    until = (house.now + timedelta(days=days)).isoformat()
    answer = asked.post(f"/beneficiaries/{person}/badges", {"until": until})
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_badge_is_good_until_then_and_is_the_same_while_it_lasts(house: House) -> None:
    asked = program(house)
    person = register(asked)["id"]
    badge = give(asked, house, person)
    payload, signed = read_badge(badge["text"])
    published: Any = asked.get("/signing-keys").json
    (public,) = [one for one in published["items"] if one["number"] == badge["key_number"]]
    assert public["algorithm"] == "Ed25519"
    verify_badge(signed, public_key=base64.b64decode(public["public_key"]))
    assert payload.expires_at.isoformat() == badge["expires_at"]
    assert payload.expires_at >= house.now + timedelta(days=30)
    assert give(asked, house, person, days=20) == badge
    assert give(asked, house, person, days=60)["id"] != badge["id"]
    assert asked.get(f"/badges/{badge['id']}").json == badge


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2026-04-13T07:00:00Z", "ends-in-the-past"),
        ("2000-01-01T00:00:00Z", "ends-in-the-past"),
        ("2199-12-31T23:59:59Z", "ends-too-late"),
        ("2026-05-01T00:00:00", "unreadable-request"),
    ],
)
def test_a_badge_ends_in_the_two_years_to_come(sqlite_house: House, until: str, code: str) -> None:
    asked = program(sqlite_house)
    answer = asked.post(f"/beneficiaries/{register(asked)['id']}/badges", {"until": until})
    assert (answer.status_code, answer.json["code"], list(answer.json["fields"])) == (422, code, ["until"])  # type: ignore[index]


def test_the_picture_is_drawn_for_whoever_may_see_the_badge(sqlite_house: House) -> None:
    asked = program(sqlite_house)
    badge = give(asked, sqlite_house, register(asked)["id"])
    picture = asked.get(f"/badges/{badge['id']}/picture")
    assert (picture.status_code, picture.mimetype, picture.data[:4]) == (200, "image/png", b"\x89PNG")
    narrow = program(sqlite_house, Permission.SCAN)
    assert narrow.get(f"/badges/{badge['id']}/picture").status_code == 403
    assert narrow.get(f"/badges/{badge['id']}").status_code == 403


def test_a_scanner_revokes_a_lost_badge_and_is_not_told_what_it_said(house: House) -> None:
    asked = program(house)
    person = register(asked)["id"]
    badge = give(asked, house, person)
    scanner = asking(house, key(house, Permission.SCAN, device=device(house)))
    revoked = scanner.post(f"/badges/{badge['id']}/revocation")
    assert (revoked.status_code, revoked.json["revoked_at"]) == (200, house.now.isoformat())  # type: ignore[index]
    assert "text" not in revoked.json  # type: ignore[operator]
    assert scanner.post(f"/badges/{badge['id']}/revocation").json == revoked.json
    assert give(asked, house, person, days=10)["id"] != badge["id"]
    missing = asked.post(f"/badges/{ids.to_text(1)}/revocation")
    assert (missing.status_code, missing.json["code"]) == (404, "badge-not-found")  # type: ignore[index]


# -- signing keys -----------------------------------------------------------------------------------------------------


def test_a_new_key_signs_from_now_on_and_the_old_one_is_still_published(house: House) -> None:
    asked = program(house)
    person = register(asked)["id"]
    old = give(asked, house, person)
    made = asked.post("/signing-keys")
    assert (made.status_code, made.json["number"]) == (201, 2)  # type: ignore[index]
    new = give(asked, house, person, days=90)
    assert (old["key_number"], new["key_number"]) == (1, 2)
    listed: Any = program(house, Permission.SCAN).get("/signing-keys").json
    assert [one["number"] for one in listed["items"]] == [1, 2]
    assert "private" not in str(listed)
    assert program(house, Permission.SCAN).post("/signing-keys").status_code == 403


def test_there_are_255_signing_keys_and_no_more(house: House) -> None:
    def skip(db: Session) -> None:
        db.execute(update(SigningKey).values(number=255))

    house.database.in_transaction(house.organisation.id, skip)
    answer = program(house).post("/signing-keys")
    assert (answer.status_code, answer.json["code"]) == (409, "no-signing-key-left")  # type: ignore[index]
