"""Somebody comes without being expected: when they may still be added, and the refusals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attendance.domain.windows import closes_at, opens_at
from foundation.refusals import Conflict, Invalid
from foundation.times import local


class MeetingNotToday(Conflict):
    """Nobody walks in on another day than that of a half-day."""


class MeetingTakesOne(Conflict):
    """An appointment is one person's: somebody else books their own."""


class MeetingCancelled(Conflict):
    """A cancelled workshop takes nobody."""


class UnreadableWalkIn(Invalid):
    """Somebody known, or a first and a last name."""


def is_open_or_today(half_days: Iterable[tuple[datetime, datetime]], *, now: datetime, time_zone: str) -> bool:
    """Say whether a half-day can be signed now, or has a part of its hours on the local day of `now`."""
    today = local(now, time_zone).date()
    return any(
        opens_at(starts_at) <= now < closes_at(ends_at)
        or local(starts_at, time_zone).date() <= today <= local(ends_at, time_zone).date()
        for starts_at, ends_at in half_days
    )
