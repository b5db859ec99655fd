"""Who is expected, and which of several expectations somebody at the reception desk has come for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from attendance.domain.windows import Timing, timing


@dataclass(frozen=True)
class Expectation:
    """One person is expected at one half-day: because of a booking, or because they are enrolled in a training.

    The ids of rows of attendance are None until the rows are made. `is_moved` says that they were made for other hours
    or another venue than the booking has now. `is_cancelled_since`: it is cancelled, and was not yet at the instant
    that is asked about.
    """

    beneficiary_id: int
    title: str
    venue_id: int | None
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool = False
    is_cancelled_since: bool = False
    cancelled_at: datetime | None = None
    is_closed: bool = False
    is_moved: bool = False
    needs_drawing: bool = False
    appointment_id: int | None = None
    workshop_id: int | None = None
    agent_resource_id: int | None = None
    meeting_id: int | None = None
    half_day_id: int | None = None
    attendee_id: int | None = None

    @property
    def is_booked(self) -> bool:
        """Say whether a booking is the reason, and not a training."""
        return self.appointment_id is not None or self.workshop_id is not None

    @property
    def has_rows(self) -> bool:
        """Say whether a signature can be written as things are: the rows are there, and as the booking says."""
        return self.attendee_id is not None and self.half_day_id is not None and not self.is_moved

    def as_of(self, instant: datetime) -> Expectation:
        """Return how it stood at an instant that may be past: what was cancelled later was not cancelled."""
        if not self.is_cancelled or self.cancelled_at is None or self.cancelled_at <= instant:
            return self
        return replace(self, is_cancelled=False, is_cancelled_since=True)

    def timing(self, now: datetime, *, is_departure: bool = False) -> Timing:
        """Compare `now` with the window; a closed sheet is too late."""
        there = timing(now, starts_at=self.starts_at, ends_at=self.ends_at, is_departure=is_departure)
        return Timing.LATE if self.is_closed and there is Timing.OPEN else there

    def rows(self) -> tuple[int, int]:
        """Return the ids of the attendee and of the half-day, once they exist."""
        if self.attendee_id is None or self.half_day_id is None:
            raise RuntimeError("the rows of this expectation were not made")
        return self.attendee_id, self.half_day_id


def come_for(expectations: Iterable[Expectation], *, now: datetime, is_departure: bool = False) -> Expectation | None:
    """Return what somebody has come for, or leaves: open now, else not cancelled, else cancelled; the nearest start."""

    def rank(one: Expectation) -> tuple[bool, bool, float, datetime]:
        is_open = one.timing(now, is_departure=is_departure) is Timing.OPEN and not one.is_cancelled
        return not is_open, one.is_cancelled, abs((one.starts_at - now).total_seconds()), one.starts_at

    return min(expectations, key=rank, default=None)
