"""Reads the tables past the application, and tells of every row that may not be: the books after a crowd.

Each check is one statement that returns the ids of wrong rows, but for the caps, which count local days. The audit asks
no code that it audits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy import Connection, text

from benchmarks.caps import over_caps

_WORDS: Mapping[str, str] = MappingProxyType({
    "GONE": "('cancelled', 'excused')",
    "NEEDED": "(t.agents_needed + COUNTED(t.needs_room) + COUNTED(t.needs_vehicle))",
})  # fmt: skip

CHECKS: Mapping[str, str] = MappingProxyType({
    # -- time ---------------------------------------------------------------------------------------------------------
    "two engagements of one resource overlap": """
        SELECT id FROM (
            SELECT id, start_minute, MAX(end_minute) OVER (
                PARTITION BY resource_id ORDER BY start_minute, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS busy_until
            FROM engagement WHERE NOT is_override
        ) AS in_order
        WHERE start_minute < busy_until""",
    "an override names no author or no reason": """
        SELECT id FROM engagement
        WHERE is_override AND (override_by IS NULL OR override_reason IS NULL OR TRIM(override_reason) = '')""",
    "an engagement has no cause": """
        SELECT e.id FROM engagement e
        LEFT JOIN appointment a ON a.id = e.appointment_id
        LEFT JOIN workshop w ON w.id = e.workshop_id AND w.cancelled_at IS NULL
        LEFT JOIN hold h ON h.id = e.hold_id
        WHERE CASE e.kind WHEN 'appointment' THEN a.id WHEN 'workshop' THEN w.id WHEN 'hold' THEN h.id END IS NULL
           OR (e.appointment_id IS NOT NULL) <> (e.kind = 'appointment')
           OR (e.workshop_id IS NOT NULL) <> (e.kind = 'workshop')
           OR (e.hold_id IS NOT NULL) <> (e.kind = 'hold')""",
    # -- appointments -------------------------------------------------------------------------------------------------
    "an appointment takes more or less than its resources": """
        SELECT a.id FROM appointment a
        JOIN appointment_type t ON t.id = a.type_id
        LEFT JOIN engagement e ON e.appointment_id = a.id
        LEFT JOIN resource r ON r.id = e.resource_id
        WHERE a.status NOT IN GONE AND a.workshop_id IS NULL
        GROUP BY a.id, t.id
        HAVING COUNT(DISTINCT e.resource_id) <> COUNT(e.id)
            OR SUM(COUNTED(e.resource_id = a.resource_id AND r.kind = 'agent')) <> 1
            OR COUNT(e.id) <> CASE MAX(COUNTED(e.is_override)) WHEN 1 THEN 1 ELSE NEEDED END
            OR (MAX(COUNTED(e.is_override)) = 0 AND (
                SUM(COUNTED(r.kind = 'agent')) <> t.agents_needed
                OR SUM(COUNTED(r.kind = 'room')) <> COUNTED(t.needs_room)))""",
    "an appointment takes another time than its own": """
        SELECT a.id FROM appointment a
        JOIN appointment_type t ON t.id = a.type_id
        JOIN engagement e ON e.appointment_id = a.id
        WHERE a.status NOT IN GONE
          AND (e.start_minute <> MINUTE(a.starts_at) OR e.end_minute <> MINUTE(a.ends_at) + t.pause_minutes)""",
    "an appointment in a workshop has not one seat there, or takes time": """
        SELECT a.id FROM appointment a
        LEFT JOIN seat s ON s.appointment_id = a.id AND s.workshop_id = a.workshop_id
        LEFT JOIN engagement e ON e.appointment_id = a.id
        WHERE a.status NOT IN GONE AND a.workshop_id IS NOT NULL
        GROUP BY a.id HAVING COUNT(s.id) <> 1 OR COUNT(e.id) > 0""",
    "an appointment that is off still takes something": """
        SELECT a.id FROM appointment a
        WHERE a.status IN GONE
          AND (EXISTS (SELECT 1 FROM engagement e WHERE e.appointment_id = a.id)
               OR EXISTS (SELECT 1 FROM seat s WHERE s.appointment_id = a.id))""",
    "an appointment was written down without its line in the audit trail": """
        SELECT a.id FROM appointment a
        LEFT JOIN audit_entry l ON l.subject_kind = 'appointment' AND l.subject_id = a.id
            AND l.action IN ('appointment-booked', 'appointment-requested')
        GROUP BY a.id HAVING COUNT(l.id) <> 1""",
    # -- holds --------------------------------------------------------------------------------------------------------
    "a hold that still takes something is an appointment already": """
        SELECT h.id FROM hold h JOIN appointment a ON a.id = h.id
        WHERE EXISTS (SELECT 1 FROM engagement e WHERE e.hold_id = h.id)
           OR EXISTS (SELECT 1 FROM seat s WHERE s.hold_id = h.id)""",
    "a live hold is an appointment already": """
        SELECT h.id FROM hold h JOIN appointment a ON a.id = h.id WHERE h.expires_at > :now""",
    "a live hold keeps more or less than its resources": """
        SELECT h.id FROM hold h
        JOIN appointment_type t ON t.id = h.type_id
        LEFT JOIN engagement e ON e.hold_id = h.id
        WHERE h.expires_at > :now AND h.workshop_id IS NULL AND h.moves_appointment_id IS NULL
        GROUP BY h.id, t.id
        HAVING COUNT(e.id) <> NEEDED OR COUNT(DISTINCT e.resource_id) <> COUNT(e.id)""",
    "a live hold of a workshop has not one seat there": """
        SELECT h.id FROM hold h LEFT JOIN seat s ON s.hold_id = h.id AND s.workshop_id = h.workshop_id
        WHERE h.expires_at > :now AND h.workshop_id IS NOT NULL GROUP BY h.id HAVING COUNT(s.id) <> 1""",
    "a hold keeps another time than its own, or for another while": """
        SELECT e.id FROM engagement e
        JOIN hold h ON h.id = e.hold_id
        JOIN appointment_type t ON t.id = h.type_id
        WHERE e.start_minute < MINUTE(h.starts_at) OR e.end_minute > MINUTE(h.ends_at) + t.pause_minutes
           OR e.expires_minute <> MINUTE(h.expires_at)""",
    # -- workshops ----------------------------------------------------------------------------------------------------
    "a workshop has a seat too many": """
        SELECT s.id FROM seat s JOIN workshop w ON w.id = s.workshop_id
        WHERE s.number < 1 OR s.number > w.capacity OR w.cancelled_at IS NOT NULL
        UNION SELECT MAX(id) FROM seat GROUP BY workshop_id, number HAVING COUNT(*) > 1""",
    "a seat is nobody's, or two people's": """
        SELECT s.id FROM seat s
        LEFT JOIN appointment a ON a.id = s.appointment_id AND a.workshop_id = s.workshop_id
        LEFT JOIN hold h ON h.id = s.hold_id AND h.workshop_id = s.workshop_id
        WHERE (a.id IS NULL) = (h.id IS NULL)""",
    "a workshop does not take the time of its agent": """
        SELECT w.id FROM workshop w
        JOIN appointment_type t ON t.id = w.type_id
        LEFT JOIN engagement e ON e.workshop_id = w.id AND e.resource_id = w.agent_resource_id
            AND e.start_minute = MINUTE(w.starts_at) AND e.end_minute = MINUTE(w.ends_at) + t.pause_minutes
        WHERE w.cancelled_at IS NULL GROUP BY w.id HAVING COUNT(e.id) <> 1""",
    "a workshop takes another time than its own": """
        SELECT e.id FROM engagement e
        JOIN workshop w ON w.id = e.workshop_id
        JOIN appointment_type t ON t.id = w.type_id
        WHERE e.start_minute <> MINUTE(w.starts_at) OR e.end_minute <> MINUTE(w.ends_at) + t.pause_minutes""",
    "an appointment is not when and where its workshop is": """
        SELECT a.id FROM appointment a JOIN workshop w ON w.id = a.workshop_id
        WHERE a.status NOT IN GONE AND (a.starts_at, a.ends_at, a.venue_id) <> (w.starts_at, w.ends_at, w.venue_id)""",
})  # fmt: skip


CAPS = "a day or a week has more appointments than its cap allows"
EVERY = (*CHECKS, CAPS)


def audit(connection: Connection, *, now: datetime) -> dict[str, list[int]]:
    """Return what is wrong at `now`: for each check that finds something, the ids of the rows."""
    found = {}
    for name, check in CHECKS.items():
        bound = {"now": moment(connection, now)} if ":now" in check else {}
        if wrong := sorted(connection.scalars(text(_for_engine(check, connection)), bound)):
            found[name] = wrong
    if wrong := over_caps(connection):
        found[CAPS] = wrong
    return found


def moment(connection: Connection, instant: datetime) -> object:
    """Return an instant as the engine keeps it."""
    if _is_sqlite(connection):
        return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return instant


def _for_engine(check: str, connection: Connection) -> str:
    """Say in the engine's words: MINUTE(…), the whole minutes since 1970, and COUNTED(…), one for what is true."""
    on_sqlite = r"CAST(strftime('%s', \1) AS INTEGER) / 60"
    on_postgresql = r"CAST(FLOOR(EXTRACT(EPOCH FROM \1) / 60) AS BIGINT)"
    for word, meaning in _WORDS.items():
        check = check.replace(word, meaning)
    check = re.sub(r"COUNTED\(([^()]+)\)", r"CASE WHEN \1 THEN 1 ELSE 0 END", check)
    return re.sub(r"MINUTE\(([\w.]+)\)", on_sqlite if _is_sqlite(connection) else on_postgresql, check)


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
