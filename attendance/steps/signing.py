"""The one place that inserts a signature: one, ever, for each (attendee, half-day, arrival or departure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from attendance.domain.events import AttendeeSigned
from attendance.models import Grade, HalfDay, Meeting, Method, SheetState, Signature, SignatureKind
from foundation.actors import Actor
from foundation.ids import new_id
from foundation.outbox import announce


@dataclass(frozen=True)
class Evidence:
    """How a signature was made: the method, the grade that follows from it, and what it rests on."""

    method: Method
    grade: Grade
    observed_at: datetime
    agent_id: int | None = None
    badge_id: int | None = None
    link_id: int | None = None


@dataclass(frozen=True)
class Signed:
    """`is_new` is false when nothing was written: it was signed at `observed_at`, or the sheet is closed (None)."""

    is_new: bool
    observed_at: datetime | None


def sign(
    db: Session,
    actor: Actor,
    *,
    attendee_id: int,
    half_day_id: int,
    kind: SignatureKind,
    evidence: Evidence,
    now: datetime,
) -> Signed:
    """Sign, and announce it; or say when it was signed already, or that the sheet is closed.

    The meeting's row is locked against closing the sheet until the transaction ends.
    """
    signature_id = _insert(
        db,
        actor,
        attendee_id=attendee_id,
        half_day_id=half_day_id,
        kind=kind,
        method=evidence.method,
        grade=evidence.grade,
        observed_at=evidence.observed_at,
        recorded_at=now,
        agent_id=evidence.agent_id,
        badge_id=evidence.badge_id,
        link_id=evidence.link_id,
    )
    if signature_id is None:
        return _found(db, attendee_id=attendee_id, half_day_id=half_day_id, kind=kind)
    event = AttendeeSigned(signature_id, attendee_id, half_day_id, kind.value)
    announce(db, actor, event, now=now)
    return Signed(is_new=True, observed_at=evidence.observed_at)


def _is_open() -> ColumnElement[bool]:
    return Meeting.sheet_state == SheetState.OPEN


def _insert(db: Session, actor: Actor, **values: Any) -> int | None:
    # One statement for three promises. It reads the sheet that it writes on, so that none is closed; PostgreSQL waits
    # for whoever is closing it and looks again; and it leaves alone what is there, after waiting for a twin.
    row = {"id": new_id(), "organisation_id": actor.organisation_id} | values
    columns = Signature.__table__.columns
    source = (
        select(*(literal(value, columns[name].type) for name, value in row.items()))
        .select_from(Meeting)
        .join(HalfDay, HalfDay.meeting_id == Meeting.id)
        .where(HalfDay.id == row["half_day_id"], _is_open())
        .with_for_update(read=True, of=Meeting)
    )
    on_sqlite = db.get_bind().dialect.name == "sqlite"
    statement: Any = sqlite.insert(Signature) if on_sqlite else postgresql.insert(Signature)
    insert = statement.from_select(list(row), source).on_conflict_do_nothing()
    inserted: int | None = db.scalar(insert.returning(Signature.id))
    return inserted


def _found(db: Session, *, attendee_id: int, half_day_id: int, kind: SignatureKind) -> Signed:
    this_one = and_(Signature.attendee_id == attendee_id, Signature.half_day_id == HalfDay.id, Signature.kind == kind)
    query = (
        select(Meeting.sheet_state, Signature.observed_at)
        .select_from(HalfDay)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .outerjoin(Signature, this_one)
        .where(HalfDay.id == half_day_id)
    )
    state, observed_at = db.execute(query).one()
    return Signed(is_new=False, observed_at=observed_at if state is SheetState.OPEN else None)
