"""What is measured: for each row, what is asked, and what must be answered. Answers are checked, never only counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from uuid import uuid4

from benchmarks.exchange import Operation, Request, Start
from benchmarks.seeding.people import who
from benchmarks.world import SLUG, World
from foundation.clock import SystemClock


@dataclass(frozen=True)
class Row:
    """One kind of operation; `operations` hands out fresh ones, until what they use up is used up."""

    name: str
    control: str
    operations: Callable[[World], Iterator[Start]]


def _read_control(world: World) -> Iterator[Start]:
    return (_control("GET", person, b'"read"') for person in cycle(world.people))


def _write_control(world: World) -> Iterator[Start]:
    return (_control("POST", person, b'"written"') for person in cycle(world.people))


def _control(method: str, person: str, expected: bytes) -> Start:
    def control(_number: int) -> Operation:
        answer = yield Request(method, f"/control/{person}")
        answer.must(200, expected)

    return control


def _first_scans(world: World) -> Iterator[Start]:
    return (_scan(world, badge, half_day, b'"verdict":"signed"') for badge, half_day in world.unsigned())


def _second_scans(world: World) -> Iterator[Start]:
    seen = cycle(world.signed_already())
    return (_scan(world, badge, half_day, b'"verdict":"already-signed"') for badge, half_day in seen)


def _scan(world: World, badge: str, half_day: str, expected: bytes) -> Start:
    def scan(number: int) -> Operation:
        body = {
            "key": str(uuid4()),
            "badge": badge,
            "target": {"kind": "half-day", "id": half_day},
            "kind": "arrival",
            "observed_at": _written(SystemClock().now()),
        }
        key = world.device_keys[number % len(world.device_keys)]
        answer = yield Request("POST", "/api/v1/scans", key, json.dumps(body))
        answer.must(200, expected)

    return scan


def _week_searches(world: World) -> Iterator[Start]:
    since = datetime.combine(world.monday, datetime.min.time(), UTC)
    week = f"since={_written(since)}&until={_written(since + timedelta(days=7))}"
    path = f"/api/v1/slots?type_id={world.type_id}&channel=on-site&{week}"

    def search(_number: int) -> Operation:
        answer = yield Request("GET", path, world.site_key)
        answer.must(200, b'"items":[{')
        answer.must(200, f'"starts_at":"{world.monday}T'.encode())

    return cycle([search])


def _week_pages(world: World) -> Iterator[Start]:
    path = f"/o/{SLUG}/motif/{world.type_id}?modalite=on-site&semaine={world.monday}"

    def look(_number: int) -> Operation:
        answer = yield Request("GET", path)
        answer.must(200, f'name="creneau" value="{world.monday:%Y%m%d}'.encode())

    return cycle([look])


def _bookings(world: World) -> Iterator[Start]:
    return (_booking(world, starts_at, venue, turn) for turn, (starts_at, venue) in enumerate(world.free))


def _booking(world: World, starts_at: datetime, venue: str, turn: int) -> Start:
    def book(number: int) -> Operation:
        wanted = {
            "type_id": world.type_id,
            "venue_id": venue,
            "channel": "on-site",
            "starts_at": _written(starts_at),
            "client": f"browser {number}",
        }
        held = yield Request("POST", "/api/v1/holds", world.site_key, json.dumps(wanted))
        held.must(201, b'"token":"')
        confirmed = {"hold": json.loads(held.text)["token"], "person": who(turn)}
        booked = yield Request("POST", "/api/v1/appointments", world.site_key, json.dumps(confirmed))
        booked.must(201, b'"status":"booked"')

    return book


def _written(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


READ = Row("control-read", "", _read_control)
WRITE = Row("control-write", "", _write_control)
CONTROLS = {row.name: row for row in (READ, WRITE)}
ROWS = {
    row.name: row
    for row in (
        Row("first-scan", WRITE.name, _first_scans),
        Row("second-scan", WRITE.name, _second_scans),
        Row("week-search", READ.name, _week_searches),
        Row("week-page", READ.name, _week_pages),
        Row("booking", WRITE.name, _bookings),
    )
}
