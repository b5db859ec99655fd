"""A PostgreSQL of their own, because these tests stop it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from foundation.database import Database
from foundation.schema import migrate
from tests.house import furnish
from tests.servers.postgres import Server, Unavailable, running_postgres


@pytest.fixture
def own_postgres() -> Iterator[Server]:
    """A real PostgreSQL with a furnished database and nobody else in it, or a skip that says how to get one."""
    try:
        running = running_postgres()
        server = running.__enter__()
    except Unavailable as error:
        pytest.skip(str(error))
    try:
        migrate(server.url())
        database = Database(server.url())
        furnish(database)
        database.dispose()
        yield server
    finally:
        running.__exit__(None, None, None)
