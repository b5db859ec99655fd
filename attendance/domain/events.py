"""What happened in attendance, for whoever reacts."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.events import Event


@dataclass(frozen=True)
class AttendeeSigned(Event):
    """A person signed their arrival or departure."""

    signature_id: int
    attendee_id: int
    half_day_id: int
    kind: str


@dataclass(frozen=True)
class HalfDayCountersigned(Event):
    """A facilitator countersigned a half-day."""

    facilitator_id: int
    half_day_id: int


@dataclass(frozen=True)
class SheetClosed(Event):
    """The sheet of a meeting takes no more signatures."""

    meeting_id: int
