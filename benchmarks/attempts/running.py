"""Runs the attempts: several threads in several processes, each taking the next number as it is free."""

from __future__ import annotations

import math
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from threading import Lock
from time import perf_counter

from benchmarks.attempts.crowd import Attempt, Crowd, NothingToTry, dice_of, now_of
from benchmarks.attempts.public import hold
from benchmarks.attempts.town import Town
from benchmarks.attempts.ways import Way, chosen
from foundation.database import Database
from foundation.refusals import Refusal

ACKNOWLEDGED = "acknowledged"
LOOKS_AROUND_EVERY = 40
"""Attempts."""


@dataclass(frozen=True)
class Plan:
    """How many attempts, by how many."""

    attempts: int
    seed: int = 1
    processes: int = 2
    threads: int = 4


@dataclass
class Tally:
    """What came of the attempts: how many of each way had which outcome, and how long they took."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    booked: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)
    bugs: list[str] = field(default_factory=list)
    began: float = math.inf
    ended: float = 0

    @property
    def seconds(self) -> float:
        """From the first attempt to the end of the last."""
        return self.ended - self.began

    def note(self, way: str, outcome: str, *, began: float, ended: float) -> None:
        """Count one attempt."""
        self.outcomes[way, outcome] += 1
        self.milliseconds.setdefault(way, []).append((ended - began) * 1000)
        self.began, self.ended = min(self.began, began), max(self.ended, ended)

    def add(self, other: Tally) -> None:
        """Count what another process has counted."""
        self.outcomes += other.outcomes
        for way, values in other.milliseconds.items():
            self.milliseconds.setdefault(way, []).extend(values)
        self.booked |= other.booked
        self.cancelled |= other.cancelled
        self.bugs += other.bugs
        self.began, self.ended = min(self.began, other.began), max(self.ended, other.ended)


def run(url: str, town: Town, plan: Plan) -> Tally:
    """Make all the attempts, and return what came of them; `bugs` holds what was no refusal."""
    context = get_context("spawn")
    turn = context.Value("q", 0)
    tally = Tally()
    with ProcessPoolExecutor(
        plan.processes, mp_context=context, initializer=_take_turns, initargs=(turn,)
    ) as processes:
        for done in [processes.submit(work, url, town, plan) for _ in range(plan.processes)]:
            tally.add(done.result())
    return tally


_turn: Synchronized[int] | None = None


def _take_turns(turn: Synchronized[int]) -> None:
    global _turn  # noqa: PLW0603 - a shared counter reaches another process by its initialiser alone
    _turn = turn


def work(url: str, town: Town, plan: Plan) -> Tally:
    """Do one process's share."""
    database = Database(url)
    worker = _Worker(Crowd(database, town), plan)
    try:
        with ThreadPoolExecutor(plan.threads) as threads:
            for done in [threads.submit(worker.go) for _ in range(plan.threads)]:
                done.result()
    finally:
        database.dispose()
    worker.tally.booked, worker.tally.cancelled = worker.crowd.told_booked, worker.crowd.told_cancelled
    return worker.tally


class _Worker:
    """The threads of one process."""

    def __init__(self, crowd: Crowd, plan: Plan) -> None:
        self.crowd, self.plan, self.tally = crowd, plan, Tally()
        self._lock = Lock()

    def go(self) -> None:
        """Attempt until there is nothing left to attempt, or a bug was found."""
        while (number := _next_number()) < self.plan.attempts:
            try:
                if number % LOOKS_AROUND_EVERY < self.plan.processes:
                    self.crowd.look_around(now_of(number))
                self._attempt(Attempt(number, dice_of(self.plan.seed, number)))
            except Exception:  # noqa: BLE001 - whatever is no refusal is a bug, and ends the run
                self.tally.bugs.append(f"attempt {number}\n{traceback.format_exc()}")
                _stop(self.plan.attempts)

    def _attempt(self, attempt: Attempt) -> None:
        way = chosen(attempt)
        began = perf_counter()
        try:
            outcome = self._outcome(way, attempt)
        except NothingToTry:
            way, outcome = hold, self._outcome(hold, attempt)
        # On Linux one clock for all processes, that nobody sets.
        ended = perf_counter()
        with self._lock:
            self.tally.note(way.__name__, outcome, began=began, ended=ended)

    def _outcome(self, way: Way, attempt: Attempt) -> str:
        try:
            way(self.crowd, attempt)
        except Refusal as refusal:
            return refusal.code
        return ACKNOWLEDGED


def _next_number() -> int:
    turn = _shared()
    with turn.get_lock():
        turn.value += 1
        return turn.value - 1


def _stop(after: int) -> None:
    _shared().value = after


def _shared() -> Synchronized[int]:
    if _turn is None:
        raise RuntimeError("no turns were given out")
    return _turn
