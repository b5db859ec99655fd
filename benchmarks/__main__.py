"""`make bench`: starts the production server on both engines, drives it over HTTP, prints a table and JSON lines."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from benchmarks import engines, servers
from benchmarks.app import new_environment
from benchmarks.client import Silence
from benchmarks.engines import Engine, prepared
from benchmarks.measuring import NothingRight, Plan, Stand
from benchmarks.report import keep, machine, table
from benchmarks.rows import CONTROLS, ROWS
from benchmarks.servers import NotStarted
from benchmarks.statements import count
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


class _Some(click.ParamType[tuple[str, ...]]):
    """Some of the names, separated by commas."""

    name = "names"

    def __init__(self, *names: str) -> None:
        self._names = names

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[str, ...]:
        chosen = value if isinstance(value, tuple) else tuple(value.split(","))
        for name in chosen:
            if name not in self._names:
                self.fail(f"{name} is none of {', '.join(self._names)}", parameter, context)
        return chosen


class _Numbers(click.ParamType[tuple[int, ...]]):
    """Whole numbers from 1, separated by commas."""

    name = "numbers"

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        if not all(word.isdecimal() and int(word) for word in value.split(",")):
            self.fail(f"{value} is not whole numbers from 1", parameter, context)
        return tuple(int(word) for word in value.split(","))


@click.command()
@click.option("--server", "chosen", type=_Some(*servers.EVERY), help="By default production's on each engine.")
@click.option("--engine", "on", type=_Some(*engines.EVERY), default=engines.EVERY, help="By default both.")
@click.option("--rows", type=_Some(*ROWS), help="By default all.")
@click.option("--clients", type=_Numbers(), help="How many at once; by default 1,8,32.")
@click.option("--seconds", type=click.FloatRange(min=0.05), default=1.5, show_default=True, help="Of one round.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, show_default=True, help="Of each, in turn.")
@click.option("--choose", is_flag=True, help="Compare the servers by first-scan and week-search, at 8 and 32 clients.")
@click.option("--worker", is_flag=True, help="Let the outbox's worker run inside, as production does.")
def main(  # noqa: PLR0917 - the options of the command
    chosen: tuple[str, ...] | None,
    on: tuple[str, ...],
    rows: tuple[str, ...] | None,
    clients: tuple[int, ...] | None,
    seconds: float,
    rounds: int,
    *,
    choose: bool,
    worker: bool,
) -> None:
    """Measure Paraphe over HTTP, each row beside a bare control on the same server and engine.

    Several names or numbers are separated by commas.
    """
    wish = Wish(
        engines=on,
        servers=chosen or (servers.COMPARED if choose else (servers.PRODUCTION,)),
        rows=rows or (CHOICE_ROWS if choose else tuple(ROWS)),
        clients=clients or (CHOICE_CLIENTS if choose else CLIENTS),
        plan=Plan(seconds, rounds),
        worker=worker,
    )
    click.echo(
        f"{wish.lines()} lines, about {wish.plan.lasts(wish.lines()) / 60:.1f} minutes and the set-up.", err=True
    )
    lines = []
    try:
        for line in run(wish):
            lines.append(line)
            click.echo(keep(line, line["at"][:10]))
    except (NothingRight, NotStarted, Silence) as error:
        raise click.ClickException(f"{type(error).__name__}: {error}") from error
    click.echo(f"\n{table(lines)}")
    wrong = [text for line in lines for text in line["wrong_kept"]]
    if wrong:
        click.echo("\n".join(["\nWrong answers, some of them:", *wrong[:10]]), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
