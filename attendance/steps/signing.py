"""The one place that writes observations of signatures: of each (attendee, half-day, kind) one counts, the earliest.

Every good observation is kept, the later ones as duplicates (`steps.settling` says which counts).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.domain.events import AttendeeSigned
from attendance.models import Grade, HalfDay, Meeting, Method, SheetState, Signature, SignatureKind, Standing
from attendance.steps.settling import Cell, lock, order, settle
from foundation.actors import Actor
from foundation.database import Outrun
from foundation.ids import new_id
from foundation.outbox import announce
from foundation.rows import insert_if_absent

Hours = tuple[datetime, datetime]
"""The beginning and the end of a half-day."""


@dataclass(frozen=True)
class Evidence:
    """How a signature was made: the method, the grade that follows from it, and what it rests on.

    `source` and `key` name the scan or request that it was made by, where one did.
    """

    method: Method
    grade: Grade
    observed_at: datetime
    agent_id: int | None = None
    device_id: int | None = None
    badge_id: int | None = None
    link_id: int | None = None
    drawing_id: int | None = None
    source: int = 0
    key: str | None = None


@dataclass(frozen=True)
class Signed:
    """What an observation is worth, and when the one that counts was observed; neither when the sheet is closed."""

    standing: Standing | None
    observed_at: datetime | None

    @property
    def is_new(self) -> bool:
        """Say whether this is the one that counts."""
        return self.standing is Standing.COUNTS


def sign(
    db: Session,
    actor: Actor,
    *,
    attendee_id: int,
    half_day_id: int,
    kind: SignatureKind,
    evidence: Evidence,
    now: datetime,
    hours: Hours | None = None,
) -> Signed:
    """Keep an observation, and announce it when it is the first; or say that the sheet is closed.

    The meeting's row is locked against closing the sheet until the transaction ends. Accepted, it is two statements.
    `hours` are those of a training by which it was judged: raises Outrun when they are others by now, or when the
    person or the half-day was taken off the sheet.
    """
    cell = Cell(attendee_id, half_day_id, kind)
    values = _values(actor, cell, evidence, now=now)
    signature_id = _insert(db, values, hours)
    if signature_id is None:
        return _beside(db, cell, values, hours)
    event = AttendeeSigned(signature_id, attendee_id, half_day_id, kind.value)
    announce(db, actor, event, now=now)
    return Signed(Standing.COUNTS, evidence.observed_at)


def _values(actor: Actor, cell: Cell, evidence: Evidence, *, now: datetime) -> dict[str, Any]:
    identifier = new_id()
    return {
        "id": identifier,
        "organisation_id": actor.organisation_id,
        "attendee_id": cell.attendee_id,
        "half_day_id": cell.half_day_id,
        "kind": cell.kind,
        "standing": Standing.COUNTS,
        "method": evidence.method,
        "grade": evidence.grade,
        "observed_at": evidence.observed_at,
        "recorded_at": now,
        "source": evidence.source,
        "key": evidence.key or str(identifier),
        "agent_id": evidence.agent_id,
        "device_id": evidence.device_id,
        "badge_id": evidence.badge_id,
        "link_id": evidence.link_id,
        "drawing_id": evidence.drawing_id,
    }


def _is_open() -> ColumnElement[bool]:
    return Meeting.sheet_state == SheetState.OPEN


def _insert(db: Session, row: dict[str, Any], hours: Hours | None) -> int | None:
    # One statement for three promises. It reads the sheet that it writes on, so that none is closed; PostgreSQL waits
    # for whoever closes or changes it and looks again; and it leaves alone what is there, after waiting for a twin.
    as_judged = () if hours is None else (HalfDay.starts_at == hours[0], HalfDay.ends_at == hours[1])
    columns = Signature.__table__.columns
    source = (
        select(*(literal(value, columns[name].type) for name, value in row.items()))
        .select_from(Meeting)
        .join(HalfDay, HalfDay.meeting_id == Meeting.id)
        .where(HalfDay.id == row["half_day_id"], _is_open(), *as_judged)
        .with_for_update(read=True, of=(Meeting, HalfDay))
    )
    on_sqlite = db.get_bind().dialect.name == "sqlite"
    statement: Any = sqlite.insert(Signature) if on_sqlite else postgresql.insert(Signature)
    insert = statement.from_select(list(row), source).on_conflict_do_nothing()
    try:
        inserted: int | None = db.scalar(insert.returning(Signature.id))
    except IntegrityError as error:  # whom it names was taken off the sheet since it was read
        raise Outrun from error
    return inserted


def _beside(db: Session, cell: Cell, values: dict[str, Any], hours: Hours | None) -> Signed:
    """Keep an observation beside the one that counts, in whose place it stands if it is the earlier."""
    lock(db, cell)
    state, half_day, counting = _found(db, cell)
    if hours is not None and hours != (half_day.starts_at, half_day.ends_at):
        raise Outrun
    if state is not SheetState.OPEN:
        return Signed(None, None)
    if insert_if_absent(db, Signature, **values | {"standing": Standing.DUPLICATE}) is None:
        raise Outrun  # a twin with the same key has just been kept
    is_first = counting is None or (values["observed_at"], values["source"], values["key"]) < order(counting)
    first = settle(db, cell) if is_first else counting
    if first is None:  # pragma: no cover - it was inserted a few lines above
        raise RuntimeError("an observation that was just kept is not there")
    return Signed(Standing.COUNTS if first.id == values["id"] else Standing.DUPLICATE, first.observed_at)


def _found(db: Session, cell: Cell) -> tuple[SheetState, HalfDay, Signature | None]:
    this_one = and_(
        Signature.attendee_id == cell.attendee_id,
        Signature.half_day_id == HalfDay.id,
        Signature.kind == cell.kind,
        Signature.standing == Standing.COUNTS,
    )
    query = (
        select(Meeting.sheet_state, HalfDay, Signature)
        .select_from(HalfDay)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .outerjoin(Signature, this_one)
        .where(HalfDay.id == cell.half_day_id)
    )
    locked = query.with_for_update(read=True, of=(Meeting, HalfDay)).execution_options(populate_existing=True)
    row = db.execute(locked).one_or_none()
    if row is None:
        raise Outrun  # the half-day was taken off the sheet since it was read
    return row[0], row[1], row[2]
