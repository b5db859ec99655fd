"""Where it happens: a furnished house with two agents and a room, a key, and starts that one person can have each."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from foundation.clock import ManualClock
from foundation.ids import to_text
from tests.api import asking, key
from tests.house import KEYS, House, config_for
from tests.servers.smtp import Mailbox
from tests.servers.web import LOOPBACK, base_url

DURATION, PAUSE = 20, 10
DAYS = 4
STARTS = 40
"""Less than half of the days offer: the others may be holidays."""
HOURS = {"opens_at": "00:30", "closes_at": "12:30"}


@dataclass(frozen=True)
class Scene:
    """What a program has to know to book."""

    url: str
    key: str
    type_id: str
    """Takes an agent and the room: each start can be booked once."""
    other_type_id: str
    """Takes one of the two agents alone."""
    venue_id: str
    starts: tuple[str, ...]

    def place(self, start: str, *, type_id: str = "") -> dict[str, Any]:
        """Return what a request says of a slot."""
        return {"type_id": type_id or self.type_id, "venue_id": self.venue_id, "channel": "on-site", "starts_at": start}


def house_now(url: str, *, later: timedelta = timedelta(0)) -> House:
    """Return the house at the machine's time, because the servers of production read no other clock."""
    return House(config_for(url), ManualClock(datetime.now(UTC) + later))


def furnish(url: str) -> Scene:
    """Open two agents and a room in the mornings, from the day after tomorrow."""
    with house_now(url) as house:
        text = key(house)
        program = asking(house, text)
        offered = {"duration_minutes": DURATION, "pause_minutes": PAUSE, "channels": ["on-site"]}
        type_id, other_id = (
            made(program.post("/appointment-types", {"name": name, "needs_room": needs_room, **offered}))["id"]
            for name, needs_room in (("Premier accueil", True), ("Écoute", False))
        )
        venue_id, first_day = to_text(house.venue.id), house.now.date() + timedelta(days=2)
        for resource_id in (house.room.id, *(agent.resource_id for agent in house.agents[:2])):
            for day in (first_day + timedelta(days=later) for later in range(DAYS)):
                where = {"resource_id": to_text(resource_id), "venue_id": venue_id, "type_ids": [type_id, other_id]}
                dates = {"weekdays": [day.weekday()], "first_day": f"{day}", "last_day": f"{day}"}
                made(program.post("/opening-hours", {**where, **dates, **HOURS}))
        slots: Any = program.get(f"/slots?type_id={type_id}")
        starts = tuple(slot["starts_at"] for slot in slots.json["items"])[:STARTS]
    return Scene(url, text, type_id, other_id, venue_id, starts)


def made(answer: Any) -> dict[str, Any]:
    """Return what an answer says was made."""
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json
    return told


def environment(url: str, port: int, mailbox: Mailbox, folder: Path, *, processes: int = 1) -> Mapping[str, str]:
    """Return what production reads: the mails go to the mailbox, and nobody is told to ask less often."""
    return {
        "DATABASE_URL": url,
        "PARAPHE_MASTER_KEYS": base64.urlsafe_b64encode(KEYS.keys[0]).decode(),
        "PARAPHE_BASE_URL": base_url(port),
        "PARAPHE_PROCESSES": str(processes),
        "PARAPHE_REQUESTS_A_MINUTE": "0",
        "MAIL_URL": f"smtp+plain://{LOOPBACK}:{mailbox.port}",
        "SMS_URL": f"folder:{folder}",
    }
