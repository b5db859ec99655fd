"""What a device has put down while nobody answered, and what is made of its clock (product.md §3, Offline)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from attendance.domain.targets import Target

CLOCK_MAY_BE_OFF = timedelta(minutes=2)
MAY_BE_LATE = timedelta(hours=48)
UNDONE_WITHIN = timedelta(seconds=30)


class EntryKind(StrEnum):
    """What an entry tells."""

    SCAN = "scan"
    UNDO = "undo"
    STATEMENT = "statement"
    DRAWING = "drawing"


class Flag(StrEnum):
    """What a person should know of an entry (`flag.<value>` in the wording files)."""

    CLOCK_OFF = "clock-off"
    CLOCKS_DIFFER = "clocks-differ"
    CLOCK_UNKNOWN = "clock-unknown"
    REVOKED_SINCE = "revoked-since"
    CANCELLED_SINCE = "cancelled-since"
    SHOWN_OTHERWISE = "shown-otherwise"
    AFTER_REVOCATION = "after-revocation"
    DEVICE_ENDED = "device-ended"
    LATE = "late"
    SHEET_CLOSED = "sheet-closed"
    BAD_PROOF = "bad-proof"
    FUTURE = "future"
    COUNTER_REUSED = "counter-reused"


@dataclass(frozen=True)
class Entry:
    """One entry as the device signed it; every text is word for word what was sent.

    `seen_at` is the device's clock. `list_offset` is by how many milliseconds that clock was behind ours when the day's
    list was fetched, None before any. `target_text` and `kind` are empty for an undo.
    """

    what: EntryKind
    counter: int
    key: str
    seen_at: datetime
    seen_at_text: str
    list_offset: int | None
    target_text: str
    target: Target | None
    kind: str
    badge: str = ""
    drawing: str | None = None
    undone_key: str = ""
    attendee: str = ""
    cause: str = ""
    reason: str = ""
    shown: str = ""
    proof: str = ""

    def lines(self, device_id: str) -> tuple[str, ...]:
        """Return the lines that the device signs."""
        subject = {
            EntryKind.SCAN: sha256(self.badge),
            EntryKind.UNDO: self.undone_key,
            EntryKind.STATEMENT: self.attendee,
            EntryKind.DRAWING: self.attendee,
        }[self.what]
        detail = ""
        if self.what is EntryKind.STATEMENT:
            detail = f"{self.cause}:{sha256(self.reason)}"
        elif self.what in {EntryKind.SCAN, EntryKind.DRAWING} and self.drawing is not None:
            detail = sha256(self.drawing)
        offset = "" if self.list_offset is None else str(self.list_offset)
        told = (self.what.value, device_id, str(self.counter), self.key, self.seen_at_text, offset)
        return "paraphe-entry-1", *told, self.target_text, self.kind, subject, detail, self.shown

    def body_hash(self, device_id: str) -> str:
        """The SHA-256 of everything that is signed: the same key and the same body are the same entry."""
        return sha256("\n".join(self.lines(device_id)))


def sha256(text: str) -> str:
    """Return the hash of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def queue_lines(device_id: str, sent_at: str, proofs: list[str]) -> tuple[str, ...]:
    """Return the lines by which a device signs a whole queue."""
    return "paraphe-queue-1", device_id, sent_at, *proofs


@dataclass(frozen=True)
class Clock:
    """What two measures say of a device's clock, in milliseconds; the first was made when the list was fetched."""

    list_offset: int | None
    upload_offset: int

    @property
    def correction(self) -> timedelta:
        """How much is added to what the device says: by the first measure, which no order of arrival changes."""
        chosen = self.upload_offset if self.list_offset is None else self.list_offset
        return timedelta(milliseconds=chosen)

    def flags(self) -> list[Flag]:
        """Return what is odd: off by over two minutes, or two measures that far apart."""
        limit = CLOCK_MAY_BE_OFF // timedelta(milliseconds=1)
        found = []
        if self.list_offset is None:
            found.append(Flag.CLOCK_UNKNOWN)
        elif abs(self.list_offset - self.upload_offset) > limit:
            found.append(Flag.CLOCKS_DIFFER)
        if max(abs(self.list_offset or 0), abs(self.upload_offset)) > limit:
            found.append(Flag.CLOCK_OFF)
        return found


@dataclass(frozen=True)
class Arrival:
    """What is known when an entry arrives, of what makes a person look at it."""

    observed_at: datetime
    now: datetime
    is_proven: bool = True
    is_counter_taken: bool = False
    device_revoked_at: datetime | None = None
    device_expires_at: datetime | None = None

    def doubts(self) -> list[Flag]:
        """Return why the entry is not simply believed; nothing is dropped for it."""
        ended = self.device_expires_at
        held = (
            (Flag.BAD_PROOF, not self.is_proven),
            (Flag.COUNTER_REUSED, self.is_counter_taken),
            (Flag.AFTER_REVOCATION, self.device_revoked_at is not None and self.device_revoked_at <= self.now),
            (Flag.DEVICE_ENDED, ended is not None and ended <= self.now),
            (Flag.FUTURE, self.observed_at > self.now + CLOCK_MAY_BE_OFF),
            (Flag.LATE, self.observed_at < self.now - MAY_BE_LATE),
        )
        return [flag for flag, holds in held if holds]


def is_undone_in_time(scanned_at: datetime, undone_at: datetime) -> bool:
    """Say whether an undo comes within thirty seconds of what it takes back."""
    return timedelta(0) <= undone_at - scanned_at <= UNDONE_WITHIN
