"""Corrections: they are added and never edit, one person suffices until 48 hours after the end, then it takes two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.domain.windows import Timing, timing
from foundation.refusals import Conflict, Forbidden, Invalid, NotFound

ALONE_FOR = timedelta(hours=48)
LONGEST_REASON = 300


class CorrectionNotFound(NotFound):
    """No such correction here."""


class AuthorNeeded(Forbidden):
    """Who decides a correction is a person whose name is printed: a program proposes at most."""


class UnreadableCorrection(Invalid):
    """A correction says what is wrong and why; one of presence or of time says the time, within the half-day."""


class NothingToCorrect(Conflict):
    """Nothing stands there that could be withdrawn, or whose time could be another."""


class PresentAlready(Conflict):
    """A signature or a correction says already that the person was there."""


class CorrectionWaits(Conflict):
    """Another correction of the same thing waits for its second person."""


class SecondHandNeeded(Forbidden):
    """Whoever proposed a correction does not decide it."""


class CorrectionDecided(Conflict):
    """Somebody has decided this correction."""


class CorrectionsWait(Conflict):
    """A sheet is not closed while corrections wait for their second person."""


@dataclass(frozen=True)
class Applied:
    """A correction that has been applied: `action` is withdraw, present or time."""

    action: str
    observed_at: datetime | None
    decided_at: datetime


def needs_second_hand(ends_at: datetime, *, now: datetime) -> bool:
    """Say whether it is so late that a second person decides: from 48 hours after the half-day's end on."""
    return now >= ends_at + ALONE_FOR


def check(
    action: str, *, reason: str, observed_at: datetime | None, starts_at: datetime, ends_at: datetime, now: datetime
) -> None:
    """Raise UnreadableCorrection with what is wrong: a time is of the past and in the window of the half-day."""
    wrong = {}
    if not 0 < len(reason) <= LONGEST_REASON:
        wrong["reason"] = "correction.reason_needed"
    if action == "withdraw":
        if observed_at is not None:
            wrong["observed_at"] = "correction.no_time"
    elif observed_at is None:
        wrong["observed_at"] = "correction.time_needed"
    elif observed_at > now or timing(observed_at, starts_at=starts_at, ends_at=ends_at) is not Timing.OPEN:
        wrong["observed_at"] = "correction.time_outside"
    if wrong:
        raise UnreadableCorrection(wrong)


def withdrawn_at(corrections: Iterable[Applied]) -> datetime | None:
    """Return when it was last said that the person was not there: what had been stated before counts no more."""
    return max((one.decided_at for one in corrections if one.action == "withdraw"), default=None)


def standing(corrections: Iterable[Applied]) -> Applied | None:
    """Return the correction that still speaks: the last one, unless it is a withdrawal; of one instant, the later."""
    in_order = sorted(corrections, key=lambda one: one.decided_at)
    return in_order[-1] if in_order and in_order[-1].action != "withdraw" else None


def effective(signed_at: datetime | None, corrections: Iterable[Applied]) -> datetime | None:
    """Return the time that counts: what a correction says; yet a signature is stronger than «was present»."""
    last = standing(corrections)
    if last is None or (last.action == "present" and signed_at is not None):
        return signed_at
    return last.observed_at
