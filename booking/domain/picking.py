"""Among the slots that are free: who serves, which are shown, which are nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from booking.domain.slots import Slot


@dataclass(frozen=True)
class Load:
    """How busy somebody is on the day of a slot, and the rank of their last booking (greater is later)."""

    minutes: int = 0
    last_booked: int = field(default=0)


def who_serves(candidates: Iterable[Slot], loads: Mapping[int, Load]) -> Slot:
    """Return the slot of those with the fewest hours that day; ties: the least recently booked."""

    def rank(slot: Slot) -> tuple[int, int, list[int]]:
        known = [loads.get(agent_id, Load()) for agent_id in slot.agent_ids]
        return sum(one.minutes for one in known), max(one.last_booked for one in known), slot.resource_ids

    return min(candidates, key=rank)


def once_each(slots: Iterable[Slot]) -> list[Slot]:
    """Return each start of each venue once, whoever would serve it, in order."""
    seen: dict[tuple[int, int], Slot] = {}
    for slot in slots:
        seen.setdefault((slot.start, slot.venue_id or 0), slot)
    return [seen[key] for key in sorted(seen)]


def nearest(slots: Iterable[Slot], wanted: int, *, most: int) -> list[Slot]:
    """Return the slots that begin nearest to `wanted`, in order of time."""
    close = sorted(once_each(slots), key=lambda slot: (abs(slot.start - wanted), slot.start))[:most]
    return sorted(close, key=lambda slot: slot.start)
