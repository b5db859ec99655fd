"""The slot rules once more, minute by minute and with nothing clever: what the engine is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import combinations, product
from zoneinfo import ZoneInfo

from booking.domain.intervals import Interval
from booking.domain.slots import Cut, Diary, Slot

A_DAY = 24 * 60


@dataclass(frozen=True)
class Rules:
    """What is asked of both: whose diaries, how it is cut, when it is now."""

    agents: Sequence[Diary]
    things: Sequence[Sequence[Diary]]
    together: int
    cut: Cut
    zone: ZoneInfo
    now: datetime
    notice: int
    horizon: int
    within: Interval


@dataclass(frozen=True)
class Members:
    """The minutes in which a team is free at a venue, and those in which one of it is taken."""

    venue_id: int | None
    agent_ids: tuple[int, ...]
    thing_ids: tuple[int, ...]
    free: frozenset[int]
    taken: frozenset[int] = field(default_factory=frozenset)


def minutes(spans: Sequence[Interval]) -> set[int]:
    """Every minute of some intervals."""
    return {minute for one in spans for minute in range(one.start, one.end)}


@lru_cache(maxsize=200_000)
def wall(minute: int, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(zone).replace(tzinfo=None)


def every_slot(rules: Rules) -> list[Slot]:
    """Every slot of every team, in order."""
    found = [
        Slot(start, start + rules.cut.duration, team.venue_id, team.agent_ids, team.thing_ids)
        for team in members(rules)
        for start in _starts(team, rules)
    ]
    return sorted(found, key=lambda slot: (slot.start, slot.venue_id or 0, slot.agent_ids, slot.thing_ids))


def members(rules: Rules) -> Iterator[Members]:
    """Every team of distinct resources, at each venue where all of them are ever open."""
    venues = {venue for agent in rules.agents for venue in agent.openings}
    for venue, people in product(venues, combinations(rules.agents, rules.together)):
        for things in product(*rules.things):
            team = [*people, *things]
            free = set.intersection(
                *(minutes(one.openings.get(venue, ())) - minutes(one.away) - minutes(one.taken) for one in team)
            )
            taken = set().union(*(minutes(one.taken) for one in team))
            agent_ids = tuple(one.resource_id for one in people)
            yield Members(venue, agent_ids, tuple(one.resource_id for one in things), frozenset(free), frozenset(taken))


def _starts(team: Members, rules: Rules) -> Iterator[int]:
    duration, whole = rules.cut.duration, rules.cut.duration + rules.cut.pause
    for run in _runs(team.free):
        for piece in _pieces(run, rules.zone):
            for start in _grid(piece, rules):
                if start + duration > run.end or team.taken.intersection(range(start, start + whole)):
                    continue
                elapsed = start * 60 - rules.now.timestamp()
                if rules.notice * 60 <= elapsed <= rules.horizon * 60 and start in range(*rules.within):
                    yield start


def _runs(free: frozenset[int]) -> Iterator[Interval]:
    for first in sorted(minute for minute in free if minute - 1 not in free):
        last = first
        while last in free:
            last += 1
        yield Interval(first, last)


def _pieces(run: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    begins = [run.start]
    if run.end - run.start > A_DAY:
        inside = range(run.start + 1, run.end)
        begins += [minute for minute in inside if wall(minute, zone).date() != wall(minute - 1, zone).date()]
    for first, last in zip(begins, [*begins[1:], run.end], strict=True):
        yield Interval(first, last)


def _grid(piece: Interval, rules: Rules) -> Iterator[int]:
    step = rules.cut.step
    unit = next((unit for unit in (60, 30, 20, 15, 10, 5) if step % unit == 0), 1) if rules.cut.on_the_clock else 1
    not_before = piece.start
    for minute in range(piece.start, piece.end):
        if minute >= not_before and wall(minute, rules.zone).minute % unit == 0:
            yield minute
            not_before = minute + step
