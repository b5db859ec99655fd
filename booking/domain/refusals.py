"""The expected «no» of booking; each has its sentence in `wording`."""

from __future__ import annotations

from foundation.refusals import Conflict, Expired, Invalid, NotFound, TooMany


class SlotTaken(Conflict):
    """The slot is not free (any more), or never was a slot: the two are not told apart."""


class WorkshopFull(Conflict):
    """No seat is left."""


class HoldNotFound(NotFound):
    """No such hold: mistyped, released, or purged."""


class HoldExpired(Expired):
    """The hold is over: it lapsed, was given back or booked, or was renewed as long as it may be."""


class HoldConfirmed(Conflict):
    """What was held is booked already, for a person who gave other details."""


class TooManyHolds(TooMany):
    """One client keeps three slots already."""


class TooLateToCancel(Conflict):
    """The appointment is too near to be cancelled by link."""


class TooLateToMove(Conflict):
    """The appointment is too near to be moved by link."""


class AlreadyCancelled(Conflict):
    """The appointment is cancelled."""


class NotMovable(Conflict):
    """A seat in a workshop, or an appointment that has begun, is not moved."""


class AppointmentNotFound(NotFound):
    """No such appointment here."""


class TypeNotFound(NotFound):
    """No such reason here, or it is not offered any more."""


class WorkshopNotFound(NotFound):
    """No such workshop here."""


class SeriesNotFound(NotFound):
    """No such series of workshops here."""


class WorkshopBegun(Conflict):
    """The workshop has begun, or is over: it is not changed or cancelled any more."""


class CapacityBelowTaken(Conflict):
    """Fewer seats than `taken` already."""


class NotOpenToPublic(NotFound):
    """The reason is not offered in this way (at this venue, by this channel)."""


class OnlyInWorkshops(NotOpenToPublic):
    """The reason has no slots of its own: one takes a seat in one of its workshops."""


class OpeningHoursNotFound(NotFound):
    """No such rule of opening here."""


class TimeOffNotFound(NotFound):
    """No such absence here."""


class UnfitValues(Invalid):
    """Each value can be read, and they contradict each other or lie beyond what makes sense; `fields` says which."""


class OutsideOpeningHours(Conflict):
    """Nobody who could serve is open and free then."""


class OverlapNotSeen(Conflict):
    """An override meets `count` things that its author has not named."""


class PersonFull(Conflict):
    """The person has as many appointments of this type, that day or week, as one may have."""


class TooManyPeople(Invalid):
    """More people than may come together, or none."""


class AlreadyDecided(Conflict):
    """The request was approved, refused or cancelled meanwhile."""


class DateNotFound(NotFound):
    """The rule has no such date, or it has begun already."""


class WaitingEntryNotFound(NotFound):
    """Nobody waits under this id here."""


class AlreadyWaiting(Conflict):
    """The same person waits for the same thing already."""


class WaitOver(Conflict):
    """The wait has ended: served, left, or its time is over."""


class NothingOffered(Conflict):
    """No offer was made, or another one than the one that was seen."""


class NotFull(Conflict):
    """The workshop has free seats: nobody has to wait for one."""


class NothingEarlier(Conflict):
    """The appointment is not one that moves to an earlier time (any more)."""


class TooManyWaits(TooMany):
    """Too many have joined waiting lists from one network."""


class FileNotShown(Invalid):
    """What is to be imported is not what a trial has shown."""
