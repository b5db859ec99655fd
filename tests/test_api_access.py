"""Every operation of the API, found by itself: closed without a key, with a bad, a narrow or a stranger's one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import Attachment, Attendee, Correction, Facilitator, HalfDay, Meeting, Scan
from booking.models import (
    Appointment,
    AppointmentType,
    OpeningHours,
    TimeOff,
    WaitingEntry,
    Workshop,
    WorkshopSeries,
)
from booking.use_cases.take_time_off import take_time_off
from directory.api.gates import EverybodyGate, KeyGate, LinkGate, OperatorGate
from directory.domain.permissions import Permission
from directory.models import Agent, ApiKey, Badge, Beneficiary, Device, HolidayChoice, Resource, ResourceKind, Venue
from directory.use_cases.choose_holiday import choose_holiday
from directory.use_cases.revoke_api_key import revoke_api_key
from directory.use_cases.revoke_device import revoke_device
from foundation import ids
from foundation.models import Base
from foundation.web.access import gate_of
from foundation.web.api.document import described
from tests.api import EVERY_SCOPE, Asking, asking, device, key
from tests.booking import diary
from tests.house import OPERATOR_KEY, House
from tests.test_access import NAMES, World, fingerprint

OPEN_TO_EVERYONE = {"api.openapi", "api.reading"}
PROVEN_BY_THE_BODY = {f"/api/v1/device-{name}" for name in ("enrolments", "challenges", "sessions", "queues")}
"""What the body holds is signed by a device, or is its one-time token; a challenge is worth nothing to anybody else."""
TABLES: dict[str, type[Base]] = {
    "agent": Agent,
    "appointment": Appointment,
    "attachment": Attachment,
    "attendee": Attendee,
    "badge": Badge,
    "beneficiary": Beneficiary,
    "correction": Correction,
    "device": Device,
    "entry": Scan,
    "facilitator": Facilitator,
    "half_day": HalfDay,
    "holiday_choice": HolidayChoice,
    "hours": OpeningHours,
    "key": ApiKey,
    "meeting": Meeting,
    "resource": Resource,
    "time_off": TimeOff,
    "type": AppointmentType,
    "venue": Venue,
    "waiting_entry": WaitingEntry,
    "workshop": Workshop,
    "workshop_series": WorkshopSeries,
}
SHOWN_TO_SOMEBODY = {"/api/v1/scans", "/api/v1/statements"}
Operation = tuple[str, str, dict[str, Any]]
"""Method, path as it is described, description."""


class Ours(World):
    """Our organisation with one of everything that the API speaks of."""

    def __init__(self, house: House) -> None:
        """Add what pages do not have: a device, a key, an absence, a free slot."""
        super().__init__(house)
        house.database.in_transaction(
            house.organisation.id,
            take_time_off,
            house.system(),
            now=house.now,
            resource_id=house.agents[2].resource_id,
            starts_at=house.now + timedelta(days=40),
            ends_at=house.now + timedelta(days=41),
        )
        house.database.in_transaction(
            house.organisation.id,
            choose_holiday,
            house.system(),
            now=house.now,
            day=(house.now + timedelta(days=50)).date(),
            is_closed=True,
        )
        with house.database.reading(house.organisation.id) as db:
            types = select(AppointmentType.id).where(AppointmentType.is_workshop)
            workshop_type = db.scalars(types).one()
        self.workshop_type = ids.to_text(workshop_type)
        diary.series(house, workshop_type, weekday=4)
        with house.database.reading(house.organisation.id) as db:
            self.ids = {name: ids.to_text(self._one(db, table)) for name, table in TABLES.items()}

    def _one(self, db: Session, table: type[Base]) -> int:
        query = select(table.__table__.c.id)
        if table is Resource:
            query = query.where(Resource.kind == ResourceKind.AGENT)
        if table is AppointmentType:
            query = query.where(AppointmentType.is_workshop.is_(False))
        rows = db.execute(query.where(table.__table__.c.organisation_id == self.house.organisation.id))
        return int(rows.scalars().all()[-1])

    def value(self, name: str) -> str:
        """Return an id of ours by the name of a parameter: `venue_id`, `agent_resource_id`, `type_ids`."""
        if name == "token":
            return self.hold.token
        known = [table for table in TABLES if re.search(rf"(^|_){table}_ids?$", name)]
        assert known, f"say in TABLES what {name} is"
        return self.ids[max(known, key=len)]

    def address(self, operation: Operation) -> str:  # type: ignore[override]
        """Write the address of an operation with our ids."""
        _, path, _ = operation
        found = re.sub(r"\{(\w+)\}", lambda match: self.value(match.group(1)), path)
        return found.removeprefix("/api/v1")


@pytest.fixture
def ours(sqlite_house: House) -> Ours:
    return Ours(sqlite_house)


def operations(house: House) -> Iterator[tuple[Operation, Any]]:
    """Every operation with its gate, but for those whose body is the proof."""
    for operation, gate in every_operation(house):
        if not isinstance(gate, EverybodyGate):
            yield operation, gate


def every_operation(house: House) -> Iterator[tuple[Operation, Any]]:
    adapter = house.app.url_map.bind("")
    for path, ways in described(house.app)["paths"].items():
        for method, told in ways.items():
            if method in {"get", "post", "patch", "put", "delete"}:
                concrete = re.sub(r"\{\w+\}", ids.to_text(1), path)
                endpoint, _ = adapter.match(concrete, method=method.upper())
                yield (method.upper(), path, told), gate_of(house.app.view_functions[endpoint])


def send(program: Asking, ours: Ours, operation: Operation, body: Any = None) -> Any:
    method = operation[0]
    options = {} if method in {"GET", "DELETE"} else {"json": {} if body is None else body}
    return program.send(method, ours.address(operation), **options)


def test_every_route_of_the_api_has_a_gate_of_the_api(ours: Ours) -> None:
    for rule in ours.house.app.url_map.iter_rules():
        if rule.rule.startswith("/api/") and rule.endpoint not in OPEN_TO_EVERYONE:
            gate = gate_of(ours.house.app.view_functions[rule.endpoint])
            assert isinstance(gate, KeyGate | LinkGate | OperatorGate | EverybodyGate), rule.rule


def test_without_any_key_only_what_a_device_proves_by_its_body_is_open(ours: Ours) -> None:
    opened = {operation[1] for operation, gate in every_operation(ours.house) if isinstance(gate, EverybodyGate)}
    assert opened == PROVEN_BY_THE_BODY
    before = fingerprint(ours.house)
    for operation, gate in every_operation(ours.house):
        if isinstance(gate, EverybodyGate):
            answer = send(asking(ours.house, None), ours, operation, body_with(ours, operation))
            said = answer.get_data(as_text=True)
            assert answer.status_code < 500, (operation[:2], said)
            assert not [name for name in NAMES if name in said], operation[:2]
    assert fingerprint(ours.house) == before


def closed_to(ours: Ours, text: str | None) -> int:
    before, closed = fingerprint(ours.house), 0
    for operation, _ in operations(ours.house):
        answer = send(asking(ours.house, text), ours, operation)
        said = answer.get_data(as_text=True)
        assert answer.status_code == 401, (operation[:2], answer.status_code)
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
        assert not [name for name in NAMES if name in said], operation[:2]
        closed += 1
    assert fingerprint(ours.house) == before, "a closed door changes nothing"
    return closed


def test_without_a_key_every_operation_is_closed(ours: Ours) -> None:
    assert closed_to(ours, None) > 50


def test_with_an_invented_key_every_operation_is_closed(ours: Ours) -> None:
    closed_to(ours, "paraphe_" + "A" * 43)


def test_with_an_expired_key_every_operation_is_closed(ours: Ours) -> None:
    text = key(ours.house, expires_at=ours.house.now + timedelta(hours=1))
    ours.house.clock.advance(timedelta(hours=1))
    closed_to(ours, text)


def test_with_a_revoked_key_every_operation_is_closed(ours: Ours) -> None:
    house = ours.house
    text = key(house)
    with house.database.reading(house.organisation.id) as db:
        row = db.scalars(select(ApiKey).where(ApiKey.hint == text[-4:])).one()
    house.database.in_transaction(house.organisation.id, revoke_api_key, house.system(), now=house.now, key_id=row.id)
    closed_to(ours, text)


def test_with_the_key_of_a_revoked_device_every_operation_is_closed(ours: Ours) -> None:
    house = ours.house
    lost = device(house)
    text = key(house, Permission.SCAN, Permission.SEE_DAY, Permission.SEARCH_PEOPLE, device=lost)
    house.database.in_transaction(
        house.organisation.id, revoke_device, house.system(), now=house.now, device_id=lost.id
    )
    closed_to(ours, text)


def test_a_key_opens_nothing_that_is_a_persons_or_the_operators(ours: Ours) -> None:
    found = 0
    for operation, gate in operations(ours.house):
        if not isinstance(gate, KeyGate):
            assert send(asking(ours.house, ours.key), ours, operation).status_code == 401, operation[:2]
            found += 1
    assert found >= 5


@pytest.mark.parametrize("prefix", ["/rdv/", "/signer/", "/contresigner/", "/salle/"])
def test_a_personal_link_opens_what_it_is_for_and_nothing_else(ours: Ours, prefix: str) -> None:
    purposes = {"/rdv/": "appointment", "/signer/": "sign", "/contresigner/": "countersign", "/salle/": "display"}
    purpose = purposes[prefix]
    before = fingerprint(ours.house)
    for operation, gate in operations(ours.house):
        answer = send(asking(ours.house, ours.tokens[prefix]), ours, operation)
        if isinstance(gate, LinkGate) and gate.purpose == purpose:
            assert answer.status_code in {200, 422}, (operation[:2], answer.status_code)
        else:
            assert answer.status_code == 401, (operation[:2], answer.status_code)
    assert fingerprint(ours.house) == before


def test_the_operators_key_makes_organisations_and_sees_inside_none(ours: Ours) -> None:
    opened = [
        operation[:2]
        for operation, _ in operations(ours.house)
        if send(asking(ours.house, OPERATOR_KEY), ours, operation).status_code != 401
    ]
    assert opened == [("POST", "/api/v1/organisations")]


def test_where_the_operator_has_set_no_key_nobody_makes_organisations(ours: Ours) -> None:
    for shown in ("", "None"):
        assert asking(ours.house, shown).post("/organisations").status_code == 401


def test_a_key_without_the_scope_is_told_so_before_its_body_is_looked_at(ours: Ours) -> None:
    before, closed = fingerprint(ours.house), 0
    for operation, gate in operations(ours.house):
        if not isinstance(gate, KeyGate) or gate.scope is None:
            continue
        narrow = key(ours.house, *(scope for scope in EVERY_SCOPE if scope is not gate.scope))
        before = fingerprint(ours.house)
        answer = send(asking(ours.house, narrow), ours, operation)
        assert (answer.status_code, answer.get_json()["code"]) == (403, "not-allowed"), operation[:2]
        assert fingerprint(ours.house) == before
        closed += 1
    assert closed > 35


def test_with_its_scope_alone_a_key_gets_past_the_gate(ours: Ours) -> None:
    for operation, gate in operations(ours.house):
        if isinstance(gate, KeyGate) and gate.scope is not None and operation[0] == "GET":
            answer = send(asking(ours.house, key(ours.house, gate.scope)), ours, operation)
            assert answer.status_code in {200, 404, 422}, (operation[:2], answer.status_code)


def test_another_organisations_key_finds_none_of_our_things_by_their_address(ours: Ours) -> None:
    stranger = asking(ours.house, key(ours.house, organisation_id=ours.house.other.id))
    before, closed = fingerprint(ours.house), 0
    for operation, gate in operations(ours.house):
        if not isinstance(gate, KeyGate) or "{" not in operation[1]:
            continue
        answer = send(stranger, ours, operation, body_with(ours, operation))
        assert answer.status_code == 404, (operation[:2], answer.status_code, answer.get_data(as_text=True))
        closed += 1
    assert closed > 20
    assert fingerprint(ours.house) == before


def bodies(ours: Ours) -> Iterator[tuple[Operation, Any]]:
    """Every operation whose body names something of ours, with such a body."""
    for operation, gate in operations(ours.house):
        body = body_with(ours, operation)
        if isinstance(gate, KeyGate) and "{" not in operation[1] and names_something(ours, body):
            yield operation, body


def test_another_organisations_key_can_name_none_of_our_things_in_a_body(ours: Ours) -> None:
    house = ours.house
    stranger = asking(house, key(house, organisation_id=house.other.id))
    refused = []
    for operation, body in bodies(ours):
        before = fingerprint(house)
        answer = send(stranger, ours, operation, body)
        said = answer.get_data(as_text=True)
        assert not [name for name in NAMES if name in said], operation[:2]
        if operation[1] == "/api/v1/expected/search":
            assert answer.get_json() == {"people": []}
        else:
            # These are refused before anything is looked for: a program of the organisation is nobody's eyes.
            code = "witness-needed" if operation[1] in SHOWN_TO_SOMEBODY else "not-found"
            assert code in answer.get_json()["code"], (operation[:2], said)
        assert changed(before, fingerprint(house)) <= {"audit_entry"}, operation[:2]
        refused.append(operation[1])
    assert len(refused) > 12, refused


def test_control_with_our_own_key_the_same_bodies_find_what_they_name(ours: Ours) -> None:
    for operation, body in bodies(ours):
        answer = send(asking(ours.house, ours.key), ours, operation, body)
        assert "not-found" not in answer.get_json().get("code", ""), (operation[:2], answer.get_data(as_text=True))
        assert answer.status_code < 500


def test_what_lists_shows_a_stranger_nothing_of_ours(ours: Ours) -> None:
    stranger = asking(ours.house, key(ours.house, organisation_id=ours.house.other.id))
    for operation, gate in operations(ours.house):
        if isinstance(gate, KeyGate) and operation[0] == "GET" and "{" not in operation[1]:
            said = send(stranger, ours, operation).get_data(as_text=True)
            assert not [identifier for identifier in ours.ids.values() if identifier in said], operation[1]
            # Both houses have a Nadia, who stands in the stranger's own lists.
            assert not [name for name in NAMES if name in said and name != "Nadia"], operation[1]


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {table for table in before if before[table] != after[table]}


def names_something(ours: Ours, body: Any) -> bool:
    """Say whether a body names something of ours."""
    return any(identifier in str(body) for identifier in [*ours.ids.values(), ours.hold.token])


def body_with(ours: Ours, operation: Operation) -> Any:
    """Return a body that the document allows, with our ids in it; None where there is no body."""
    content = operation[2].get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    body = filled(ours, content["schema"], "", described(ours.house.app)["components"]["schemas"])
    if operation[1] == "/api/v1/statements":
        return {name: body[name] for name in ("attendee_id", "half_day_id", "kind", "reason")}
    if operation[1] in {"/api/v1/workshops", "/api/v1/workshop-series"}:
        return body | {"type_id": ours.workshop_type}
    return body


def filled(ours: Ours, schema: dict[str, Any], name: str, shapes: dict[str, Any]) -> Any:
    """Return a value of this schema: what its example says, our ids, and the least of everything else."""
    if "$ref" in schema:
        return filled(ours, shapes[schema["$ref"].rpartition("/")[2]], name, shapes)
    if "anyOf" in schema or "allOf" in schema:
        return filled(ours, (schema.get("anyOf") or schema["allOf"])[0], name, shapes)
    kinds = schema.get("type")
    kind = next((one for one in (kinds if isinstance(kinds, list) else [kinds]) if one != "null"), None)
    if kind == "object":
        return {
            field: filled(ours, inner, f"{name}_id" if field == "id" else field, shapes)
            for field, inner in schema.get("properties", {}).items()
            if field in schema.get("required", []) or field.endswith(("_id", "_ids"))
        }
    if kind == "array":
        return [filled(ours, schema["items"], name, shapes)]
    if str(schema.get("pattern", "")).startswith("^[0-7][0-9a-h"):
        return ours.ids["venue"] if name == "target_id" else ours.value(name)
    return plain(ours, schema, kind, name)


def plain(ours: Ours, schema: dict[str, Any], kind: str | None, name: str) -> Any:
    hours = {"closes_at": "12:00", "ends_at": diary.at(10).isoformat()}
    if name == "scopes":
        return Permission.SCAN.value
    if "enum" in schema or "example" in schema:
        return schema.get("enum", [schema.get("example")])[0]
    if kind in {"integer", "boolean"}:
        return schema.get("minimum", 1) if kind == "integer" else False
    if schema.get("format") in {"date-time", "date"}:
        return hours.get(name, diary.at(9).isoformat()) if "time" in schema["format"] else "2026-04-14"
    if "[01][0-9]" in str(schema.get("pattern", "")):
        return hours.get(name, "09:00")
    return ours.hold.token if name in {"hold", "token"} else "x" * max(3, schema.get("minLength", 1))
