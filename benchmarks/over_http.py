"""The rows over HTTP: the production server on each engine, each row beside its control."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from benchmarks import servers
from benchmarks.app import new_environment
from benchmarks.measuring import Plan, Stand
from benchmarks.report import machine
from benchmarks.rows import CONTROLS, ROWS
from benchmarks.statements import count
from benchmarks.template import Engine, prepared
from benchmarks.world import Size
from foundation.clock import SystemClock
from foundation.keys import MasterKeys
from tests.servers.postgres import Unavailable

CLIENTS = (1, 8, 32)
CHOICE_ROWS, CHOICE_CLIENTS = ("first-scan", "week-search"), (8, 32)


@dataclass(frozen=True)
class Wish:
    """What to measure, and how long."""

    engines: tuple[str, ...]
    servers: tuple[str, ...]
    rows: tuple[str, ...]
    clients: tuple[int, ...]
    plan: Plan
    worker: bool = False
    size: Size = field(default_factory=Size)

    def lines(self) -> int:
        """Return how many lines come of it."""
        return len(self.engines) * len(self.servers) * len(self.rows) * len(self.clients)


def run(wish: Wish) -> Iterator[dict[str, Any]]:
    """Measure all that is wished for, and yield each line as it is known."""
    where = machine()
    with tempfile.TemporaryDirectory(prefix="paraphe-bench-") as name:
        folder = Path(name)
        environment = new_environment(folder, worker=wish.worker)
        keys = MasterKeys.parse(environment["PARAPHE_MASTER_KEYS"])
        for engine_name in wish.engines:
            try:
                with prepared(engine_name, folder, keys, wish.size) as engine:
                    for line in _on(engine, wish, environment, folder):
                        yield {**line, "machine": {**where, "database": engine.version}}
            except Unavailable as error:
                click.echo(f"{engine_name} is left out. {error}", err=True)


def _on(engine: Engine, wish: Wish, environment: dict[str, str], folder: Path) -> Iterator[dict[str, Any]]:
    rows = {name: ROWS[name] for name in wish.rows}
    statements = count(engine, {**rows, **CONTROLS}, environment)
    for server in wish.servers:
        if not servers.is_here(server):
            click.echo(f"{server} is left out: it is not installed.", err=True)
            continue
        with (
            engine.copy() as url,
            servers.running(server, {**environment, "DATABASE_URL": url}, folder) as port,
        ):
            stand = Stand(port, engine.world, statements, {})
            for clients in wish.clients:
                for row in rows.values():
                    line = stand.measure(row, clients, wish.plan)
                    yield {
                        "at": SystemClock().now().isoformat(timespec="seconds"),
                        "engine": engine.name,
                        "server": server,
                        "worker": wish.worker,
                        "seconds": wish.plan.seconds,
                        "rounds": wish.plan.rounds,
                        **line.flat(),
                    }
