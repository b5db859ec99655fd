"""The public data set: a rule that anybody can follow again, in any language (docs/benchmarks.md tells it).

It stands at one moment of 2026 on purpose. What chance decides is read from SHA-256, so one seed makes one data set,
and what lies ahead is the same however much lies behind: only the age of the data grows with its size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from booking.domain.occurrences import Hours, open_on
from directory.domain.holidays import HolidayCalendar, closed_days

MONDAY: Final = date(2026, 9, 7)
NOW: Final = datetime(2026, 9, 7, 6, tzinfo=UTC)
"""Eight o'clock on that Monday in Paris."""
ZONE: Final = ZoneInfo("Europe/Paris")
WEEKDAYS: Final = 5
BLOCKS: Final = (Hours(9 * 60, 12 * 60 + 30), Hours(13 * 60 + 30, 17 * 60))
CELL: Final = 30
"""Minutes; a block has seven cells."""
CELLS: Final = 7
WEEKS_AHEAD: Final = 26
WEEKS_FULL: Final = 22
HORIZON: Final = timedelta(days=183)


class TooSmall(ValueError):
    """There are fewer appointments than lie ahead, whatever the size."""


class Kind(NamedTuple):
    """A reason to come: with its pause it takes one cell or two."""

    name: str
    minutes: int
    pause: int

    @property
    def cells(self) -> int:
        """Return how many cells it takes."""
        return (self.minutes + self.pause) // CELL


KINDS: Final = (Kind("Accueil", 20, 10), Kind("Aide administrative", 30, 0), Kind("Accompagnement", 45, 15))
PLAIN: Final = 1
"""The kind that takes exactly one cell."""


class Booked(NamedTuple):
    """One appointment: who serves (a number), which kind (a number), and when it begins, in minutes since 1970."""

    agent: int
    venue: int
    kind: int
    start: int


class Absence(NamedTuple):
    """An agent is away from one day to another, both included."""

    agent: int
    first_day: date
    last_day: date


