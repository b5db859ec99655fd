"""Nothing that a client sends decides how much time is taken, whose, or whose organisation's: each field is tried."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.models import Appointment, AppointmentStatus, AppointmentType, Engagement, Hold
from directory.models import Beneficiary
from foundation.database import EVERY_ORGANISATION
from foundation.ids import to_text
from foundation.web.api.document import described
from tests.api import asking
from tests.booking import diary
from tests.booking.diary import at
from tests.booking.reading import SLUG, WHO, slots_url
from tests.house import House
from tests.test_access import fingerprint
from tests.test_api_access import Ours, body_with, changed, operations, send

FORGED: dict[str, Any] = {
    "id": to_text(1),
    "organisation_id": to_text(1),
    "beneficiary_id": to_text(1),
    "engagement_id": to_text(1),
    "ends_at": "2026-04-14T23:00:00+02:00",
    "end_minute": 30_000_000,
    "duration_minutes": 1,
    "duration": 600,
    "pause_minutes": 0,
    "status": "booked",
    "sequence": 99,
    "is_override": True,
    "expires_at": "2027-01-01T00:00:00+01:00",
    "created_at": "2020-01-01T00:00:00+01:00",
    "cancelled_at": None,
}
FORGED_BY_A_FORM = {
    "duree": "600",
    "fin": "202604142300",
    "ends_at": "2026-04-14T23:00:00+02:00",
    "duration_minutes": "600",
    "pause_minutes": "0",
    "resource_id": to_text(1),
    "organisation_id": to_text(1),
    "beneficiary_id": to_text(1),
    "type_id": to_text(1),
    "statut": "seen",
    "status": "seen",
    "expires_at": "2027-01-01",
}


@pytest.fixture
def ours(sqlite_house: House) -> Ours:
    return Ours(sqlite_house)


def names_of(schema: dict[str, Any], shapes: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return names_of(shapes[schema["$ref"].rpartition("/")[2]], shapes)
    return set(schema.get("properties", {}))


def test_every_operation_refuses_each_field_that_is_not_the_clients_to_say(ours: Ours) -> None:
    shapes = described(ours.house.app)["components"]["schemas"]
    program = asking(ours.house, ours.key)
    tried = 0
    for operation, gate in operations(ours.house):
        body = body_with(ours, operation)
        if body is None or gate.security != "key":
            continue
        content = operation[2]["requestBody"]["content"]["application/json"]
        before = fingerprint(ours.house)
        for name in FORGED.keys() - names_of(content["schema"], shapes):
            answer = send(program, ours, operation, {**body, name: FORGED[name]})
            assert answer.status_code in {403, 422}, (operation[:2], name, answer.get_data(as_text=True))
            tried += 1
        assert not changed(before, fingerprint(ours.house)) - {"audit_entry"}, operation[:2]
    assert tried > 300, tried


def only(house: House, table: Any) -> Any:
    with house.database.reading(EVERY_ORGANISATION) as db:
        return db.scalars(select(table)).one()


def post(client: FlaskClient, path: str, **data: str) -> TestResponse:
    return client.post(path, data={**FORGED_BY_A_FORM, **data})


def test_a_booking_with_every_forged_field_is_as_long_and_as_much_ours_as_one_without(house: House) -> None:
    kind = diary.open_reason(house)
    client = house.client()
    button = f"202604140700.{to_text(house.venue.id)}"
    kept = post(client, f"{slots_url(kind)}/garder", modalite="on-site", creneau=button)
    held: Hold = only(house, Hold)
    assert held.ends_at - held.starts_at == timedelta(minutes=30)
    assert held.expires_at - held.created_at == timedelta(minutes=10)
    done = post(client, kept.location, **WHO)
    booked: Appointment = only(house, Appointment)
    assert (booked.starts_at, booked.ends_at) == (at(7), at(7, 30))
    assert (booked.organisation_id, booked.type_id) == (house.organisation.id, kind.id)
    assert (booked.resource_id, booked.status) == (house.agents[0].resource_id, AppointmentStatus.BOOKED)
    assert booked.beneficiary_id == only(house, Beneficiary).id
    (row,) = diary.engaged(house)
    assert row.end_minute - row.start_minute == 40, "the pause too"
    moved_to = f"202604140740.{to_text(house.venue.id)}"
    move = post(client, f"{done.location}/deplacer", creneau=moved_to)
    post(client, move.location)
    booked = only(house, Appointment)
    assert (booked.starts_at, booked.ends_at) == (at(7, 40), at(8, 10))
    post(client, f"{done.location}/annuler")
    assert only(house, Appointment).cancelled_by == "beneficiary"


def stranger_type(house: House) -> AppointmentType:
    """A reason of the other organisation."""
    row = AppointmentType(
        organisation_id=house.other.id, name="Ailleurs", duration_minutes=30, channels=["on-site", "phone"]
    )
    house.database.in_transaction(house.other.id, lambda db: db.add(row))
    return row


def test_each_field_of_the_button_is_looked_at_again(house: House) -> None:
    kind = diary.open_reason(house, channels=["on-site"], most_people=2)
    here, far = to_text(house.venue.id), to_text(house.far_venue.id)
    good = {"modalite": "on-site", "creneau": f"202604140700.{here}", "personnes": "1"}
    tampered = [
        {"creneau": f"202604140701.{here}"},
        {"creneau": f"202604140600.{here}"},
        {"creneau": f"202604150700.{here}"},
        {"creneau": f"202604140700.{far}"},
        {"creneau": "202604140700.-"},
        {"creneau": f"202604140700.{to_text(house.other.id)}"},
        {"modalite": "home"},
        {"modalite": "phone"},
        {"personnes": "0"},
        {"personnes": "3"},
        {"personnes": "-1"},
        {"personnes": "999999999999"},
        {"atelier": to_text(kind.id)},
    ]
    client = house.client()
    for changes in tampered:
        answer = client.post(f"{slots_url(kind)}/garder", data={**good, **changes})
        assert answer.status_code in {404, 409, 422}, changes
    theirs = stranger_type(house)
    for slug, row in ((SLUG, theirs), (house.other.slug, kind)):
        path = f"/o/{slug}/motif/{to_text(row.id)}/garder"
        assert client.post(path, data=good).status_code == 404
    with house.database.reading(EVERY_ORGANISATION) as db:
        assert db.scalars(select(Hold)).all() == []
        assert db.scalars(select(Engagement)).all() == []
    assert client.post(f"{slots_url(kind)}/garder", data=good).status_code == 303


def test_one_who_comes_alone_is_given_the_time_of_one_whatever_the_form_of_the_next_page_says(house: House) -> None:
    kind = diary.open_reason(house, most_people=3)
    client = house.client()
    button = f"202604140700.{to_text(house.venue.id)}"
    kept = client.post(f"{slots_url(kind)}/garder", data={"modalite": "on-site", "creneau": button})
    post(client, kept.location, **WHO, personnes="3")
    booked: Appointment = only(house, Appointment)
    assert (booked.people, booked.ends_at) == (1, at(7, 30))


def test_each_field_of_a_page_is_among_those_that_are_tampered_with(house: House) -> None:
    kind = diary.open_reason(house, most_people=2)
    client = house.client()
    pages = [client.get(slots_url(kind)), client.get(f"{slots_url(kind)}?personnes=2")]
    button = f"202604140700.{to_text(house.venue.id)}"
    kept = client.post(f"{slots_url(kind)}/garder", data={"modalite": "on-site", "creneau": button})
    pages.append(client.get(kept.location))
    ticket = client.post(kept.location, data=WHO).location
    pages += [client.get(f"{ticket}{page}") for page in ("", "/deplacer", "/annuler")]
    names = {name for page in pages for name in re.findall(r'<(?:input|button|select)[^>]* name="(\w+)"', page.text)}
    assert names <= {"creneau", "modalite", "personnes", "language", *WHO} | {"next", "lang", "langue"}, names
