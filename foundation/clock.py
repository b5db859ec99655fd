"""The only place that reads the clock, so that a test or a demonstration can set the time of the whole house."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol


class Clock(Protocol):
    """Whoever needs the time is given one of these."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the instant, aware and in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until somebody moves it: for tests and for replays."""

    def __init__(self, start: datetime) -> None:
        """Begin at `start`, which must be aware."""
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._lock = Lock()
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant at which the clock stands."""
        with self._lock:
            return self._now

    def advance(self, step: timedelta) -> None:
        """Move forward (or back) by `step`."""
        with self._lock:
            self._now += step

    def set(self, instant: datetime) -> None:
        """Stand at `instant`, which must be aware."""
        if instant.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        with self._lock:
            self._now = instant.astimezone(UTC)


def machine_milliseconds() -> int:
    """Return the machine's milliseconds since 1970, for identifiers only: a set clock does not change them."""
    return time.time_ns() // 1_000_000
