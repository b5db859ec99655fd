"""One line of the table: rounds of the control and of the subject in turn, on one server, by the same clients."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.client import Round, drive
from benchmarks.exchange import Start
from benchmarks.figures import Ratio, percentile, ratio_of_medians
from benchmarks.rows import CONTROLS, Row
from benchmarks.world import World

WARM_UP = 0.3
"""Seconds that each is driven before it is measured: connections, caches, the last imports."""


class NothingRight(Exception):
    """A round without one right answer: all were wrong, or the tickets were used up (fewer or shorter rounds, then)."""


@dataclass(frozen=True)
class Plan:
    """How long to look: `rounds` of `seconds` of the subject, and as many of its control."""

    seconds: float
    rounds: int

    def lasts(self, lines: int) -> float:
        """Return about how many seconds `lines` lines take, without starting servers."""
        return lines * 2 * (self.rounds * self.seconds + min(WARM_UP, self.seconds))


@dataclass(frozen=True)
class Figures:
    """What several rounds of the same say together; milliseconds are of all their operations."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    statements: int
    wrong: int

    @classmethod
    def of(cls, rounds: Sequence[Round], statements: int) -> Figures:
        """Take the median of the rates, and the percentiles of all operations together."""
        every = [value for one in rounds for value in one.milliseconds]
        p50, p95, p99 = (round(percentile(every, share), 2) for share in (0.5, 0.95, 0.99))
        rate = round(median(one.rate for one in rounds), 1)
        return cls(rate, p50, p95, p99, statements, sum(one.wrong for one in rounds))


@dataclass(frozen=True)
class Line:
    """A row at a number of clients; `client_share` is the part of one core that the client itself took."""

    row: str
    clients: int
    figures: Figures
    control: str
    control_figures: Figures
    ratio: Ratio
    client_share: float
    wrong_kept: tuple[str, ...]

    def flat(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        figures, control = asdict(self.figures), asdict(self.control_figures)
        ratio = {name: round(value, 3) for name, value in asdict(self.ratio).items()}
        return {
            "row": self.row,
            "clients": self.clients,
            **figures,
            "ratio": ratio,
            "control": {"name": self.control, **control},
            "client_share": round(self.client_share, 3),
            "wrong_kept": list(self.wrong_kept),
        }


@dataclass(frozen=True)
class Stand:
    """A running server with a fresh copy of a world, whose tickets are used up from one line to the next."""

    port: int
    world: World
    statements: Mapping[str, int]
    operations: dict[str, Iterator[Start]]

    def measure(self, row: Row, clients: int, plan: Plan) -> Line:
        """Measure a row; raise NothingRight when there is nothing to say."""
        control = CONTROLS[row.control]
        # Else the client stops now and then to look through all that was imported, and the server seems to have.
        gc.collect()
        gc.freeze()
        for one in (control, row):
            self._drive(one, clients, min(WARM_UP, plan.seconds))
        controls, subjects = [], []
        for _ in range(plan.rounds):
            controls.append(self._drive(control, clients, plan.seconds))
            subjects.append(self._drive(row, clients, plan.seconds))
        spent = sum(one.client_seconds for one in subjects) / sum(one.seconds for one in subjects)
        return Line(
            row.name,
            clients,
            Figures.of(subjects, self.statements[row.name]),
            control.name,
            Figures.of(controls, self.statements[control.name]),
            ratio_of_medians([one.rate for one in subjects], [one.rate for one in controls]),
            spent,
            tuple(text for one in (*controls, *subjects) for text in one.wrong_kept),
        )

    def _drive(self, row: Row, clients: int, seconds: float) -> Round:
        operations = self.operations.setdefault(row.name, row.operations(self.world))
        found = drive(self.port, operations, clients=clients, seconds=seconds)
        if not found.milliseconds:
            raise NothingRight(f"{row.name}: {found.wrong_kept or 'no tickets are left'}")
        return found
