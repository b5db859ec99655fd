"""A scanner of one's own: an enrolled device that signs what it sees, on the network or without it.

Nothing of Paraphe is imported: what a device signs is told in docs/devices.md. Beside Python it needs `cryptography`.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from first_day import Program

KEPT = "kept"
"""What the scanner shows when it lets somebody pass and nobody answers."""


class Scanner:
    """A device: a key that never leaves it, a clock that may be wrong, today's list, and a queue."""

    def __init__(self, base_url: str, clock: Callable[[], datetime]) -> None:
        """Make the key."""
        self.base_url, self.clock = base_url, clock
        self.key = generate_private_key(SECP256R1())
        self.id = ""
        self.counter = 0
        self.behind: timedelta | None = None
        self.day: dict[str, Any] = {}
        self.queue: list[dict[str, Any]] = []
        self.open = Program(base_url, "")  # three operations take what the body proves, and no key
        self.entered = self.open

    def enrol(self, token: str) -> None:
        """Give the public key once: the one-time token is the proof."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        public_key = base64.b64encode(point).decode()
        proof = self.sign("paraphe-enrolment-1", token, public_key)
        self.id = self.open.post("/device-enrolments", token=token, public_key=public_key, proof=proof)["device_id"]

    def come_in(self) -> None:
        """Sign what the server asks; the answer is a bearer token for half a day."""
        challenge = self.open.post("/device-challenges", device_id=self.id)["challenge"]
        signature = self.sign("paraphe-session-1", self.id, challenge)
        told = self.open.post("/device-sessions", device_id=self.id, challenge=challenge, signature=signature)
        self.entered = Program(self.base_url, told["token"])

    def fetch_day(self) -> None:
        """Fetch today's list, and measure by how much our clock is behind the server's."""
        self.day = self.entered.get("/device-day")
        self.behind = datetime.fromisoformat(self.day["server_time"]) - self.clock()

    def person(self, first_name: str, half_day_id: str) -> dict[str, Any]:
        """Find somebody on today's list, which knows first names and initials."""
        where = {one["ref"] for one in self.day["half_days"] if one["half_day_id"] == half_day_id}
        named = [one for one in self.day["people"] if one["first_name"] == first_name]
        found: dict[str, Any] = next(one for one in named if one["half_day_ref"] in where)
        return found

    def scan_now(self, badge: str, half_day_id: str, kind: str) -> Any:
        """Scan on the network; the time is the device's, corrected."""
        return self.entered.post(
            "/scans",
            key=str(uuid.uuid4()),
            badge=badge,
            target={"kind": "half-day", "id": half_day_id},
            kind=kind,
            observed_at=written(self.clock() + (self.behind or timedelta(0))),
        )

    def see(self, badge: str, half_day_id: str, kind: str) -> dict[str, Any]:
        """Put down that a badge was shown."""
        told = {"what": "scan", "target": f"half_day:{half_day_id}", "kind": kind, "badge": badge}
        return self.put_down(told, subject=sha256(badge), shown=KEPT)

    def take_back(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Put down, within thirty seconds, that a scan was a mistake."""
        return self.put_down({"what": "undo", "undone_key": entry["key"]}, subject=entry["key"])

    def state(self, person: dict[str, Any], cause: str, reason: str) -> dict[str, Any]:
        """Put down that somebody is there who shows no badge: a statement, and no signature."""
        told = {"what": "statement", "kind": "arrival", "attendee": person["attendee"], "cause": cause}
        detail = f"{cause}:{sha256(reason)}"
        return self.put_down(told | {"reason": reason}, subject=person["attendee"], detail=detail, shown=KEPT)

    def put_down(self, told: dict[str, Any], *, subject: str, detail: str = "", shown: str = "") -> dict[str, Any]:
        """Sign an entry by our own clock, right or wrong, and keep it in the queue."""
        self.counter += 1
        offset = None if self.behind is None else self.behind // timedelta(milliseconds=1)
        entry = {"target": "", "kind": "", "shown": shown, **told}
        entry |= {"counter": self.counter, "key": str(uuid.uuid4()), "seen_at": written(self.clock())}
        entry["list_offset"] = offset
        entry["proof"] = self.sign(
            "paraphe-entry-1",
            entry["what"],
            self.id,
            str(entry["counter"]),
            entry["key"],
            entry["seen_at"],
            "" if offset is None else str(offset),
            entry["target"],
            entry["kind"],
            subject,
            detail,
            shown,
        )
        self.queue.append(entry)
        return entry

    def send(self, entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Send entries, in any order and as often as need be; return what became of each, by its key."""
        sent_at = written(self.clock())
        signature = self.sign("paraphe-queue-1", self.id, sent_at, *(one["proof"] for one in entries))
        told = self.open.post(
            "/device-queues", device_id=self.id, sent_at=sent_at, entries=list(entries), signature=signature
        )
        return {one["key"]: one for one in told["results"]}

    def sign(self, *lines: str) -> str:
        """Return the signature of lines: ECDSA with SHA-256, `r` and `s` as 64 bytes, in base64."""
        r, s = decode_dss_signature(self.key.sign("\n".join(lines).encode(), ECDSA(SHA256())))
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()


def written(at: datetime) -> str:
    """Write a time as it is signed: in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sha256(text: str) -> str:
    """Return the hash of a text, in small hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
