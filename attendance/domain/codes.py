"""The one-time code: HOTP (RFC 4226), six digits, kept nowhere; only its number and its state are.

Single use, ten minutes, five tries, then a new one must be asked for. Failures count across codes: from ten within an
hour on, each closes the way for longer. Whoever guesses hears the same answer in every case.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pyotp

DIGITS = 6
SECRET_BYTES = 20
LASTS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_FAILURES = 10
FAILURES_COUNT_FOR = timedelta(hours=1)
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
SENT_AGAIN_AFTER = timedelta(minutes=1)


def purpose(attendee_id: int, half_day_id: int, kind: str) -> str:
    """Return the name under which the secret of these codes is derived from the master keys."""
    return f"one-time code: {attendee_id}:{half_day_id}:{kind}"


def code_of(secret: bytes, issue: int) -> str:
    """Return the code number `issue` of a secret."""
    return pyotp.HOTP(base64.b32encode(secret).decode(), digits=DIGITS).at(issue)


def normalise(typed: str) -> str | None:
    """Return six ASCII digits out of what was typed (spaces, dashes, full-width digits), or None."""
    text = "".join(unicodedata.normalize("NFKC", typed[:64]).split()).replace("-", "")
    return text if len(text) == DIGITS and text.isascii() and text.isdecimal() else None


def is_code(typed: str, *, secrets: Sequence[bytes], issue: int) -> bool:
    """Compare in constant time with the code that each secret gives: one a master key, so that keys can rotate."""
    # A sum and not any(): the time it takes does not tell which key it was.
    return sum(hmac.compare_digest(typed.encode(), code_of(secret, issue).encode()) for secret in secrets) > 0


@dataclass(frozen=True)
class CodeState:
    """What is known of the present code, and of the failures before it."""

    expires_at: datetime
    used_at: datetime | None
    tries: int
    failures: int
    failures_since: datetime
    closed_until: datetime | None

    def accepts_tries(self, now: datetime) -> bool:
        """Say whether the right code would be taken now."""
        return self.used_at is None and now < self.expires_at and self.tries < MOST_TRIES and not self.is_closed(now)

    def is_closed(self, now: datetime) -> bool:
        """Say whether there were so many failures that one must wait."""
        return self.closed_until is not None and now < self.closed_until

    def after_failure(self, now: datetime) -> CodeState:
        """Count one failure; from the tenth within an hour on, close for one minute, two, four… an hour at most."""
        is_old = self.failures_since + FAILURES_COUNT_FOR <= now
        failures = 1 if is_old else self.failures + 1
        closed_until = self.closed_until
        if failures >= MOST_FAILURES:
            closed_until = now + min(FIRST_DELAY * 2 ** min(failures - MOST_FAILURES, 6), LONGEST_DELAY)
        since = now if is_old else self.failures_since
        return replace(self, tries=self.tries + 1, failures=failures, failures_since=since, closed_until=closed_until)
