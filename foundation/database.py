"""The two ways to the database, the same on SQLite and PostgreSQL: `reading` and `in_transaction`.

Reading is read-only by the database itself. A writer's whole function runs again when two of them met. Every promise
that must never break is a constraint, and a violated constraint becomes its refusal by the constraint's name.
"""

from __future__ import annotations

import random
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, Index, UniqueConstraint, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from foundation.models import Base
from foundation.refusals import Busy, Refusal
from foundation.tenancy import EVERY_ORGANISATION, Scope, scoped_session

__all__ = ["EVERY_ORGANISATION", "Database", "Scope"]

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS: Final = 8
LONGEST_WAIT: Final = 10
"""Seconds that a writer waits for the one before it on SQLite."""
PROMISED: Final = "promised"
"""Set in a session's `info` by whoever writes to the outbox, so that the worker is woken once it is committed."""

_RETRIED_SQLSTATES: Final = {"40001", "40P01", "55P03"}
_UNREACHABLE_SQLSTATES: Final = {"57P01", "57P02", "57P03", "53300"}
"""Stopped by hand, crashed, not ready yet; too many connections."""
_write_locks: dict[str, RLock] = {}


class Outrun(Exception):
    """A use case found at its end that a twin of it was faster: run again, it finds what the twin has committed."""


class Database:
    """One database, reached by `reading()` and `in_transaction()` and by nothing else."""

    def __init__(self, url: str, *, pooler: bool = False, pool_size: int = 10) -> None:
        """Connect lazily to `url`; `pooler` says that a transaction pooler such as PgBouncer stands in between."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url, pooler=pooler, pool_size=pool_size)
        self._write_lock = _write_locks.setdefault(str(self.url.database), RLock()) if self.is_sqlite else None
        self.after_promise: Callable[[], None] = lambda: None

    @contextmanager
    def reading(self, scope: Scope) -> Iterator[Session]:
        """Open a session that the database itself keeps from writing; close it before rendering anything long."""
        options = {"paraphe_reading": True}
        try:
            with self.engine.connect().execution_options(
                postgresql_readonly=not self.is_sqlite, **options
            ) as connection:
                with scoped_session(connection, scope) as db:
                    yield db
                connection.rollback()
        except DBAPIError as error:
            if _is_unreachable(error):
                raise Busy from error
            raise

    def in_transaction(
        self, scope: Scope, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `use_case(db, …)` and commit, all or nothing.

        On a serialization failure, a deadlock or a busy SQLite the whole function runs again after a short random
        wait, and on Outrun at once, so it must do nothing outside the database. Raises the refusal that the use case
        raised, the one that a violated constraint stands for, or Busy when waiting longer is of no use.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result = self._once(scope, use_case, *args, **kwargs)
            except Outrun as error:
                if attempt == ATTEMPTS:
                    raise Busy from error
                continue
            except DBAPIError as error:
                if attempt < ATTEMPTS and _worth_another_try(error):
                    # Random so that two writers that met do not meet again.
                    time.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311
                    continue
                # A connection that broke is not tried again here: nobody knows whether the commit went through, and
                # only whoever asks again with the same key finds out.
                refusal = Busy() if _worth_another_try(error) or _is_unreachable(error) else refusal_of(error)
                if refusal is None:
                    raise
                raise refusal from error
            return result
        raise AssertionError("the last attempt returns or raises")

    def _once(
        self, scope: Scope, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._write_lock is None:
            return self._committed(scope, use_case, *args, **kwargs)
        if not self._write_lock.acquire(timeout=LONGEST_WAIT):
            raise Busy
        try:
            return self._committed(scope, use_case, *args, **kwargs)
        finally:
            self._write_lock.release()

    def _committed(
        self, scope: Scope, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        with self.engine.connect() as connection, connection.begin(), scoped_session(connection, scope) as db:
            result = use_case(db, *args, **kwargs)
            db.flush()
            has_promised = PROMISED in db.info
        if has_promised:
            self.after_promise()
        return result

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def refresh_statistics(db: Session) -> None:
    """Have SQLite look at its tables anew, some hundred rows of each; PostgreSQL does so by itself.

    Without it SQLite believes that an index by organisation is a good one, and reads a whole house for one scan.
    """
    if db.get_bind().dialect.name == "sqlite":
        db.execute(text("PRAGMA analysis_limit=400"))
        db.execute(text("ANALYZE"))


# -- refusals of constraints ------------------------------------------------------------------------------------------

_refusals: dict[str, type[Refusal]] = {}


def constraint_means(name: str, refusal: type[Refusal]) -> None:
    """Declare which refusal a violation of the constraint `name` stands for (each package declares its own)."""
    _refusals[name] = refusal


def constraint_name(error: DBAPIError) -> str | None:
    """Return the name of the violated constraint, which SQLite tells only by its columns."""
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return str(diagnostic.constraint_name) if diagnostic.constraint_name else None
    message = str(error.orig)
    if found := re.search(r"CHECK constraint failed: (\w+)", message):
        return found.group(1)
    if found := re.search(r"UNIQUE constraint failed: (.+)", message):
        return _unique_by_columns().get(frozenset(found.group(1).split(", ")))
    return None


def refusal_of(error: DBAPIError) -> Refusal | None:
    """Return the refusal that a violated constraint stands for, if one was declared."""
    if not isinstance(error, IntegrityError):
        return None
    refusal = _refusals.get(constraint_name(error) or "")
    return refusal() if refusal else None


def _unique_by_columns() -> Mapping[frozenset[str], str]:
    names: dict[frozenset[str], str] = {}
    for table in Base.metadata.tables.values():
        promises: list[UniqueConstraint | Index] = [one for one in table.indexes if one.unique]
        promises += [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        for promise in promises:
            if promise.name is not None:
                columns = frozenset(f"{table.name}.{column.name}" for column in promise.columns)
                names[columns] = str(promise.name)
    return names


def _is_unreachable(error: DBAPIError) -> bool:
    """Say whether the database is stopped, starting, or has hung up: PostgreSQL alone can be."""
    state = getattr(error.orig, "sqlstate", "")
    if not isinstance(error, OperationalError) or state == "":
        return False
    return state is None or error.connection_invalidated or state.startswith("08") or state in _UNREACHABLE_SQLSTATES


def _worth_another_try(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in _RETRIED_SQLSTATES:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error.orig)


# -- engines ----------------------------------------------------------------------------------------------------------


def _postgresql(url: str, *, pooler: bool, pool_size: int) -> Engine:
    # A transaction pooler hands each transaction to another server process, which does not know our prepared ones.
    arguments: dict[str, Any] = {"prepare_threshold": None} if pooler else {}
    return create_engine(
        url,
        isolation_level="READ COMMITTED",
        connect_args=arguments,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _sqlite(url: str) -> Engine:
    arguments = {"timeout": 10, "isolation_level": None, "check_same_thread": False}
    # Parameters hold names and numbers, and an error's text goes to the log.
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=TRUNCATE",
        "synchronous=FULL",
        "busy_timeout=10000",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = bool(connection.get_execution_options().get("paraphe_reading"))
    raw = connection.connection.driver_connection
    if raw is None:  # pragma: no cover - SQLAlchemy hands a live connection to this event
        raise RuntimeError("no connection")
    # Said at each begin, so that a pooled connection never keeps the mode of whoever had it before.
    raw.execute(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    begin = "BEGIN" if reading else "BEGIN IMMEDIATE"
    try:
        raw.execute(begin)
    except sqlite3.OperationalError as error:
        # Raised past SQLAlchemy, which would have wrapped it: another process is writing.
        raise OperationalError(begin, None, error) from error
