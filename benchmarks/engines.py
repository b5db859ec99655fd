"""The two engines: databases are made in them, copied, and looked over before anything is measured."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import make_url

from foundation.database import EVERY_ORGANISATION, Database, refresh_statistics
from foundation.schema import migrate
from tests.servers.postgres import Server, running_postgres

EVERY = ("sqlite", "postgresql")


class Cluster(Protocol):
    """An engine in which databases come and go; nobody may be connected to one that is copied."""

    @property
    def name(self) -> str:
        """The name of the engine."""

    @property
    def version(self) -> str:
        """What it calls itself."""

    def new(self, database: str) -> str:
        """Make a migrated database without rows, and return its address."""

    def tidy(self, database: str) -> None:
        """Give back what is not used, and have the engine look at its tables, as it does at night in production."""

    def copied(self, database: str) -> AbstractContextManager[str]:
        """Give the address of a fresh copy for as long as the block lasts."""


@dataclass(frozen=True)
class OnSqlite:
    """Files in a folder."""

    folder: Path
    name: str = "sqlite"
    version: str = f"SQLite {sqlite3.sqlite_version}"

    def new(self, database: str) -> str:
        """Make a migrated database without rows, and return its address."""
        migrate(url := self._url(database))
        return url

    def tidy(self, database: str) -> None:
        """Give back what is not used, and look at some hundred rows of each table."""
        connection = sqlite3.connect(self._path(database), isolation_level=None)
        connection.execute("VACUUM")
        connection.close()
        opened = Database(self._url(database))
        opened.in_transaction(EVERY_ORGANISATION, refresh_statistics)
        opened.dispose()

    @contextmanager
    def copied(self, database: str) -> Iterator[str]:
        """Give the address of a fresh copy for as long as the block lasts."""
        path = self._path(f"{database}_copy")
        shutil.copy(self._path(database), path)
        try:
            yield f"sqlite:///{path}"
        finally:
            path.unlink()

    def _path(self, database: str) -> Path:
        return self.folder / f"{database}.sqlite3"

    def _url(self, database: str) -> str:
        return f"sqlite:///{self._path(database)}"


@dataclass(frozen=True)
class OnPostgresql:
    """Databases of a server of our own."""

    server: Server
    name: str = "postgresql"

    @property
    def version(self) -> str:
        """What it calls itself."""
        with self._connected("postgres") as connection:
            number = connection.info.server_version
        return f"PostgreSQL {number // 10_000}.{number % 10_000}"

    def new(self, database: str) -> str:
        """Make a migrated database without rows, and return its address."""
        self.server.create(database)
        migrate(url := self.server.url(database))
        return url

    def tidy(self, database: str) -> None:
        """Give back what is not used, and look at the tables."""
        with self._connected(database) as connection:
            connection.execute("VACUUM ANALYZE")

    @contextmanager
    def copied(self, database: str) -> Iterator[str]:
        """Give the address of a fresh copy for as long as the block lasts."""
        copy = f"{database}_copy"
        self.server.create(copy, template=database)
        try:
            yield self.server.url(copy)
        finally:
            self.server.drop(copy)

    def _connected(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        url = make_url(self.server.url(database)).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(), autocommit=True)


@contextmanager
def running(name: str, folder: Path) -> Iterator[Cluster]:
    """Have an engine for as long as the block lasts; raises Unavailable where there is no PostgreSQL."""
    if name == "sqlite":
        yield OnSqlite(folder)
        return
    with running_postgres() as server:
        yield OnPostgresql(server)
