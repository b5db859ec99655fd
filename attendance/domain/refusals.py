"""What attendance refuses without keeping a trace; the refusals of a scan or of a code are verdicts instead."""

from __future__ import annotations

from foundation.refusals import Conflict, Forbidden, Invalid, NotFound, TooMany


class MeetingNotFound(NotFound):
    """No such meeting here."""


class HalfDayNotFound(NotFound):
    """No such half-day, or not of this meeting."""


class AttendeeNotFound(NotFound):
    """This person is not expected there."""


class UnreadableTarget(Invalid):
    """The form or the program does not say where it scans."""


class WitnessNeeded(Forbidden):
    """A badge counts only when it is shown to somebody: an agent, or a device that an agent answers for."""


class WindowClosed(Conflict):
    """It is too early or too late to sign this half-day."""


class AlreadySigned(Conflict):
    """This person has signed this half-day."""


class NoWayToSend(Conflict):
    """There is neither a telephone number nor a mail address to send a code to."""


class TooManyCodes(TooMany):
    """Too many wrong codes, or too many codes asked for: one must wait."""


class ReasonNeeded(Invalid):
    """A statement says why the person did not sign."""


class TooEarlyToState(Conflict):
    """Nobody can say that a person is there before the doors are open."""


class SheetIsClosed(Conflict):
    """A closed sheet takes nothing more."""


class TooEarlyToCountersign(Conflict):
    """A half-day is countersigned once it has begun."""


class AlreadyCountersigned(Conflict):
    """This facilitator has countersigned this half-day."""


class HeadcountNeeded(Invalid):
    """A countersignature counts the heads in the room."""


class TooEarlyToClose(Conflict):
    """The last half-day is not over."""


class UnreadableTraining(Invalid):
    """A training needs a title, a venue or a video room, half-days that do not overlap, and attendees."""


class UnreadablePeriod(Invalid):
    """A list is asked for from one time to a later one, a year at most."""


class UnreadableStatement(Invalid):
    """A statement names one person at one place: by their row there, by an appointment, or by a workshop."""
