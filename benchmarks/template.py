"""A world that is made once on an engine, and copied for whoever measures over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engines import running
from benchmarks.seeding.office import make_world
from benchmarks.world import Size, World
from foundation.clock import SystemClock
from foundation.database import Database
from foundation.keys import MasterKeys

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
    with running(name, folder) as cluster:
        database = Database(cluster.new(_TEMPLATE))
        try:
            world = make_world(database, keys, now=SystemClock().now(), size=size)
        finally:
            database.dispose()
        cluster.tidy(_TEMPLATE)
        yield Engine(cluster.name, cluster.version, world, lambda: cluster.copied(_TEMPLATE))
