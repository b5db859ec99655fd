"""One house for the tests: the whole application, on SQLite and on a real PostgreSQL, under a clock that they set."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.database import Database
from foundation.schema import migrate
from tests.house import House, config_for, furnish
from tests.servers.postgres import Server, Unavailable, running_postgres

LONGEST = ("test_api_document.py", "test_scan_offline.py", "guessing.py", "crashes/", "test_demonstration.py")
"""What takes longest begins first: else one core waits for the other at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; the others stay in their order."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL of our own, or a skip that says how to get one."""
    try:
        running = running_postgres(durable=False)
        server = running.__enter__()
    except Unavailable as error:
        pytest.skip(str(error))
    yield server
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def furnished_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with two organisations in it, to be copied."""
    path = tmp_path_factory.mktemp("template") / "furnished.sqlite3"
    _furnish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def furnished_postgres(postgres: Server) -> str:
    """A migrated PostgreSQL database with two organisations in it, to be used as a template."""
    postgres.create("furnished")
    _furnish(postgres.url("furnished"))
    return "furnished"


def _furnish(url: str) -> None:
    migrate(url)
    database = Database(url)
    furnish(database)
    database.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a furnished database of this test's own, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "house.sqlite3"
        shutil.copy(request.getfixturevalue("furnished_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server: Server = request.getfixturevalue("postgres")
    name = f"house_{tmp_path.name[-40:].lower().replace('-', '_')}_{abs(hash(str(tmp_path))) % 10**6}"
    server.create(name, template=request.getfixturevalue("furnished_postgres"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """The whole application on a furnished database."""
    with House(config_for(database_url)) as built:
        yield built


@pytest.fixture
def sqlite_house(furnished_sqlite: Path, tmp_path: Path) -> Iterator[House]:
    """The same on SQLite alone, for what has nothing to do with the engine (pages, journeys)."""
    path = tmp_path / "house.sqlite3"
    shutil.copy(furnished_sqlite, path)
    with House(config_for(f"sqlite:///{path}")) as built:
        yield built
