"""The whole comparison: each sign-in beside a bare write, in databases of all sizes in turn."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks import engines
from benchmarks.engines import Cluster
from benchmarks.figures import percentile, ratio_of_medians
from benchmarks.report import grid, machine
from benchmarks.signatures.stand import SIZE, Stand
from foundation.clock import SystemClock
from tests.servers.postgres import Unavailable

SIZES = (1_000, 30_000, 1_000_000)
FLAT = 1.5
"""From the smallest to the largest: by how much time and ratio may differ and still be called flat."""
MOST_ROUNDS = SIZE.people * SIZE.trainings - 1
HEADINGS = ("engine", "signatures", "ratio (spread)", "p50 ms", "p95 ms", "bare ms", "statements", "ratio ×", "time ×")


@dataclass(frozen=True)
class Wish:
    """What to measure."""

    engines: tuple[str, ...] = engines.EVERY
    sizes: tuple[int, ...] = SIZES
    rounds: int = 200


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
                    at = SystemClock().now().isoformat(timespec="seconds")
                    yield {"at": at, "engine": cluster.name, **line, "machine": {**where, "database": cluster.version}}
        except Unavailable as error:
            click.echo(f"{name} is left out. {error}", err=True)


def _on(cluster: Cluster, wish: Wish) -> Iterator[dict[str, Any]]:
    stands = {size: Stand.filled(cluster, size) for size in wish.sizes}
    gc.collect()
    gc.freeze()
    bare: dict[int, list[float]] = {size: [] for size in stands}
    signed: dict[int, list[float]] = {size: [] for size in stands}
    for turn in range(-1, wish.rounds):
        for size, stand in stands.items():
            written, taken = stand.write_bare(turn), stand.sign(turn)
            # The round before the first is not counted: caches, plans, the last imports.
            if turn >= 0:
                bare[size].append(written)
                signed[size].append(taken)
    lines = [_line(size, stand, signed[size], bare[size]) for size, stand in stands.items()]
    for stand in stands.values():
        stand.database.dispose()
    yield from ({**line, **_against(lines[0], line)} for line in lines)


def _line(size: int, stand: Stand, signed: Sequence[float], bare: Sequence[float]) -> dict[str, Any]:
    ratio = {name: round(value, 2) for name, value in asdict(ratio_of_medians(signed, bare)).items()}
    return {
        "signatures": size,
        "ms": round(median(signed), 2),
        "p95_ms": round(percentile(signed, 0.95), 2),
        "bare_ms": round(median(bare), 2),
        "ratio": ratio,
        "statements": stand.statements,
        "rounds": len(signed),
    }


def _against(smallest: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, float]:
    return {
        "time_growth": round(line["ms"] / smallest["ms"], 2),
        "ratio_growth": round(line["ratio"]["value"] / smallest["ratio"]["value"], 2),
    }


def table(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return the lines as a Markdown table, the ratios first."""
    return grid(HEADINGS, [_cells(line) for line in lines], texts=1)


def verdict(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each engine whose sign-ins grow with the age of the data, or one that says that none do."""
    growing = {
        line["engine"]
        for line in lines
        if max(line["time_growth"], line["ratio_growth"]) > FLAT or line["ratio_growth"] < 1 / FLAT
    }
    told = [f"A sign-in on {name} is not flat: more than {FLAT} times from one size to another." for name in growing]
    return told or [f"A sign-in is flat: within {FLAT} times from one size to another, in time and in ratio."]


def _cells(line: Mapping[str, Any]) -> tuple[str, ...]:
    ratio = line["ratio"]
    return (
        line["engine"],
        f"{line['signatures']:,}",
        f"{ratio['value']:.1f} ({ratio['low']:.1f}–{ratio['high']:.1f})",
        f"{line['ms']:.1f}",
        f"{line['p95_ms']:.1f}",
        f"{line['bare_ms']:.2f}",
        str(line["statements"]),
        f"{line['ratio_growth']:.2f}",
        f"{line['time_growth']:.2f}",
    )
