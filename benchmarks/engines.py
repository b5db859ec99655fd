"""The two engines: on each a world is made once, and copied for whoever measures."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from benchmarks.seeding.office import make_world
from benchmarks.world import Size, World
from foundation.clock import SystemClock
from foundation.database import Database
from foundation.keys import MasterKeys
from foundation.schema import migrate
from tests.servers.postgres import Server, running_postgres

EVERY = ("sqlite", "postgresql")
_TEMPLATE = "made_once"


@dataclass(frozen=True)
class Engine:
    """An engine with a world in it; `copy` gives the address of a fresh copy for as long as the block lasts."""

    name: str
    version: str
    world: World
    copy: Callable[[], AbstractContextManager[str]]


@contextmanager
def prepared(name: str, folder: Path, keys: MasterKeys, size: Size) -> Iterator[Engine]:
    """Make a world on an engine; raises Unavailable where there is no PostgreSQL."""
    if name == "sqlite":
        yield _on_sqlite(folder, keys, size)
        return
    with running_postgres() as server:
        yield _on_postgresql(server, keys, size)


def _on_sqlite(folder: Path, keys: MasterKeys, size: Size) -> Engine:
    template = folder / f"{_TEMPLATE}.sqlite3"
    world = _fill(f"sqlite:///{template}", keys, size)
    connection = sqlite3.connect(template, isolation_level=None)
    connection.execute("VACUUM")
    connection.execute("ANALYZE")
    connection.close()

    @contextmanager
    def copy() -> Iterator[str]:
        path = folder / "copy.sqlite3"
        shutil.copy(template, path)
        try:
            yield f"sqlite:///{path}"
        finally:
            path.unlink()

    return Engine("sqlite", f"SQLite {sqlite3.sqlite_version}", world, copy)


def _on_postgresql(server: Server, keys: MasterKeys, size: Size) -> Engine:
    server.create(_TEMPLATE)
    url = server.url(_TEMPLATE)
    world = _fill(url, keys, size)
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        version = connection.info.server_version

    @contextmanager
    def copy() -> Iterator[str]:
        server.create("copy", template=_TEMPLATE)
        try:
            yield server.url("copy")
        finally:
            server.drop("copy")

    return Engine("postgresql", f"PostgreSQL {version // 10_000}.{version % 10_000}", world, copy)


def _fill(url: str, keys: MasterKeys, size: Size) -> World:
    migrate(url)
    database = Database(url)
    try:
        return make_world(database, keys, now=SystemClock().now(), size=size)
    finally:
        database.dispose()
