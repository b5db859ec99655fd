"""The part of the audit that needs a calendar: whether a day or a week holds more appointments than its cap allows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, text

# One row for each agent of each live appointment; what staff have booked over a cap on purpose does not count.
_COUNTED = """
    SELECT a.id, a.type_id, e.resource_id, e.start_minute, o.time_zone, b.searched_name, b.phone, b.email,
           t.most_a_day, t.most_a_week, t.person_most_a_day, t.person_most_a_week,
           r.most_a_day AS agent_most_a_day, r.most_a_week AS agent_most_a_week
    FROM appointment a
    JOIN engagement e ON e.appointment_id = a.id AND NOT e.is_override
    JOIN resource r ON r.id = e.resource_id
    JOIN appointment_type t ON t.id = a.type_id
    JOIN beneficiary b ON b.id = a.beneficiary_id
    JOIN organisation o ON o.id = a.organisation_id
    WHERE a.status NOT IN ('cancelled', 'excused')
      AND COALESCE(t.most_a_day, t.most_a_week, t.person_most_a_day, t.person_most_a_week, r.most_a_day, r.most_a_week)
          IS NOT NULL"""
Key = tuple[object, ...]


def over_caps(connection: Connection) -> list[int]:
    """Return the appointments beyond a cap of their type, agent or person: the latest of each day or week."""
    members: dict[Key, set[int]] = defaultdict(set)
    most: dict[Key, int] = {}
    for row in connection.execute(text(_COUNTED)):
        for key, cap in _counted_in(row):
            members[key].add(row.id)
            most[key] = cap
    return sorted({one for key, ids in members.items() for one in sorted(ids)[most[key] :]})


def _counted_in(row: Row[tuple[object, ...]]) -> Iterator[tuple[Key, int]]:
    day = datetime.fromtimestamp(row.start_minute * 60, UTC).astimezone(ZoneInfo(row.time_zone)).date()
    week = day - timedelta(days=day.weekday())
    person = (row.type_id, row.searched_name, row.phone, row.email)
    for key, cap in (
        (("type", row.type_id, "day", day), row.most_a_day),
        (("type", row.type_id, "week", week), row.most_a_week),
        (("person", *person, "day", day), row.person_most_a_day),
        (("person", *person, "week", week), row.person_most_a_week),
        (("agent", row.resource_id, "day", day), row.agent_most_a_day),
        (("agent", row.resource_id, "week", week), row.agent_most_a_week),
    ):
        if cap is not None:
            yield key, cap
