"""What happened in booking, for the reactions of any package."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.events import Event


@dataclass(frozen=True)
class AppointmentBooked(Event):
    """Somebody is expected."""

    appointment_id: int


@dataclass(frozen=True)
class AppointmentRequested(Event):
    """Somebody asks to come: their time is taken, and staff decide."""

    appointment_id: int


@dataclass(frozen=True)
class RequestRanOut(Event):
    """The time that was asked for has come; announced when it is requested, for then."""

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


@dataclass(frozen=True)
class WorkshopChanged(Event):
    """A workshop has another time, venue, agent, title or number of seats."""

    workshop_id: int


@dataclass(frozen=True)
class TimeFreed(Event):
    """Time that was taken is free, in minutes since 1970; whoever waits may want it. Without minutes: anywhere."""

    start_minute: int | None = None
    end_minute: int | None = None


@dataclass(frozen=True)
class LookedFor(Event):
    """Those who wait for a type are looked through for something free, from the one after `after_id` on.

    In `[start_minute, end_minute)` alone when that is where something was freed; for one workshop when it has an id.
    """

    type_id: int
    workshop_id: int | None = None
    start_minute: int | None = None
    end_minute: int | None = None
    after_id: int = 0


@dataclass(frozen=True)
class OfferMade(Event):
    """Somebody who waits is offered what a hold keeps for them."""

    waiting_entry_id: int
    hold_id: int


@dataclass(frozen=True)
class OfferRanOut(Event):
    """The time of an offer is over; announced when it is made, for then."""

    waiting_entry_id: int
    hold_id: int


@dataclass(frozen=True)
class WaitJoined(Event):
    """Somebody waits from now on."""

    waiting_entry_id: int


@dataclass(frozen=True)
class WaitRanOut(Event):
    """Somebody has waited long enough; announced when they join, for then."""

    waiting_entry_id: int
