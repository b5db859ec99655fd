"""Promises kept after the commit: an event and its reactions, a message and its sending.

A row is written in the transaction of its cause, so it exists exactly when the cause does. An event's reactions run in
one transaction with its end: once. A message is sent at least once, always with the same key. Rows hold ids only;
texts, links and codes are made when sending.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from foundation.actors import Actor
from foundation.database import PROMISED
from foundation.events import Event
from foundation.ids import new_id
from foundation.models import OutboxKind, OutboxRow
from foundation.rows import insert_if_absent

Reaction = Callable[[Session, Actor, Any, datetime], None]
"""`react(db, actor, event, now)`: changes the database and promises messages; no network."""


def announce(db: Session, actor: Actor, event: Event, *, now: datetime, due_at: datetime | None = None) -> None:
    """Promise that the reactions to `event` will run once the present transaction is committed, or at `due_at`."""
    identifier = new_id()
    db.info[PROMISED] = True
    db.add(
        OutboxRow(
            id=identifier,
            organisation_id=actor.organisation_id,
            kind=OutboxKind.EVENT,
            name=event.name(),
            about=asdict(event),
            key=f"event:{identifier}",
            created_at=now,
            due_at=due_at or now,
        )
    )


def promise_message(
    db: Session,
    actor: Actor,
    *,
    name: str,
    about: dict[str, Any],
    key: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Promise the message `name`; a message already promised under `key` is not promised again."""
    db.info[PROMISED] = True
    insert_if_absent(
        db,
        OutboxRow,
        organisation_id=actor.organisation_id,
        kind=OutboxKind.MESSAGE,
        name=name,
        about=about,
        key=key,
        created_at=now,
        due_at=due_at or now,
        attempts=0,
    )


def is_anything_due(db: Session, *, now: datetime) -> bool:
    """Say whether a worker has something to do, without taking it."""
    return db.scalar(select(OutboxRow.id).where(*_due(now)).limit(1)) is not None


def lease(db: Session, *, worker: str, lasts: timedelta, most: int, now: datetime) -> list[OutboxRow]:
    """Take up to `most` due rows for `worker`; nobody else takes them before the lease has run out."""
    due = (
        select(OutboxRow.id)
        .where(*_due(now))
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(due.scalar_subquery()))
        .values(leased_by=worker, leased_until=now + lasts, attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow)
    )
    rows = db.scalars(taken, execution_options={"synchronize_session": False}).all()
    return sorted(rows, key=lambda row: (row.due_at, row.id))


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= now)
    return OutboxRow.done_at.is_(None), OutboxRow.due_at <= now, free


class LeaseLost(RuntimeError):
    """Another worker has the row by now, because this one took too long."""


def finish(db: Session, row_id: int, *, worker: str, outcome: str, now: datetime) -> None:
    """Mark a leased row as done; raise LeaseLost when somebody else has it."""
    done = update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.leased_by == worker, OutboxRow.done_at.is_(None))
    changed = db.execute(done.values(done_at=now, leased_until=None, outcome=outcome[:200]).returning(OutboxRow.id))
    if changed.scalar() is None:
        raise LeaseLost


def put_off(db: Session, row_id: int, *, worker: str, outcome: str, due_at: datetime) -> None:
    """Give a leased row back, to be tried again at `due_at`."""
    later = update(OutboxRow).where(OutboxRow.id == row_id, OutboxRow.leased_by == worker)
    db.execute(later.values(leased_by=None, leased_until=None, due_at=due_at, outcome=outcome[:200]))


def forget_done(db: Session, *, before: datetime) -> None:
    """Delete the rows of this organisation that were done long ago; what was given up stays to be seen."""
    db.execute(delete(OutboxRow).where(OutboxRow.done_at < before, OutboxRow.outcome.not_like("gave up%")))
