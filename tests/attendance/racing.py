"""Starting many at once; and taking the guards away, so that a test can show what they are there for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, local
from typing import Any, TypeVar

import pytest
from sqlalchemy import create_engine, text

from foundation.database import Database
from foundation.tenancy import scoped_session
from tests.house import House

T = TypeVar("T")
Run = Callable[..., Any]
"""`run(use_case, actor, **values)`, as `in_transaction` does with the organisation already said."""


def at_once(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Run every task in a thread of its own, all from the same moment."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], T]) -> T:
        barrier.wait(timeout=60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


@contextmanager
def crowded(house: House, threads: int) -> Iterator[Run]:
    """Give every thread a connection of its own; the guards are all there."""
    database = Database(house.database.url.render_as_string(hide_password=False), pool_size=threads)

    def run(use_case: Run, *arguments: Any, **named: Any) -> Any:
        return database.in_transaction(house.organisation.id, use_case, *arguments, **named)

    try:
        yield run
    finally:
        database.dispose()


@contextmanager
def unguarded(house: House, threads: int) -> Iterator[Run]:
    """The same without SQLite's one writer at a time: each statement commits by itself, as if nobody had thought."""
    if not house.database.is_sqlite:
        with crowded(house, threads) as run:
            yield run
        return
    url = house.database.url
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=threads, connect_args={"timeout": 60})

    def run_at_once(use_case: Run, *arguments: Any, **named: Any) -> Any:
        with engine.connect() as connection, scoped_session(connection, house.organisation.id) as db:
            result = use_case(db, *arguments, **named)
            db.flush()
            return result

    try:
        yield run_at_once
    finally:
        engine.dispose()


def drop_index(house: House, index: str) -> None:
    """Take a unique index away."""
    with house.database.engine.begin() as connection:
        connection.execute(text(f"DROP INDEX {index}"))


def drop_unique(house: House, table: str, constraint: str) -> None:
    """Take a unique constraint away. SQLite cannot: there the table is copied, and a copy has no constraints."""
    with house.database.engine.begin() as connection:
        if not house.database.is_sqlite:
            connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))
            return
        connection.execute(text(f"ALTER TABLE {table} RENAME TO kept_{table}"))
        connection.execute(text(f"CREATE TABLE {table} AS SELECT * FROM kept_{table}"))  # noqa: S608 - our own name


def meeting_halfway(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, many: int = 2) -> None:
    """Have nobody go on before `many` have done this; whoever does it again, or waits for a lock, does not wait."""
    barrier, done, seen = Barrier(many), getattr(owner, name), local()

    def do_and_wait(*arguments: Any, **named: Any) -> Any:
        result = done(*arguments, **named)
        if not hasattr(seen, "before"):
            seen.before = True
            try:
                barrier.wait(timeout=2)
            except Exception:  # noqa: BLE001 - the other one waits for our lock: it is held, and that is the point
                barrier.abort()
        return result

    monkeypatch.setattr(owner, name, do_and_wait)
