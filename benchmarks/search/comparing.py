"""Measures each search beside its control, in databases of all sizes in turn, so that a slow minute is everybody's."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

from benchmarks.figures import Ratio, ratio_of_medians
from benchmarks.search.data_set import DataSet
from benchmarks.search.loading import fill_up, load
from benchmarks.search.opening import Loaded
from benchmarks.search.recording import Sent, driver_of, read_again, recorded
from benchmarks.search.searches import Ground, Search
from foundation.database import Database

T = TypeVar("T")
FLAT = 1.5
"""From the smallest to the largest: by how much time and ratio may differ and still be called flat."""


@dataclass(frozen=True)
class Stand:
    """A database with a data set in it."""

    database: Database
    data: DataSet
    loaded: Loaded

    @classmethod
    def filled(cls, url: str, data: DataSet) -> Stand:
        """Load a data set into a migrated database without rows."""
        database = Database(url)
        try:
            return cls(database, data, load(database, data))
        finally:
            # Nobody may be connected while the engine tidies up.
            database.dispose()

    def fill_up(self) -> None:
        """Take all that is free in the next months."""
        fill_up(self.database, self.data, self.loaded)
        self.database.dispose()

    @cached_property
    def ground(self) -> Ground:
        """What is searched for and where."""
        with self.database.reading(self.loaded.organisation_id) as db:
            return Ground.of(db)

    def record(self, search: Search, turn: int) -> list[Sent]:
        """Return the statements that a search sends, and see that its answer is right."""
        ground = self.ground
        with self.database.reading(self.loaded.organisation_id) as db, recorded(self.database) as sent:
            search.check(search.run(db, ground, turn))
        return sent

    def search(self, search: Search, turn: int) -> float:
        """Return how many milliseconds a search takes in a session of its own, which has read nothing yet."""
        ground = self.ground
        with self.database.reading(self.loaded.organisation_id) as db:
            return _timed(lambda: search.run(db, ground, turn))[0]

    def read(self, sent: list[Sent]) -> tuple[float, int]:
        """Return how many milliseconds the same rows take with the bare driver, and how many there are."""
        with self.database.reading(self.loaded.organisation_id) as db:
            driver = driver_of(db)
            return _timed(lambda: read_again(driver, sent))


@dataclass
class Series:
    """The rounds of one search in one database."""

    milliseconds: list[float] = field(default_factory=list)
    control: list[float] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    def line(self) -> dict[str, Any]:
        """Return what they say together; a ratio is that of times, so 10 is ten times as long as reading the rows."""
        return {
            "ms": round(median(self.milliseconds), 2),
            "control_ms": round(median(self.control), 2),
            "ratio": _rounded(ratio_of_medians(self.milliseconds, self.control)),
            "rows": round(median(self.rows)),
            "statements": max(self.statements),
            "rounds": len(self.milliseconds),
        }


def compare(stands: Mapping[int, Stand], search: Search, rounds: int) -> Iterator[dict[str, Any]]:
    """Measure a search in each database, `rounds` times in turn, and yield a line for each size."""
    of_size = {size: Series() for size in stands}
    gc.collect()
    gc.freeze()
    for turn in range(-1, rounds):
        for size, stand in stands.items():
            # The round before the first is not counted: caches, plans, the last imports.
            _measure(stand, search, max(turn, 0), Series() if turn < 0 else of_size[size])
    lines = [{"search": search.name, "appointments": size, **series.line()} for size, series in of_size.items()]
    yield from ({**line, **_against(lines[0], line)} for line in lines)


def _measure(stand: Stand, search: Search, turn: int, series: Series) -> None:
    sent = stand.record(search, turn)
    control, rows = stand.read(sent)
    series.control.append(control)
    series.milliseconds.append(stand.search(search, turn))
    series.rows.append(rows)
    series.statements.append(len(sent))


def is_flat(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether the lines of one search on one engine differ by no more than FLAT, in time and in ratio."""
    times: list[float] = [line["ms"] for line in lines]
    ratios: list[float] = [line["ratio"]["value"] for line in lines]
    return max(times) / min(times) <= FLAT and max(ratios) / min(ratios) <= FLAT


def _against(smallest: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, float]:
    return {
        "time_growth": round(line["ms"] / smallest["ms"], 2),
        "ratio_growth": round(line["ratio"]["value"] / smallest["ratio"]["value"], 2),
    }


def _timed(task: Callable[[], T]) -> tuple[float, T]:
    began = perf_counter()
    done = task()
    return (perf_counter() - began) * 1000, done


def _rounded(ratio: Ratio) -> dict[str, float]:
    return {name: round(value, 2) for name, value in asdict(ratio).items()}
