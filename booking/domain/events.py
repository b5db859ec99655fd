"""What happened in booking, for the reactions of any package."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.events import Event


@dataclass(frozen=True)
class AppointmentBooked(Event):
    """Somebody is expected."""

    appointment_id: int


@dataclass(frozen=True)
class AppointmentMoved(Event):
    """The appointment is at another time; `sequence` tells this move from the next."""

    appointment_id: int
    sequence: int


@dataclass(frozen=True)
class AppointmentCancelled(Event):
    """Nobody is expected any more."""

    appointment_id: int
    sequence: int
