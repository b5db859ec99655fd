"""What a scan hears, in the reader's words."""

from __future__ import annotations

from datetime import datetime

from attendance.domain.windows import opens_at
from attendance.steps.scans import Answer
from foundation import times
from foundation.wording import Say


def when(instant: datetime, zone: str, *, now: datetime, say: Say, language: str) -> str:
    """Return the hour, with its day when that is not today."""
    there = times.local(instant, zone)
    if there.date() == times.local(now, zone).date():
        return times.say_hour(there, language)
    return times.say_moment(instant, zone, say, language)


def signed_at(answer: Answer, *, now: datetime, say: Say, language: str) -> str | None:
    """Return when it was signed, if it was."""
    if answer.signed_at is None:
        return None
    return when(answer.signed_at, answer.time_zone or "UTC", now=now, say=say, language=language)


def sentence(answer: Answer, *, now: datetime, say: Say, language: str) -> str:
    """Return what a verdict says: what was done, or what to do."""
    opens = None
    if answer.starts_at is not None:
        first = answer.opens_at or opens_at(answer.starts_at)
        opens = when(first, answer.time_zone or "UTC", now=now, say=say, language=language)
    at = signed_at(answer, now=now, say=say, language=language)
    return say(f"verdict.{answer.verdict}", title=answer.title, opens=opens, at=at)
