"""The room's code (code tournant): a text that the room's screen shows as a QR, and a word that is said aloud.

Both are TOTP (RFC 6238) of a secret of the meeting, in steps of 15 s and of 60 s of Unix time: pyotp makes the number
of the word (RFC 4226); the text carries 80 bits of HMAC-SHA256 of its step, since it is scanned and not typed. The
present and the previous step are taken, never a future one. pyotp's own `verify` is not used: its `valid_window` takes
future steps too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pyotp

from attendance.domain.room_words import WORDS
from foundation import ids
from foundation.refusals import Conflict, Invalid, NotFound

CODE_BYTES = 10
NUMBERS = 100
WORD_SPACE = len(WORDS) * NUMBERS
INTENT_LASTS = timedelta(minutes=5)
MOST_FAILURES = 10
FAILURES_COUNT_FOR = timedelta(hours=1)
FIRST_DELAY = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IDENTIFIER = 13
_LONGEST_TYPED = 64


class RoomCodeRefused(NotFound):
    """The code of a room is wrong, old, not yet, or of no room: the four are not told apart."""


class RoomIsOver(Conflict):
    """The last half-day can no longer be signed, so there is nothing to show in the room."""


class RoomProofNeeded(Invalid):
    """One signs in the room with either an intent or the word."""


class RoomVerdict(StrEnum):
    """What somebody who signs in the room is told. REFUSED is said alike of what is wrong, old, not yet, or used."""

    SIGNED = "signed"
    ALREADY_SIGNED = "already-signed"
    REFUSED = "refused"
    NOT_OPEN = "not-open"


class Way(StrEnum):
    """How the room's code reaches a person."""

    CODE = "code"
    WORD = "word"

    @property
    def seconds(self) -> int:
        """How long a step lasts."""
        return 15 if self is Way.CODE else 60

    @property
    def secret_bytes(self) -> int:
        """How long the secret is: as long as the hash that it is used with (RFC 4226 §4, RFC 6238 §5.1)."""
        return 32 if self is Way.CODE else 20


@dataclass(frozen=True)
class Intent:
    """Somebody has shown a good code of the room, and has five minutes to press the button."""

    attendee_id: int
    half_day_id: int
    issue: int
    step: int

    def words(self) -> list[str]:
        """Return the words of its slip."""
        return [ids.to_text(self.attendee_id), ids.to_text(self.half_day_id), str(self.issue), str(self.step)]

    @classmethod
    def from_words(cls, words: Sequence[str]) -> Intent:
        """Read the words of a slip that was ours."""
        attendee_id, half_day_id, issue, step = words
        return cls(ids.from_text(attendee_id), ids.from_text(half_day_id), int(issue), int(step))


def purpose(meeting_id: int, issue: int, way: Way) -> str:
    """Return the name under which a secret of a room is derived from the master keys; `issue` counts its renewals."""
    return f"room {way}: {meeting_id}:{issue}"


def step_at(instant: datetime, seconds: int) -> int:
    """Return the number of the step that an instant lies in, counted from 1970 (RFC 6238 §4.2)."""
    return (instant - _EPOCH) // timedelta(seconds=seconds)


def accepted_steps(now: datetime, way: Way) -> tuple[int, ...]:
    """Return the present and the previous step."""
    present = step_at(now, way.seconds)
    return tuple(step for step in (present, present - 1) if step >= 0)


def seconds_left(now: datetime, way: Way) -> int:
    """Return the whole seconds after which the next step has begun: 1 to the length of a step, and never a moment."""
    begins = _EPOCH + (step_at(now, way.seconds) + 1) * timedelta(seconds=way.seconds)
    return -((now - begins) // timedelta(seconds=1))


def digest_of(secret: bytes, step: int) -> bytes:
    """Return HMAC-SHA256 of a step, written as RFC 4226 writes its counter: eight bytes, the highest first."""
    return hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha256)


def number_of(secret: bytes, step: int) -> int:
    """Return the 31 bits that HOTP (RFC 4226 §5.3, HMAC-SHA-1) cuts out for a step, before they are made digits."""
    return int(pyotp.HOTP(base64.b32encode(secret).decode(), digits=10).at(step))


def code_of(meeting_id: int, secret: bytes, step: int) -> str:
    """Return the text of the QR: the meeting's 13 letters, then 16 letters of base 32 that only the server can make."""
    return ids.to_text(meeting_id) + base64.b32encode(digest_of(secret, step)[:CODE_BYTES]).decode().lower()


def meeting_of(code: str) -> int | None:
    """Return the meeting that a scanned text names, or None; that it is named proves nothing."""
    try:
        return ids.from_text(code[:_IDENTIFIER])
    except ValueError:
        return None


def word_of(secret: bytes, step: int) -> str:
    """Return the word and the two digits of a step: «mésange 47»."""
    number = number_of(secret, step) % WORD_SPACE
    return f"{WORDS[number // NUMBERS]} {number % NUMBERS:02}"


def normalise(typed: str) -> str:
    """Return a typed word as it is compared: no accents, no capitals, no spaces or dashes, two digits."""
    letters = unicodedata.normalize("NFKD", typed[:_LONGEST_TYPED]).lower()
    plain = "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
    return re.sub(r"(?<![0-9])([0-9])$", r"0\1", plain)


def step_of_code(code: str, *, meeting_id: int, secrets: Sequence[bytes], now: datetime) -> int | None:
    """Return the step of a scanned text if it is good now, else None; one secret a master key, so that they rotate."""
    right = {step: [code_of(meeting_id, secret, step) for secret in secrets] for step in accepted_steps(now, Way.CODE)}
    return _step(code.lower(), right)


def step_of_word(typed: str, *, secrets: Sequence[bytes], now: datetime) -> int | None:
    """Return the step of a typed word if it is good now, else None."""
    right = {step: [normalise(word_of(secret, step)) for secret in secrets] for step in accepted_steps(now, Way.WORD)}
    return _step(normalise(typed), right)


def _step(given: str, right: dict[int, list[str]]) -> int | None:
    # Every one is compared, each in constant time, so that the time it takes tells nothing.
    found = [
        step
        for step, texts in right.items()
        if sum(hmac.compare_digest(given.encode(errors="replace"), text.encode()) for text in texts)
    ]
    return found[0] if found else None
