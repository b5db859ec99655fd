"""A house that many examples share, so that each costs no more than itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.house import House, config_for


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for a whole module, on each engine in turn: every example leaves it as it found it."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("shared") / "house.sqlite3"
        shutil.copy(request.getfixturevalue("furnished_sqlite"), path)
        with House(config_for(f"sqlite:///{path}")) as built:
            yield built
        return
    server = request.getfixturevalue("postgres")
    name = f"shared_{request.module.__name__.rpartition('.')[2]}"
    server.create(name, template=request.getfixturevalue("furnished_postgres"))
    with House(config_for(server.url(name))) as built:
        yield built
    server.drop(name)
