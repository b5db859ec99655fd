"""Devices of the tests: each with a pen, a clock that may be wrong, and a queue that is sent when the test says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from attendance.domain.entries import sha256
from directory.models import Device, DeviceKind
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.revoke_device import revoke_device
from foundation import ids
from tests.attendance.scene import Scene
from tests.devices import Pen

MINUTE = timedelta(minutes=1)


def stamp(at: datetime) -> str:
    """Return a time as a browser writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@dataclass
class Phone:
    """An enrolled device; `behind` is by how much its clock is behind ours, `number` makes its keys."""

    scene: Scene
    number: int = 0
    behind: timedelta = timedelta(0)
    values: dict[str, Any] = field(default_factory=dict)
    pen: Pen = field(default_factory=Pen)
    counter: int = 0
    measured: bool = True

    def __post_init__(self) -> None:
        """Enrol behind everybody's back."""
        house = self.scene.house

        def make(db: Any) -> Device:
            who = {"name": f"Téléphone {self.number}", "agent_id": house.agents[0].id, **self.values}
            device = enrol_device(db, house.system(), now=house.now, **who)
            device.public_key = self.pen.point
            db.flush()
            return device

        self.device = house.database.in_transaction(house.organisation.id, make)
        self.id = ids.to_text(self.device.id)

    @property
    def list_offset(self) -> int | None:
        """What it measured when it fetched the list."""
        return self.behind // timedelta(milliseconds=1) if self.measured else None

    def scan(
        self, person: int, at: datetime, *, kind: str = "arrival", half_day: int = 0, **more: Any
    ) -> dict[str, Any]:
        """Put down a scan that happened at this time of ours."""
        half_day_id = ids.to_text(self.scene.half_days[half_day].id)
        badge = more.pop("badge", self.scene.texts[person])
        target = more.pop("target", f"half_day:{half_day_id}")
        entry = {"what": "scan", "target": target, "kind": kind, "badge": badge, "drawing": more.pop("drawing", None)}
        drawn = entry["drawing"]
        return self._put_down(entry, at, sha256(badge), "" if drawn is None else sha256(drawn), **more)

    def undo(self, undone: dict[str, Any], at: datetime, **more: Any) -> dict[str, Any]:
        """Put down that a scan is taken back."""
        entry = {"what": "undo", "target": "", "kind": "", "undone_key": undone["key"]}
        return self._put_down(entry, at, undone["key"], "", **more)

    def state(self, person: int, at: datetime, *, reason: str = "Badge oublié", **more: Any) -> dict[str, Any]:
        """Put down a statement."""
        where = self.scene.half_days[more.pop("half_day", 0)].id
        attendee = f"at:{ids.to_text(self.scene.attendees[person])}:{ids.to_text(where)}"
        entry = {"what": "statement", "target": "", "kind": "arrival", "attendee": attendee, "cause": "no-badge"}
        entry["reason"] = reason
        return self._put_down(entry, at, attendee, f"no-badge:{sha256(reason)}", **more)

    def draw(self, person: int, at: datetime, *, drawing: str, kind: str = "arrival", **more: Any) -> dict[str, Any]:
        """Put down what somebody found by name has drawn."""
        where = self.scene.half_days[more.pop("half_day", 0)].id
        found = f"at:{ids.to_text(self.scene.attendees[person])}:{ids.to_text(where)}"
        attendee = more.pop("attendee", found)
        entry = {"what": "drawing", "target": "", "kind": kind, "attendee": attendee, "drawing": drawing}
        return self._put_down(entry, at, attendee, sha256(drawing), **more)

    def _put_down(
        self, entry: dict[str, Any], at: datetime, subject: str, detail: str, *, shown: str = "", key: str = ""
    ) -> dict[str, Any]:
        self.counter += 1
        key = key or str(UUID(int=self.number * 10**6 + self.counter))
        seen_at, offset = stamp(at - self.behind), self.list_offset
        entry |= {"counter": self.counter, "key": key, "seen_at": seen_at, "list_offset": offset, "shown": shown}
        told = (entry["what"], self.id, str(self.counter), key, seen_at, "" if offset is None else str(offset))
        entry["proof"] = self.pen.sign("paraphe-entry-1", *told, entry["target"], entry["kind"], subject, detail, shown)
        return entry

    def send(self, *entries: dict[str, Any], **changed: Any) -> Any:
        """Send some entries, at the time of the house."""
        sent_at = stamp(self.scene.house.now - self.behind)
        signature = self.pen.sign("paraphe-queue-1", self.id, sent_at, *(one["proof"] for one in entries))
        body = {"device_id": self.id, "sent_at": sent_at, "entries": list(entries), "signature": signature}
        return self.scene.house.app.test_client().post("/api/v1/device-queues", json=body | changed)

    def hear(self, *entries: dict[str, Any]) -> list[str]:
        """Send some entries, and return their verdicts."""
        answer = self.send(*entries)
        assert answer.status_code == 200, answer.get_json()
        return [one["verdict"] for one in answer.get_json()["results"]]

    def revoke(self) -> None:
        """Have it revoked now."""
        house = self.scene.house
        house.database.in_transaction(
            house.organisation.id, revoke_device, house.system(), now=house.now, device_id=self.device.id
        )


KIOSK = DeviceKind.KIOSK
