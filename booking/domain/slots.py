"""The slot engine: a slot is computed from what is free, and never stored (product.md §2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import combinations, product

from booking.domain.intervals import (
    MINUTES_A_DAY,
    Interval,
    instant_of,
    intersect,
    length,
    merge,
    minute_from,
    minute_of,
    subtract,
)

ALIGNMENTS = (60, 30, 20, 15, 10, 5)


@dataclass(frozen=True)
class Cut:
    """How free time is cut: all in minutes; `on_the_clock` aligns starts on the venue's wall clock."""

    duration: int
    pause: int
    step: int
    on_the_clock: bool = False


@dataclass(frozen=True)
class Diary:
    """What is known of one resource: its openings by venue, when it is away, what engages it (pauses included)."""

    resource_id: int
    openings: Mapping[int | None, Sequence[Interval]]
    away: Sequence[Interval] = ()
    taken: Sequence[Interval] = ()

    def free_at(self, venue_id: int | None) -> list[Interval]:
        """Return its free time at a venue: openings − time off − engagements."""
        return subtract(self.openings.get(venue_id, ()), [*self.away, *self.taken])


@dataclass(frozen=True)
class Team:
    """Who would serve together at one venue, when they are all free, and what none of them may meet.

    `agent_ids` are people and `thing_ids` the room or vehicle they need, all distinct.
    """

    venue_id: int | None
    agent_ids: tuple[int, ...]
    thing_ids: tuple[int, ...]
    free: Sequence[Interval]
    taken: Sequence[Interval]


@dataclass(frozen=True)
class Slot:
    """A start that can be booked, with who would serve it; the first agent is the one whom people are told of."""

    start: int
    end: int
    venue_id: int | None
    agent_ids: tuple[int, ...]
    thing_ids: tuple[int, ...] = ()

    @property
    def resource_id(self) -> int:
        """Return whose appointment it would be."""
        return self.agent_ids[0]

    @property
    def resource_ids(self) -> list[int]:
        """Return what the slot takes, in id order."""
        return sorted({*self.agent_ids, *self.thing_ids})

    @property
    def rank(self) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
        """Return by what slots are put in order."""
        return self.start, self.venue_id or 0, self.agent_ids, self.thing_ids


def bookable(now: datetime, *, notice: int, horizon: int) -> Interval:
    """Return which starts may be booked at `now`: elapsed minutes, both bounds included."""
    return Interval(minute_from(now) + notice, minute_of(now) + horizon + 1)


def teams(agents: Sequence[Diary], things: Sequence[Sequence[Diary]] = (), *, together: int = 1) -> Iterator[Team]:
    """Return each team of `together` agents, and one of each kind of things, who are ever free at once at a venue."""
    for venue_id in sorted({venue for agent in agents for venue in agent.openings}, key=lambda venue: venue or 0):
        here = [agent for agent in agents if venue_id in agent.openings]
        kinds = [[thing for thing in kind if venue_id in thing.openings] for kind in things]
        for people, rest in product(combinations(here, together), list(product(*kinds))):
            members = [*people, *rest]
            free = _free_together(members, venue_id)
            if free:
                taken = merge(one for member in members for one in member.taken)
                ids = tuple(member.resource_id for member in members)
                yield Team(venue_id, ids[:together], ids[together:], free, taken)


def _free_together(members: Sequence[Diary], venue_id: int | None) -> list[Interval]:
    free = members[0].free_at(venue_id)
    for member in members[1:]:
        if not free:
            break
        free = intersect(free, member.free_at(venue_id))
    return free


def starts(team: Team, cut: Cut, zone: tzinfo, within: Interval) -> Iterator[int]:
    """Return the starts of `team` that lie in `within`, in order; `within` selects starts and never moves the cut."""
    engaged = [one.start for one in team.taken]
    for free in team.free:
        if free.end <= within.start or free.start >= within.end:
            continue
        for piece in _pieces(free, zone):
            for start in _grid(piece, cut, zone, within):
                if start + cut.duration > free.end:
                    break
                following = bisect_left(engaged, start)
                if following == len(engaged) or engaged[following] >= start + cut.duration + cut.pause:
                    yield start


def fits(team: Team, cut: Cut, start: int) -> bool:
    """Say whether `team` could serve from `start` on, whatever the grid: for staff, whom the grid does not bind."""
    span = Interval(start, start + cut.duration)
    with_pause = Interval(start, span.end + cut.pause)
    return any(free.contains(span) for free in team.free) and not any(one.overlaps(with_pause) for one in team.taken)


def slots_of(team: Team, cut: Cut, zone: tzinfo, within: Interval) -> Iterator[Slot]:
    """Return the slots of one team, in order and one by one, so that the first costs no more than itself."""
    for start in starts(team, cut, zone, within):
        yield Slot(start, start + cut.duration, team.venue_id, team.agent_ids, team.thing_ids)


def minutes_in(taken: Iterable[Interval], day: Interval) -> int:
    """Return how many minutes of `day` are taken."""
    return length(intersect(taken, [day]))


def local_day(minute: int, zone: tzinfo) -> Interval:
    """Return the whole day, in a zone, that a minute lies in: 23 or 25 hours when the clocks change."""
    day = instant_of(minute).astimezone(zone).replace(hour=0, minute=0, fold=0)
    return Interval(minute_of(day), minute_of(day + timedelta(days=1)))


def _pieces(free: Interval, zone: tzinfo) -> Iterator[Interval]:
    # Longer than a day, it is cut anew at each midnight, so that nobody has to know when it once began.
    start = free.start
    while free.end - free.start > MINUTES_A_DAY:
        midnight = local_day(start, zone).end
        if midnight >= free.end:
            break
        yield Interval(start, midnight)
        start = midnight
    yield Interval(start, free.end)


def _grid(piece: Interval, cut: Cut, zone: tzinfo, within: Interval) -> Iterator[int]:
    unit = next((unit for unit in ALIGNMENTS if cut.step % unit == 0), None) if cut.on_the_clock else None
    stop = min(piece.end, within.end)
    if unit is None:
        yield from _every(piece.start, cut.step, within.start, stop)
        return
    offset = _offset(piece.start, zone)
    if offset == _offset(piece.end, zone):
        # No clock changes in it, and the unit divides the step: whoever is aligned once stays aligned.
        yield from _every(piece.start + -(piece.start + offset) % unit, cut.step, within.start, stop)
        return
    start = _aligned(piece.start, unit, zone)
    while start < stop:
        if start >= within.start:
            yield start
        start = _aligned(start + cut.step, unit, zone)


def _every(start: int, step: int, first: int, stop: int) -> Iterator[int]:
    skipped = max(0, -(-(first - start) // step))
    return iter(range(start + skipped * step, stop, step))


def _offset(minute: int, zone: tzinfo) -> int:
    offset = instant_of(minute).astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60


def _aligned(minute: int, unit: int, zone: tzinfo) -> int:
    # Some zones change by half an hour, so the next aligned minute is looked for with the offset that it has itself.
    while (minute + _offset(minute, zone)) % unit:
        minute += 1
    return minute
