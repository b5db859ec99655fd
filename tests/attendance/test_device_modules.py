"""The modules that browsers load sign exactly what the server checks: a device in Node against the real operations."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from attendance.models import Scan, Signature, Standing, Statement
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.offer_enrolment import offer_enrolment
from tests.attendance.scene import Scene, shown, training
from tests.house import House

HERE = Path(__file__).parents[1]
DRAWING = "M100 100L150 120L200 90L250 140L300 100L350 150L400 100L450 160"


class Device:
    """What the process in Node answers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Speak with it."""
        self.process = process

    def ask(self, what: str, **told: Any) -> Any:
        """Ask one thing."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"what": what, **told}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def running() -> Iterator[Device]:
    """Have the modules run."""
    node = shutil.which("node") or shutil.which(str(HERE.parent / ".venv" / "bin" / "node"))
    if node is None:
        pytest.skip("No node here. Debian: apt install nodejs")
    script = str(HERE / "browser_modules" / "write_queue.js")
    with subprocess.Popen([node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        yield Device(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    made = training(sqlite_house)
    sqlite_house.clock.set(made.half_days[0].starts_at)
    return made


def offer(house: House) -> str:
    def make(db: Any) -> str:
        device = enrol_device(
            db, house.system(), now=house.now, name="Tablette de l'accueil", agent_id=house.agents[0].id
        )
        return offer_enrolment(db, house.system(), now=house.now, device_id=device.id).token

    return house.database.in_transaction(house.organisation.id, make)


def enrolled(house: House, device: Device) -> str:
    token = offer(house)
    public_key = device.ask("key")["public_key"]
    body = {"token": token, "public_key": public_key, "proof": device.ask("enrolment", token=token)["proof"]}
    answer = house.client().post("/api/v1/device-enrolments", json=body)
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["device_id"])


def told(scene: Scene) -> list[dict[str, Any]]:
    there = {
        "target": f"half_day:{shown(scene.half_days[0].id)}",
        "kind": "arrival",
        "list_offset": 12,
        "shown": "kept",
    }
    drawer, attendee = (f"at:{shown(scene.attendees[one])}:{shown(scene.half_days[0].id)}" for one in (1, 2))
    return [
        {"what": "scan", "badge": scene.texts[0], "drawing": None, **there},
        {"what": "scan", "badge": scene.texts[1], "drawing": DRAWING, **there, "list_offset": None, "shown": ""},
        {"what": "undo", "list_offset": 0, "shown": "undone"},
        {
            "what": "statement",
            "kind": "arrival",
            "attendee": attendee,
            "cause": "no-badge",
            "reason": "Badge oublié, « vu »",
        },
        {"what": "drawing", "kind": "arrival", "attendee": drawer, "drawing": DRAWING},
    ]


def test_a_device_of_these_modules_enrols_comes_in_and_is_believed_word_for_word(scene: Scene) -> None:
    house = scene.house
    client = house.client()
    with running() as device:
        device_id = enrolled(house, device)
        challenge = client.post("/api/v1/device-challenges", json={"device_id": device_id}).get_json()["challenge"]
        signature = device.ask("entering", device_id=device_id, challenge=challenge)["signature"]
        let_in = client.post(
            "/api/v1/device-sessions", json={"device_id": device_id, "challenge": challenge, "signature": signature}
        )
        assert let_in.status_code in {200, 201}, let_in.get_json()
        bearer = {"Authorization": f"Bearer {let_in.get_json()['token']}"}
        assert client.get("/api/v1/device-day", headers=bearer).status_code == 200
        queue = device.ask("queue", device_id=device_id, told=told(scene), seen_at=house.now.isoformat())
    answer = client.post("/api/v1/device-queues", json=queue)
    assert answer.status_code == 200, answer.get_json()
    results = answer.get_json()["results"]
    assert [one["verdict"] for one in results] == ["signed", "signed", "undone", "stated", "signed"]
    assert [one["state"] for one in results] == ["settled"] * 5
    with house.database.reading(house.organisation.id) as db:
        flags = {flag for scan in db.scalars(select(Scan)) for flag in scan.flags or []}
        standings = sorted(one.standing for one in db.scalars(select(Signature)))
        (statement,) = db.scalars(select(Statement))
    assert flags == {"clock-unknown"}, "no proof was bad"
    assert standings == sorted([Standing.COUNTS, Standing.COUNTS, Standing.UNDONE])
    assert statement.reason == "Badge oublié, « vu »"


def test_one_letter_changed_afterwards_is_seen(scene: Scene) -> None:
    with running() as device:
        device_id = enrolled(scene.house, device)
        queue = device.ask("queue", device_id=device_id, told=told(scene)[:1], seen_at=scene.house.now.isoformat())
    client = scene.house.client()
    changed = {**queue, "entries": [{**queue["entries"][0], "shown": "signed"}]}
    (said,) = client.post("/api/v1/device-queues", json=changed).get_json()["results"]
    assert (said["verdict"], said["state"]) == ("awaiting-review", "awaiting-review")
    other_time = {**queue, "sent_at": queue["sent_at"].replace("Z", "+00:00")}
    assert client.post("/api/v1/device-queues", json=other_time).status_code == 401
