"""How much of a half-day somebody missed at its beginning and at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from attendance.domain.windows import minutes_retained


@dataclass(frozen=True)
class Minutes:
    """Whole minutes: retained, missed at the beginning, missed at the end; None where it is not known (yet)."""

    retained: int | None = None
    late: int | None = None
    early: int | None = None


def minutes_of(
    *,
    starts_at: datetime,
    ends_at: datetime,
    arrived_at: datetime | None,
    left_at: datetime | None,
    now: datetime,
) -> Minutes:
    """Count what is known: without an arrival nothing is retained, before the end only what has been left."""
    late = _between(starts_at, min(arrived_at, ends_at)) if arrived_at is not None else None
    early = _between(max(left_at, starts_at), ends_at) if left_at is not None else None
    if arrived_at is None or (left_at is None and now < ends_at):
        return Minutes(None, late, early)
    retained = minutes_retained(starts_at=starts_at, ends_at=ends_at, arrived_at=arrived_at, left_at=left_at)
    return Minutes(retained, late, early)


def _between(begin: datetime, end: datetime) -> int | None:
    minutes = int((end - begin).total_seconds()) // 60
    return minutes if minutes > 0 else None
