"""The whole comparison: databases of every size on every engine, every search, and the table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import click

from benchmarks import engines
from benchmarks.engines import Cluster
from benchmarks.report import grid, machine
from benchmarks.search.comparing import FLAT, Stand, compare, is_flat
from benchmarks.search.data_set import DataSet
from benchmarks.search.searches import SEARCHES
from foundation.clock import SystemClock
from tests.servers.postgres import Unavailable

SIZES = (6_000, 60_000, 600_000)
HEADINGS = (
    "search",
    "engine",
    "appointments",
    "ratio (spread)",
    "ms",
    "reading ms",
    "rows",
    "statements",
    "ratio ×",
    "time ×",
)


@dataclass(frozen=True)
class Wish:
    """What to measure."""

    engines: tuple[str, ...] = engines.EVERY
    sizes: tuple[int, ...] = SIZES
    rounds: int = 15
    data: DataSet = field(default_factory=lambda: DataSet(0))
    """Its number of appointments does not count."""


def run(wish: Wish) -> Iterator[dict[str, Any]]:
    """Measure all that is wished for, and yield each line as it is known."""
    where = machine()
    for name in wish.engines:
        try:
            with (
                tempfile.TemporaryDirectory(prefix="paraphe-bench-") as folder,
                engines.running(name, Path(folder)) as cluster,
            ):
                for line in _on(cluster, wish):
                    yield {
                        "at": SystemClock().now().isoformat(timespec="seconds"),
                        "engine": name,
                        "seed": wish.data.seed,
                        **line,
                        "machine": {**where, "database": cluster.version},
                    }
        except Unavailable as error:
            click.echo(f"{name} is left out. {error}", err=True)


def _on(cluster: Cluster, wish: Wish) -> Iterator[dict[str, Any]]:
    stands = {size: _stand(cluster, replace(wish.data, appointments=size)) for size in sorted(wish.sizes)}
    for search in SEARCHES:
        if not search.when_full:
            yield from compare(stands, search, wish.rounds)
    for size, stand in stands.items():
        stand.fill_up()
        cluster.tidy(_name(size))
    for search in SEARCHES:
        if search.when_full:
            yield from compare(stands, search, wish.rounds)
    for stand in stands.values():
        stand.database.dispose()


def _stand(cluster: Cluster, data: DataSet) -> Stand:
    began = perf_counter()
    stand = Stand.filled(cluster.new(_name(data.appointments)), data)
    cluster.tidy(_name(data.appointments))
    spent = perf_counter() - began
    click.echo(f"{cluster.name}: {data.appointments} appointments, written in {spent:.0f} s", err=True)
    return stand


def _name(size: int) -> str:
    return f"of_{size}"


def table(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return the lines as a Markdown table, the ratios first."""
    return grid(HEADINGS, [_cells(line) for line in lines], texts=2)


def verdict(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each search whose figures grow with the age of the data, or one that says that none do."""
    kinds = dict.fromkeys((line["search"], line["engine"]) for line in lines)
    growing = [
        f"{search} on {engine} is not flat: more than {FLAT} times from one size to another."
        for search, engine in kinds
        if not is_flat([line for line in lines if (line["search"], line["engine"]) == (search, engine)])
    ]
    return growing or [f"Each search is flat: within {FLAT} times from one size to another, in time and in ratio."]


def _cells(line: Mapping[str, Any]) -> tuple[str, ...]:
    ratio = line["ratio"]
    return (
        line["search"],
        line["engine"],
        f"{line['appointments']:,}",
        f"{ratio['value']:.1f} ({ratio['low']:.1f}–{ratio['high']:.1f})",
        f"{line['ms']:.1f}",
        f"{line['control_ms']:.2f}",
        str(line["rows"]),
        str(line["statements"]),
        f"{line['ratio_growth']:.2f}",
        f"{line['time_growth']:.2f}",
    )
