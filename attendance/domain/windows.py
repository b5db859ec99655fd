"""When one may sign, how late one was, and which time of a scan is believed."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

BEFORE = timedelta(minutes=30)
AFTER = timedelta(minutes=30)
BELIEVED = timedelta(minutes=2)


class Timing(StrEnum):
    """Where an instant stands against the window of a half-day."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"


def opens_at(starts_at: datetime, *, is_departure: bool = False) -> datetime:
    """Return the first instant at which a half-day can be signed; nobody leaves before it begins."""
    return starts_at if is_departure else starts_at - BEFORE


def closes_at(ends_at: datetime) -> datetime:
    """Return the first instant at which it no longer can."""
    return ends_at + AFTER


def timing(instant: datetime, *, starts_at: datetime, ends_at: datetime, is_departure: bool = False) -> Timing:
    """Compare `instant` with `[start − 30 min, end + 30 min)`, which begins at the start for a departure.

    A scanner left on «departure» before the start would otherwise sign whole rooms out, for good and with no minutes.
    """
    if instant < opens_at(starts_at, is_departure=is_departure):
        return Timing.EARLY
    return Timing.OPEN if instant < closes_at(ends_at) else Timing.LATE


def observed_at(told: datetime, *, now: datetime) -> datetime:
    """Return the time to keep as observed: what the scanner says if it is at most two minutes old, else ours.

    A scanner that is on the network judges nothing by its own clock, so nobody can sign for yesterday by setting one.
    """
    return told if now - BELIEVED <= told <= now else now


def minutes_retained(*, starts_at: datetime, ends_at: datetime, arrived_at: datetime, left_at: datetime | None) -> int:
    """Return the whole minutes spent inside the half-day: late arrivals and early departures count."""
    begin = max(starts_at, arrived_at)
    end = min(ends_at, left_at) if left_at is not None else ends_at
    return max(0, int((end - begin).total_seconds()) // 60)
