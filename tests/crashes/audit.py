"""Looks into the database, past the application, for what was lost, done twice or half written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, create_engine, select

from booking.domain.events import AppointmentBooked
from booking.domain.intervals import minute_of
from booking.models import Appointment, AppointmentStatus, AppointmentType, Engagement, EngagementKind, Hold
from directory.models import Resource, ResourceKind
from foundation.ids import from_text, to_text
from foundation.models import AuditEntry, IdempotencyKey, OutboxRow, PersonalLink
from tests.crashes.load import Ledger


@dataclass(frozen=True)
class Told:
    """What was acknowledged: the start of each appointment by its id, the holds, the keys."""

    appointments: Mapping[int, datetime]
    holds: frozenset[int]
    keys: frozenset[str]


def told(ledger: Ledger) -> Told:
    """Return what the clients have been told by now."""
    with ledger.changed:
        return Told(
            {from_text(one): datetime.fromisoformat(start) for one, start in ledger.appointments.items()},
            frozenset(from_text(one) for one in ledger.holds),
            frozenset(ledger.keys),
        )


def faults(url: str, acknowledged: Told, *, unanswered: int = 0) -> list[str]:
    """Return all that is wrong; beside what was acknowledged, `unanswered` requests may have been done."""
    with connected(url) as db:
        return faults_in(db, acknowledged, unanswered=unanswered)


def faults_in(db: Connection, acknowledged: Told, *, unanswered: int = 0) -> list[str]:
    """Return the same, as a connection sees it."""
    booked = {row.id: row for row in db.execute(select(*Appointment.__table__.c))}
    engaged = list(db.execute(select(*Engagement.__table__.c)))
    held = {row.id: row for row in db.execute(select(*Hold.__table__.c))}
    found = [
        *_lost(booked, held, acknowledged),
        *_done_twice(db, booked, held, acknowledged, unanswered),
        *_half_written(db, booked, held, engaged),
        *_half_followed(db, booked),
        *_overlapping(engaged),
    ]
    return sorted(found)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Open the database as it is, with none of the application's guards; what is done there is undone at the end.

    All is seen as of one moment: a process that was killed may have asked for a commit that is still on its way.
    """
    engine = create_engine(url, isolation_level="SERIALIZABLE")
    try:
        with engine.connect() as db:
            yield db
    finally:
        engine.dispose()


def _lost(booked: Mapping[int, Row[Any]], held: Iterable[int], acknowledged: Told) -> Iterator[str]:
    for one, start in acknowledged.appointments.items():
        row = booked.get(one)
        if row is None:
            yield f"lost: appointment {to_text(one)}"
        elif (row.status, row.starts_at) != (AppointmentStatus.BOOKED, start):
            yield f"changed: appointment {to_text(one)}"
    for one in acknowledged.holds - set(held):
        yield f"lost: hold {to_text(one)}"


def _done_twice(
    db: Connection, booked: Iterable[int], held: Iterable[int], acknowledged: Told, unanswered: int
) -> Iterator[str]:
    keys = {row.key: row.status for row in db.execute(select(IdempotencyKey.key, IdempotencyKey.status))}
    for what, there, known in (
        ("appointments", set(booked), set(acknowledged.appointments)),
        ("holds", set(held), set(acknowledged.holds)),
        ("keys", set(keys), set(acknowledged.keys)),
    ):
        if len(there - known) > unanswered:
            yield f"nobody was told of {len(there - known)} {what}"
    for key in acknowledged.keys - set(keys):
        yield f"lost: key {key}"
    for key in (key for key, status in keys.items() if status != 201):
        yield f"half written: key {key}"


def _half_written(
    db: Connection, booked: Mapping[int, Row[Any]], held: Mapping[int, Row[Any]], engaged: Iterable[Row[Any]]
) -> Iterator[str]:
    kinds = {row.id: row for row in db.execute(select(*AppointmentType.__table__.c))}
    rooms = set(db.scalars(select(Resource.id).where(Resource.kind == ResourceKind.ROOM)))
    of: dict[EngagementKind, dict[int, list[Row[Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in engaged:
        of[row.kind][row.appointment_id or row.hold_id].append(row)
    for one in set(of[EngagementKind.APPOINTMENT]) - set(booked):
        yield f"half written: engaged for appointment {to_text(one)}, which is not there"
    for one in set(of[EngagementKind.HOLD]) - (set(held) - set(booked)):
        yield f"half written: engaged for hold {to_text(one)}, which is not there or is booked"
    now = datetime.now(UTC)
    for one, row in booked.items():
        if not _is_whole(row, kinds[row.type_id], of[EngagementKind.APPOINTMENT][one], rooms):
            yield f"half written: what appointment {to_text(one)} takes"
    for one in (one for one, row in held.items() if one not in booked and row.expires_at > now):
        if not _is_whole(held[one], kinds[held[one].type_id], of[EngagementKind.HOLD][one], rooms):
            yield f"half written: what hold {to_text(one)} takes"


def _is_whole(row: Row[Any], kind: Row[Any], parts: Iterable[Row[Any]], rooms: set[int]) -> bool:
    span = minute_of(row.starts_at), minute_of(row.ends_at) + kind.pause_minutes
    agents = [part.resource_id for part in parts if part.resource_id not in rooms]
    has_room = [part.resource_id for part in parts if part.resource_id in rooms]
    taken = {(part.start_minute, part.end_minute) for part in parts}
    return agents == [row.resource_id] and len(has_room) == kind.needs_room and taken == {span}


def _half_followed(db: Connection, booked: Iterable[int]) -> Iterator[str]:
    events = select(OutboxRow.about).where(OutboxRow.name == AppointmentBooked.name())
    lines = select(AuditEntry.subject_id).where(AuditEntry.action == "appointment-booked")
    links = select(PersonalLink.subject_id).where(PersonalLink.purpose == "appointment", PersonalLink.channel == "page")
    for what, there in (
        ("announced", [about["appointment_id"] for about in db.scalars(events)]),
        ("in the audit trail", list(db.scalars(lines))),
        ("linked", list(db.scalars(links))),
    ):
        times = Counter(there)
        for one in set(booked) | set(times):
            if times[one] != (one in set(booked)):
                yield f"half written: appointment {to_text(one)} is {what} {times[one]} times"


def _overlapping(engaged: Iterable[Row[Any]]) -> Iterator[str]:
    rows = sorted(engaged, key=lambda row: (row.resource_id, row.start_minute, row.end_minute))
    for one, other in pairwise(rows):
        if one.resource_id == other.resource_id and other.start_minute < one.end_minute:
            yield f"twice at once: resource {to_text(one.resource_id)}"


def unkept(url: str, *, now: datetime) -> list[str]:
    """Return what the outbox has promised for before now and not done."""
    query = select(OutboxRow.name, OutboxRow.outcome).where(OutboxRow.due_at <= now)
    with connected(url) as db:
        return [f"{row.name}: {row.outcome}" for row in db.execute(query) if row.outcome not in {"done", "sent"}]
