"""Until when an appointment may be cancelled or moved, and in which state."""

from __future__ import annotations

from datetime import datetime, timedelta

from booking.domain.refusals import AlreadyCancelled, NotMovable, TooLateToCancel, TooLateToMove


def may_change(*, starts_at: datetime, notice_minutes: int, now: datetime) -> bool:
    """Say whether the person may still cancel or move by link: the last minute is included."""
    return now <= starts_at - timedelta(minutes=notice_minutes)


def refuse_late_cancelling(*, starts_at: datetime, notice_minutes: int, now: datetime) -> None:
    """Return when the person may still cancel; raise TooLateToCancel."""
    if not may_change(starts_at=starts_at, notice_minutes=notice_minutes, now=now):
        raise TooLateToCancel(hours=-(-notice_minutes // 60))


def refuse_move(
    *,
    is_cancelled: bool,
    is_waiting: bool,
    in_workshop: bool,
    starts_at: datetime,
    notice_minutes: int,
    now: datetime,
) -> None:
    """Return when the person may move the appointment; raise AlreadyCancelled, NotMovable or TooLateToMove."""
    if is_cancelled:
        raise AlreadyCancelled
    if in_workshop or not is_waiting:
        raise NotMovable
    if not may_change(starts_at=starts_at, notice_minutes=notice_minutes, now=now):
        raise TooLateToMove(hours=-(-notice_minutes // 60))
