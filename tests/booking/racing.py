"""Starting many at once, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

from booking.models import AppointmentType, Channel
from booking.use_cases.hold_slot import hold_slot
from foundation.refusals import Refusal
from tests.booking.diary import (
    at,
    visitor,
)
from tests.house import House


def at_once(tasks: Sequence[Callable[[], object]]) -> list[object]:
    """Run every task in a thread of its own, all from the same moment; a refusal is a result."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        barrier.wait(timeout=30)
        try:
            return task()
        except Refusal as refusal:
            return type(refusal)

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(run, tasks))


def refused(results: list[object]) -> Counter[type]:
    """Count the refusals among the results."""
    return Counter(result for result in results if isinstance(result, type))


def two_holds(house: House, kind: AppointmentType) -> list[Callable[[], object]]:
    def hold_as(client: str) -> Callable[[], object]:
        return lambda: hold_as_of(house, kind, client, at(7), house.now)

    return [hold_as("one"), hold_as("two")]


def hold_as_of(house: House, kind: AppointmentType, client: str, starts_at: datetime, now: datetime) -> object:
    return house.database.in_transaction(
        house.organisation.id, hold_slot, visitor(house), **wanted(house, kind, client, starts_at, now)
    )


def wanted(house: House, kind: AppointmentType, client: str, starts_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "client": client,
        "type_id": kind.id,
        "venue_id": house.venue.id,
        "channel": Channel.ON_SITE,
        "starts_at": starts_at,
    }
