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


@dataclass(frozen=True)
class CorrectionApplied(Event):
    """What a sheet says of somebody was corrected: they are told."""

    correction_id: int


@dataclass(frozen=True)
class InvitationsDue(Event):
    """It is time to ask people to sign or countersign a half-day; `moment` and `whom` are of domain/invitations."""

    half_day_id: int
    moment: str
    whom: str


@dataclass(frozen=True)
class SignatureUndone(Event):
    """A person's only observed signature was taken back within seconds: nothing says any more that they came."""

    signature_id: int
    attendee_id: int
    half_day_id: int
    kind: str
