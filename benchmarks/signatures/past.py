"""What was signed before: trainings of earlier days, a scan and a signature for everybody, straight into the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from attendance.models import (
    Attendee,
    Grade,
    HalfDay,
    Meeting,
    MeetingKind,
    Method,
    Scan,
    SheetState,
    Signature,
    SignatureKind,
    Standing,
)
from benchmarks.search.writing import Row, some_at_once, write
from foundation.ids import new_id

A_ROOM = 50
"""People at each half-day."""
HALF_DAYS_A_DAY = 20
LASTS = timedelta(hours=3)


@dataclass(frozen=True)
class Past:
    """Who signed what before: `signatures` of them, fifty a half-day, twenty half-days a day, until yesterday."""

    organisation_id: int
    venue_id: int
    agent_id: int
    people: tuple[int, ...]
    """Beneficiaries with their badges, fifty at least."""
    badges: tuple[int, ...]
    until: datetime
    signatures: int

    def write(self, connection: Connection) -> None:
        """Write it down, rows of one table at a time so that they refer to what is there."""
        for rooms in some_at_once(self._rooms(), most=100):
            for number, model in enumerate((Meeting, HalfDay, Attendee, Scan, Signature)):
                write(connection, model, (row for room in rooms for row in room[number]))

    def _rooms(self) -> Iterator[tuple[list[Row], ...]]:
        for number in range(-(-self.signatures // A_ROOM)):
            yield self._room(number, min(A_ROOM, self.signatures - number * A_ROOM))

    def _room(self, number: int, seats: int) -> tuple[list[Row], ...]:
        own = {"organisation_id": self.organisation_id}
        begins = self.until - timedelta(days=1 + number // HALF_DAYS_A_DAY)
        meeting = {
            **own,
            "id": new_id(),
            "kind": MeetingKind.TRAINING,
            "title": f"Groupe d'avant {number + 1}",
            "venue_id": self.venue_id,
            "time_zone": "Europe/Paris",
            "created_at": begins,
            "sheet_state": SheetState.OPEN,
        }
        half_day = {**own, "id": new_id(), "meeting_id": meeting["id"], "starts_at": begins, "ends_at": begins + LASTS}
        came = [(number * A_ROOM + seat) % len(self.people) for seat in range(seats)]
        attendees = [
            {**own, "id": new_id(), "meeting_id": meeting["id"], "beneficiary_id": self.people[who]} for who in came
        ]
        signed = [
            self._signed(half_day, attendee, self.badges[who], begins)
            for attendee, who in zip(attendees, came, strict=True)
        ]
        return [meeting], [half_day], attendees, [scan for scan, _ in signed], [signature for _, signature in signed]

    def _signed(self, half_day: Row, attendee: Row, badge_id: int, at: datetime) -> tuple[Row, Row]:
        key = str(new_id())
        same: dict[str, Any] = {
            "organisation_id": self.organisation_id,
            "source": self.agent_id,
            "key": key,
            "agent_id": self.agent_id,
            "badge_id": badge_id,
            "half_day_id": half_day["id"],
            "attendee_id": attendee["id"],
            "kind": SignatureKind.ARRIVAL,
            "observed_at": at,
            "recorded_at": at,
        }
        scan = {
            **same,
            "id": new_id(),
            "body_hash": key.rjust(64, "0"),
            "target_kind": "half_day",
            "target_id": half_day["id"],
            "verdict": "signed",
            "answer": {},
        }
        worth = {"standing": Standing.COUNTS, "method": Method.BADGE, "grade": Grade.A}
        return scan, {**same, **worth, "id": new_id()}
