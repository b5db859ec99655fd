"""What a kiosk says to whoever has just signed on it."""

from __future__ import annotations

from datetime import datetime

from attendance.domain.verdicts import Verdict
from attendance.door import words
from attendance.models import SignatureKind
from attendance.steps.scans import Answer
from foundation.wording import Say

_OWN = {Verdict.SIGNED, Verdict.ALREADY_SIGNED, Verdict.TOO_EARLY, Verdict.TOO_LATE}


def sentence(answer: Answer, kind: SignatureKind, *, now: datetime, say: Say, language: str) -> str:
    """Return the sentence; whatever only an agent can mend sends to the reception desk."""
    if answer.verdict not in _OWN:
        return say("kiosk.said.other")
    at = words.signed_at(answer, now=now, say=say, language=language)
    key = f"{answer.verdict}-{kind}" if answer.verdict is Verdict.SIGNED else answer.verdict.value
    return say(f"kiosk.said.{key}", name=answer.first_name, title=answer.title, at=at)
