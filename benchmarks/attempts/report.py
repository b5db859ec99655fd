"""The whole of it: the attempts on every engine, the audit, its negative control, and the tables."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from benchmarks import engines
from benchmarks.attempts.afterwards import leave_one_of_each
from benchmarks.attempts.books import untrue
from benchmarks.attempts.crowd import Crowd, now_of
from benchmarks.attempts.running import ACKNOWLEDGED, Plan, Tally, run
from benchmarks.attempts.town import make_town
from benchmarks.audit import EVERY, audit
from benchmarks.breaking import BREAKS, found_when_broken
from benchmarks.engines import Cluster
from benchmarks.figures import percentile
from benchmarks.report import grid, machine
from foundation.clock import SystemClock
from foundation.database import Database
from tests.servers.postgres import Unavailable

ATTEMPTS = 100_000
_DATABASE = "crowded"
HEADINGS = ("way", "engine", "attempts", "acknowledged", "refused", "acknowledged a second", "p50 ms", "p95 ms")


@dataclass(frozen=True)
class Wish:
    """How many attempts on which engines."""

    engines: tuple[str, ...] = engines.EVERY
    plan: Plan = field(default_factory=lambda: Plan(ATTEMPTS))


def attempt(wish: Wish) -> Iterator[dict[str, Any]]:
    """Make the attempts on each engine, audit the books, break a copy of them, and yield a line for each engine."""
    where = machine()
    for name in wish.engines:
        try:
            with (
                tempfile.TemporaryDirectory(prefix="paraphe-bench-") as folder,
                engines.running(name, Path(folder)) as cluster,
            ):
                yield {
                    "at": SystemClock().now().isoformat(timespec="seconds"),
                    "engine": name,
                    **on_engine(cluster, wish.plan),
                    "machine": {**where, "database": cluster.version},
                }
        except Unavailable as error:
            click.echo(f"{name} is left out. {error}", err=True)


def on_engine(cluster: Cluster, plan: Plan) -> dict[str, Any]:
    """Make the attempts in a database of their own, and return what came of them."""
    url = cluster.new(_DATABASE)
    database = Database(url)
    try:
        town = make_town(database)
        tally = run(url, town, plan)
        crowd = Crowd(database, town, told_booked=tally.booked)
        leave_one_of_each(crowd, now_of(plan.attempts))
        wrong = _wrong(database, tally, plan)
    finally:
        database.dispose()
    return {
        **asdict(plan),
        "seconds": round(tally.seconds, 1),
        "per_second": round(sum(tally.outcomes.values()) / tally.seconds, 1),
        "ways": _ways(tally),
        "bugs": tally.bugs,
        "wrong": wrong,
        "audit_missed": [] if tally.bugs or wrong else _missed(cluster, plan),
    }


def _wrong(database: Database, tally: Tally, plan: Plan) -> dict[str, list[int]]:
    with database.engine.connect() as connection:
        return {**audit(connection, now=now_of(plan.attempts)), **untrue(connection, tally)}


def _missed(cluster: Cluster, plan: Plan) -> list[str]:
    """Return the checks that do not find what a broken copy has."""
    with cluster.copied(_DATABASE) as copy:
        return [name for name in BREAKS if name not in found_when_broken(copy, name, now=now_of(plan.attempts))]


def _ways(tally: Tally) -> dict[str, Any]:
    return {
        way: {
            "outcomes": dict(
                sorted((outcome, count) for (one, outcome), count in tally.outcomes.items() if one == way)
            ),
            "p50_ms": round(percentile(milliseconds, 0.5), 1),
            "p95_ms": round(percentile(milliseconds, 0.95), 1),
        }
        for way, milliseconds in sorted(tally.milliseconds.items())
    }


def table(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return what came of each way on each engine as a Markdown table, with all of them together below."""
    rows = [cells for line in lines for cells in _cells(line)]
    return grid(HEADINGS, sorted(rows, key=lambda cells: (cells[0] == _ALL, cells[0])), texts=2)


_ALL = "all"


def _cells(line: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    together: dict[str, int] = {}
    for way, told in line["ways"].items():
        yield _row(way, line, told["outcomes"], f"{told['p50_ms']:.1f}", f"{told['p95_ms']:.1f}")
        for outcome, count in told["outcomes"].items():
            together[outcome] = together.get(outcome, 0) + count
    yield _row(_ALL, line, together, "", "")


def _row(way: str, line: Mapping[str, Any], outcomes: Mapping[str, int], *milliseconds: str) -> tuple[str, ...]:
    tried, acknowledged = sum(outcomes.values()), outcomes.get(ACKNOWLEDGED, 0)
    rate = f"{acknowledged / line['seconds']:.1f}"
    return way, line["engine"], f"{tried:,}", f"{acknowledged:,}", f"{tried - acknowledged:,}", rate, *milliseconds


def refusals(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return how often each «no» was said on each engine, as a Markdown table."""
    counts: dict[str, dict[str, int]] = {}
    for line in lines:
        for told in line["ways"].values():
            for outcome, count in told["outcomes"].items():
                of_engine = counts.setdefault(outcome, {})
                of_engine[line["engine"]] = of_engine.get(line["engine"], 0) + count
    names = [line["engine"] for line in lines]
    rows = [
        (outcome, *(f"{of_engine.get(name, 0):,}" for name in names))
        for outcome, of_engine in sorted(counts.items(), key=lambda item: -sum(item[1].values()))
        if outcome != ACKNOWLEDGED
    ]
    return grid(("refused", *names), rows, texts=1)


def verdict(line: Mapping[str, Any]) -> list[str]:
    """Return what is wrong on an engine; nothing, when all was well and the audit can fail."""
    return [
        *line["bugs"][:3],
        *(f"{name}: {len(ids)} rows, {ids[:5]}" for name, ids in line["wrong"].items()),
        *(f"the audit does not find it: {name}" for name in line["audit_missed"]),
    ]


def praise(line: Mapping[str, Any]) -> str:
    """Return the sentence of a run after which nothing is wrong."""
    tried = sum(count for told in line["ways"].values() for count in told["outcomes"].values())
    return (
        f"{line['engine']}: {tried:,} attempts in {line['seconds']:.0f} s ({line['per_second']:.0f} a second), "
        f"no error; {len(EVERY)} checks find nothing, and each finds what is broken on purpose in a copy."
    )
