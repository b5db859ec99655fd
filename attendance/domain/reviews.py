"""What a person may decide of an entry that waits, and what stays whatever anybody decides (decision 22)."""

from __future__ import annotations

from datetime import datetime

from attendance.domain.verdicts import Verdict
from foundation.refusals import Conflict, Invalid, NotFound

LONGEST_REASON = 300
COUNTS = frozenset({Verdict.SIGNED, Verdict.ALREADY_SIGNED, Verdict.STATED})
"""Kept as observations already: somebody looks at them, and takes nothing away."""
_DONE = COUNTS | {Verdict.UNDONE}


class EntryNotFound(NotFound):
    """No such entry here, or nobody has to look at it."""


class EntryDecided(Conflict):
    """Somebody has looked at this entry and decided."""


class EntryOfNobody(Conflict):
    """The entry names nobody who is expected, so that there is nothing to accept."""


class EntryRefused(Conflict):
    """What was refused by its own facts stays refused: a look at the device does not open a window."""


class EntryCounts(Conflict):
    """The entry counts already: only a correction, which is printed, takes it away."""


class EntryOfTheFuture(Conflict):
    """The time that the entry tells is still to come."""


class ReviewReasonNeeded(Invalid):
    """Who decides says why, in 300 characters at most."""


def check_acceptance(verdict: Verdict, *, is_of_somebody: bool, observed_at: datetime, now: datetime) -> None:
    """Return when the entry can be accepted; raise EntryOfNobody, EntryRefused or EntryOfTheFuture.

    What counts already is accepted as it is: somebody has seen it.
    """
    if verdict in _DONE:
        return
    if not is_of_somebody:
        raise EntryOfNobody
    if verdict is not Verdict.AWAITING_REVIEW:
        raise EntryRefused
    if observed_at > now:
        raise EntryOfTheFuture


def check_rejection(verdict: Verdict) -> None:
    """Return when the entry can be set aside; raise EntryCounts."""
    if verdict in COUNTS:
        raise EntryCounts


def can_be_accepted(verdict: Verdict, *, is_of_somebody: bool) -> bool:
    """Say whether accepting is offered."""
    return verdict in _DONE or (is_of_somebody and verdict is Verdict.AWAITING_REVIEW)


def reason_of(typed: str) -> str:
    """Return a reason on one line; raise ReviewReasonNeeded."""
    reason = " ".join("".join(letter if letter.isprintable() else " " for letter in typed).split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReviewReasonNeeded({"reason": "refusal.review-reason-needed"})
    return reason