@dataclass(frozen=True)
class DataSet:
    """The figures of architecture.md §5, and the seed."""

    appointments: int
    venues: int = 155
    agents: int = 60
    time_offs: int = 40
    seed: int = 1

    @property
    def people(self) -> int:
        """Return how many beneficiaries there are: each comes six times."""
        return max(1, self.appointments // 6)

    def venue_of(self, agent: int, weekday: int) -> int:
        """Return where an agent is on a weekday: each works at five venues."""
        return (WEEKDAYS * agent + weekday) % self.venues

    @staticmethod
    def is_fortnightly(agent: int) -> bool:
        """Say whether an agent works every second week: a fifth of them does."""
        return agent % 5 == 4  # noqa: PLR2004 - the last of each five

    def works(self, agent: int, week: int) -> bool:
        """Say whether an agent works in a week, counted from MONDAY's."""
        return not self.is_fortnightly(agent) or week % 2 == self.first_week(agent)

    @staticmethod
    def first_week(agent: int) -> int:
        """Return the parity of the weeks in which an agent of every second week works."""
        return agent // 5 % 2

    @cached_property
    def absences(self) -> list[Absence]:
        """The time-offs: of one to five days, in the half-year that follows."""
        return [self._absence(number) for number in range(self.time_offs)]

    def _absence(self, number: int) -> Absence:
        drawn = self._draw(f"time-off/{number}")
        first = MONDAY + timedelta(days=drawn[1] % 180)
        return Absence(drawn[0] % self.agents, first, first + timedelta(days=drawn[2] % 5))

    @cached_property
    def _behind(self) -> list[int]:
        """How many appointments each week of the past has, from the latest, until there are enough in all."""
        left, counts = self.appointments - sum(1 for _ in self.ahead()), list[int]()
        if left < 0:
            raise TooSmall(f"{self.appointments} appointments: {self.appointments - left} lie ahead already.")
        while left > 0:
            counts.append(sum(1 for _ in self._week(-1 - len(counts))))
            left -= counts[-1]
        return counts

    @property
    def weeks_behind(self) -> int:
        """The weeks since the rules began: an even number, so that every second week is the same one for each size."""
        return len(self._behind) + len(self._behind) % 2

    def everything(self) -> Iterator[Booked]:
        """Return all appointments, week after week; of the oldest, the last ones only."""
        counts = self._behind
        surplus = sum(counts) + sum(1 for _ in self.ahead()) - self.appointments
        behind = (one for week in range(-len(counts), 0) for one in self._week(week))
        yield from islice(behind, surplus, None)
        yield from self.ahead()

    def ahead(self) -> Iterator[Booked]:
        """Return those of the future, the same for every size: fewer and fewer for half a year."""
        for week in range(WEEKS_AHEAD):
            yield from self._week(week)

    def filling(self) -> Iterator[Booked]:
        """Return what takes every cell that is left in the next WEEKS_FULL weeks."""
        for week in range(WEEKS_FULL):
            for agent, day, half in self._blocks(week):
                taken = {cell for first, kind in self._in_block(agent, day, half) for cell in _of(first, kind)}
                for cell in set(range(CELLS)) - taken:
                    yield self._booked(agent, day, half, cell, PLAIN)

    def _week(self, week: int) -> Iterator[Booked]:
        for agent, day, half in self._blocks(week):
            for cell, kind in self._in_block(agent, day, half):
                yield self._booked(agent, day, half, cell, kind)

    def _blocks(self, week: int) -> Iterator[tuple[int, date, int]]:
        monday = MONDAY + timedelta(weeks=week)
        closed = set(closed_days(HolidayCalendar.METROPOLITAN, (), first=monday, last=monday + timedelta(days=6)))
        for weekday in range(WEEKDAYS):
            day = monday + timedelta(days=weekday)
            for half in range(len(BLOCKS)) if day not in closed else ():
                for agent in range(self.agents):
                    if self.works(agent, week) and (agent, day) not in self._away:
                        yield agent, day, half

    @cached_property
    def _away(self) -> set[tuple[int, date]]:
        lasts = ((one, (one.last_day - one.first_day).days + 1) for one in self.absences)
        return {(one.agent, one.first_day + timedelta(days=later)) for one, days in lasts for later in range(days)}

    def _in_block(self, agent: int, day: date, half: int) -> Iterator[tuple[int, int]]:
        busy = _busy(day)
        cell = 0
        while cell < CELLS:
            taken, chosen, _ = self._draw(f"cell/{agent}/{day.isoformat()}/{half}/{cell}")
            kind = chosen % len(KINDS)
            if cell + KINDS[kind].cells > CELLS:
                kind = PLAIN
            if taken < busy:
                yield cell, kind
            cell += KINDS[kind].cells if taken < busy else 1

    def _booked(self, agent: int, day: date, half: int, cell: int, kind: int) -> Booked:
        return Booked(agent, self.venue_of(agent, day.weekday()), kind, _start(day, half) + cell * CELL)

    def _draw(self, about: str) -> tuple[int, int, int]:
        drawn = hashlib.sha256(f"{self.seed}/{about}".encode()).digest()
        return int.from_bytes(drawn[:4]), int.from_bytes(drawn[4:8]), int.from_bytes(drawn[8:12])


def _of(first: int, kind: int) -> range:
    return range(first, first + KINDS[kind].cells)


def _busy(day: date) -> int:
    """Return below what a draw of 32 bits takes a cell: six in ten behind, four in ten ahead and less each week."""
    if day < MONDAY:
        return 2**32 * 6 // 10
    week = (day - MONDAY).days // 7
    share: int = 2**32 * 4 * 6**week // 10 ** (week + 1)
    return share


@lru_cache(maxsize=64)
def _start(day: date, half: int) -> int:
    return open_on(day, BLOCKS[half], ZONE)[0].start
