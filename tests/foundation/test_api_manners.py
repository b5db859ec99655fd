"""How the API behaves whatever it is asked: media types, methods, tags, pages, fields, languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from marshmallow import ValidationError

from directory.models import ResourceKind
from foundation import ids
from foundation.web.api.fields import (
    AskedNumber,
    Choice,
    Day,
    Flag,
    HouseSchema,
    Identifier,
    Instant,
    Text,
    WallClock,
    Whole,
)
from tests.api import Asking, asking, key
from tests.house import House

VENUE = {"name": "Annexe", "address": "3 rue Neuve", "time_zone": "Europe/Paris", "region": "FR"}


@pytest.fixture
def program(sqlite_house: House) -> Asking:
    return asking(sqlite_house, key(sqlite_house))


def code(answer: Any) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:paraphe:problem:{body['code']}"
    return answer.status_code, str(body["code"])


def test_another_method_is_told_which_there_are(program: Asking) -> None:
    answer = program.delete("/venues")
    assert code(answer) == (405, "http-405")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_another_media_type_is_refused_and_so_is_what_is_no_json(program: Asking) -> None:
    assert code(program.send("POST", "/venues", data="name=Annexe")) == (415, "http-415")
    for broken in ("{", "", "[1", '{"name": "\\ud800"}', '{"name": "\\u0000"}', "[" * 100_000):
        answer = program.send("POST", "/venues", data=broken, content_type="application/json")
        assert code(answer) == (400, "http-400"), broken[:20]


def test_a_body_that_is_too_large_is_refused(program: Asking) -> None:
    answer = program.send("POST", "/venues", data=b"x" * 1_000_001, content_type="application/json")
    assert code(answer) == (413, "http-413")


def test_an_address_that_is_not_there_is_a_problem_and_no_page(program: Asking) -> None:
    assert code(program.get("/nothing")) == (404, "http-404")
    assert code(program.get("/venues/no-identifier")) == (404, "http-404")
    assert code(program.get(f"/venues/{ids.to_text(1)}")) == (404, "venue-not-found")


def test_a_reading_has_a_tag_that_spares_the_second_one_until_something_changes(program: Asking) -> None:
    first = program.get("/venues")
    again = program.get("/venues", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    program.post("/venues", VENUE)
    assert program.get("/venues", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_pages_follow_each_other_and_miss_nothing_that_is_added_meanwhile(program: Asking) -> None:
    for number in range(3):
        program.post("/venues", {**VENUE, "name": f"Annexe {number}"})
    seen: list[str] = []
    after = ""
    while True:
        page = program.get(f"/venues?limit=2{after}").get_json()
        assert len(page["items"]) <= 2
        seen += [one["name"] for one in page["items"]]
        if page["next"] is None:
            break
        if not after:
            program.post("/venues", {**VENUE, "name": "Annexe du soir"})
        after = f"&after={page['next']}"
    assert seen == ["Bordeaux Saint-Michel", "Saint-Denis", "Annexe 0", "Annexe 1", "Annexe 2", "Annexe du soir"]


def test_what_is_asked_beyond_reason_or_is_not_known_is_named(program: Asking) -> None:
    for asked in ("limit=0", "limit=201", "limit=two", "limit=٣", "after=x", "nothing=1"):
        answer = program.get(f"/venues?{asked}")
        assert code(answer) == (422, "unreadable-request"), asked
        assert list(answer.get_json()["fields"]) == [asked.partition("=")[0]]


def test_every_faulty_field_is_named_with_its_sentence_in_the_language_asked(program: Asking) -> None:
    said = {}
    for language in ("en", "fr"):
        answer = program.post("/venues", {"name": "", "more": 1}, headers={"Accept-Language": language})
        assert code(answer) == (422, "unreadable-request")
        said[language] = answer.get_json()["fields"]
    assert set(said["en"]) == {"name", "address", "time_zone", "region", "more"}
    assert said["en"]["address"] == "This field is needed."
    assert said["fr"]["address"] == "Ce champ est nécessaire."


def test_a_cookie_opens_nothing_at_the_api(sqlite_house: House) -> None:
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.manager)
    assert client.get("/equipe/jour").status_code == 200
    assert code(client.get("/api/v1/venues")) == (401, "api-key-needed")


def test_a_page_of_another_site_cannot_have_a_browser_change_anything(program: Asking) -> None:
    answer = program.post("/venues", VENUE, headers={"Origin": "https://elsewhere.example"})
    assert code(answer) == (403, "cross-site")


class Everything(HouseSchema):
    """One field of each kind."""

    text = Text(longest=5)
    identifier = Identifier()
    instant = Instant()
    day = Day()
    hour = WallClock()
    whole = Whole(least=1, most=9)
    asked = AskedNumber(least=1, most=9)
    flag = Flag()
    kind = Choice(ResourceKind)


@pytest.mark.parametrize(
    ("field", "sent", "read"),
    [
        ("text", "  a\tb ", "a b"),
        ("identifier", ids.to_text(77), 77),
        ("instant", "2026-04-13T09:00:00+02:00", datetime(2026, 4, 13, 7, tzinfo=UTC)),
        ("instant", "2026-04-13t07:00:00.5z", datetime(2026, 4, 13, 7, 0, 0, 500_000, tzinfo=UTC)),
        ("day", "2026-04-13", date(2026, 4, 13)),
        ("hour", "09:30", 570),
        ("whole", 9, 9),
        ("asked", "9", 9),
        ("flag", False, False),
        ("kind", "room", ResourceKind.ROOM),
    ],
)
def test_what_is_written_as_it_should_be_is_read(field: str, sent: Any, read: Any) -> None:
    assert Everything().load({field: sent}) == {field: read}


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("text", 5),
        ("text", "   "),
        ("text", "abcdef"),
        ("text", None),
        ("identifier", "8" * 13),
        ("identifier", "0" * 12),
        ("identifier", 77),
        ("instant", "2026-04-13T09:00:00"),
        ("instant", "2026-04-13 09:00:00Z"),
        ("instant", "2026-04-13"),
        ("instant", "1999-12-31T23:59:59Z"),
        ("instant", "2200-01-01T00:00:00Z"),
        ("instant", "2026-02-30T00:00:00Z"),
        ("instant", "2026-04-13T09:00:60Z"),
        ("instant", 1_765_000_000),
        ("day", "2026-4-13"),
        ("day", "1999-12-31"),
        ("hour", "24:00"),
        ("hour", "9:30"),
        ("whole", True),
        ("whole", "5"),
        ("whole", 5.5),
        ("whole", 10),
        ("asked", "1e1"),
        ("asked", "+5"),
        ("flag", "true"),
        ("flag", 1),
        ("kind", "ROOM"),
        ("kind", 1),
        ("other", 1),
    ],
)
def test_what_only_looks_like_it_is_refused_by_a_wording_key(field: str, sent: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load({field: sent})
    (messages,) = refused.value.messages_dict.values()
    assert messages[0].startswith("api.field."), messages
