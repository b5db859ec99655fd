"""Venues, and the rooms and vehicles in them, by program."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from directory.domain.permissions import Permission
from directory.models import Venue
from foundation import ids
from foundation.database import EVERY_ORGANISATION
from foundation.models import AuditEntry
from tests.api import Asking, asking, key
from tests.house import House

NEW = {"name": "Annexe", "address": "3 rue Neuve", "time_zone": "Europe/Paris", "region": "FR"}


def program(house: House, *scopes: Permission) -> Asking:
    return asking(house, key(house, *scopes))


def strange_venue(house: House) -> str:
    with house.database.reading(house.other.id) as db:
        return ids.to_text(db.scalars(select(Venue.id)).first() or 0)


def actions(house: House) -> list[tuple[str, dict[str, Any]]]:
    with house.database.reading(EVERY_ORGANISATION) as db:
        rows = db.scalars(select(AuditEntry).where(AuditEntry.at == house.now).order_by(AuditEntry.id))
        return [(row.action, row.details) for row in rows if row.action != "api-key-made"]


# -- venues -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"time_zone": "Europe/Bordeaux"}, "zone-not-known", "time_zone"),
        ({"region": "fr"}, "unreadable-identity", "region"),
        ({"region": "ZZ"}, "unreadable-identity", "region"),
    ],
)
def test_a_zone_and_a_country_must_exist_when_added_and_when_changed(
    sqlite_house: House, changes: dict[str, str], code: str, field: str
) -> None:
    asked = program(sqlite_house)
    added = asked.post("/venues", {**NEW, **changes})
    changed = asked.patch(f"/venues/{ids.to_text(sqlite_house.venue.id)}", changes)
    for answer in (added, changed):
        assert (answer.status_code, answer.json["code"], list(answer.json["fields"])) == (422, code, [field])  # type: ignore[index]


def test_a_venue_changes_in_part_and_the_trail_says_which_fields(house: House) -> None:
    asked, path = program(house), f"/venues/{ids.to_text(house.venue.id)}"
    answer = asked.patch(path, {"name": "Bordeaux Sud", "region": "FR", "directions": ""})
    assert (answer.status_code, answer.json["name"], answer.json["address"]) == (  # type: ignore[index]
        200,
        "Bordeaux Sud",
        house.venue.address,
    )
    assert asked.get(path).json == answer.json
    assert actions(house) == [("venue-changed", {"changed": "name"})]
    assert asked.patch(path, {}).json == answer.json
    assert len(actions(house)) == 1


def test_a_change_to_what_somebody_else_has_changed_meanwhile_is_refused(house: House) -> None:
    asked, path = program(house), f"/venues/{ids.to_text(house.venue.id)}"
    seen = asked.get(path).headers["ETag"]
    assert asked.patch(path, {"name": "Mine"}, headers={"If-Match": seen}).status_code == 200
    stale = asked.patch(path, {"name": "Theirs"}, headers={"If-Match": seen})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")  # type: ignore[index]
    assert asked.get(path).json["name"] == "Mine"  # type: ignore[index]
    several = f'"other", {asked.get(path).headers["ETag"]}'
    for matching in (several, "*"):
        assert asked.patch(path, {"directions": matching}, headers={"If-Match": matching}).status_code == 200
    for other in ('"other"', "", "W/" + asked.get(path).headers["ETag"]):
        assert asked.patch(path, {"name": "Theirs"}, headers={"If-Match": other}).status_code == 412


def test_changing_a_venue_takes_the_scope_and_a_venue_of_ones_own(sqlite_house: House) -> None:
    path = f"/venues/{ids.to_text(sqlite_house.venue.id)}"
    assert program(sqlite_house, Permission.MANAGE_MEETINGS).patch(path, {"name": "x"}).status_code == 403
    assert program(sqlite_house).patch(f"/venues/{strange_venue(sqlite_house)}", {"name": "x"}).status_code == 404
    assert program(sqlite_house).patch(path, {"name": None}).status_code == 422
    assert program(sqlite_house).patch(path, {"id": "1"}).status_code == 422


def test_the_document_says_which_reading_has_a_tag_and_which_change_heeds_it(sqlite_house: House) -> None:
    ways = asking(sqlite_house, None).get("/openapi.json").json["paths"]["/api/v1/venues/{venue_id}"]  # type: ignore[index]
    assert "ETag" in ways["get"]["responses"]["200"]["headers"]
    assert {one["name"] for one in ways["patch"]["parameters"]} >= {"If-Match", "Idempotency-Key"}


# -- resources --------------------------------------------------------------------------------------------------------


def test_rooms_and_vehicles_are_added_listed_and_retired(house: House) -> None:
    asked, venue_id = program(house), ids.to_text(house.venue.id)
    made = asked.post("/resources", {"kind": "vehicle", "name": "Kangoo", "venue_id": venue_id})
    assert made.status_code == 201, made.json
    car: Any = made.json
    assert made.headers["Location"] == f"/api/v1/resources/{car['id']}"
    assert asked.get("/resources?kind=vehicle").json == {"items": [car], "next": None}
    assert [one["name"] for one in asked.get("/resources?kind=room").json["items"]] == ["Salle Garonne"]  # type: ignore[index]
    assert len(asked.get("/resources").json["items"]) == 7  # type: ignore[index]
    retired = asked.post(f"/resources/{car['id']}/retirement")
    assert (retired.status_code, retired.json["retired_at"]) == (200, house.now.isoformat())  # type: ignore[index]
    assert asked.post(f"/resources/{car['id']}/retirement").json == retired.json
    assert asked.get(f"/resources/{car['id']}").json == retired.json
    assert [name for name, _ in actions(house)] == ["resource-added", "resource-retired"]


def test_an_agents_time_is_neither_added_nor_retired_by_itself(sqlite_house: House) -> None:
    asked, venue_id = program(sqlite_house), ids.to_text(sqlite_house.venue.id)
    added = asked.post("/resources", {"kind": "agent", "name": "Zoé", "venue_id": venue_id})
    assert (added.status_code, list(added.json["fields"])) == (422, ["kind"])  # type: ignore[index]
    time = ids.to_text(sqlite_house.agents[0].resource_id)
    retired = asked.post(f"/resources/{time}/retirement")
    assert (retired.status_code, retired.json["code"]) == (409, "agents-own-time")  # type: ignore[index]


def test_a_resource_stands_in_a_venue_of_ones_own(sqlite_house: House) -> None:
    asked, stranger = program(sqlite_house), strange_venue(sqlite_house)
    answer = asked.post("/resources", {"kind": "room", "name": "Salle", "venue_id": stranger})
    assert (answer.status_code, answer.json["code"]) == (404, "venue-not-found")  # type: ignore[index]
    assert asked.get(f"/resources/{ids.to_text(1)}").json["code"] == "resource-not-found"  # type: ignore[index]
    assert asked.post(f"/resources/{ids.to_text(1)}/retirement").status_code == 404
    assert asked.get("/resources?kind=bicycle").status_code == 422
    assert program(sqlite_house, Permission.BOOK).get("/resources").status_code == 403
