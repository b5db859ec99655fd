"""Findings: what does not fit together on a sheet, and would be held against it (product.md §3, coherence).

The list comes from the judgments on rejected sheets (CAA Nantes 20-4-2021; CAA Paris 19-1-2017, twice): public
holidays, people in two places at once, rooms too small, signatures one after the other in seconds, identical strokes,
papers that say different things. A finding is no verdict: somebody resolves it, or says in writing why it is right.
The rules are in `coherence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Code(StrEnum):
    """Each is one sentence (`finding.<value>` in the wording files)."""

    HOLIDAY = "holiday"
    SUNDAY = "sunday"
    FACILITATOR_TWICE = "facilitator-twice"
    ATTENDEE_TWICE = "attendee-twice"
    TOO_MANY = "too-many"
    HEADCOUNT = "headcount"
    IN_A_ROW = "in-a-row"
    SAME_DRAWING = "same-drawing"
    OUTSIDE = "outside"
    ARRIVED_AFTER = "arrived-after"
    LEFT_BEFORE = "left-before"
    NOT_COUNTERSIGNED = "not-countersigned"
    TITLE = "title"
    AWAITING_REVIEW = "awaiting-review"
    FLAGGED = "flagged"
    REVOKED_DEVICE = "revoked-device"


FOR_FACILITATORS = frozenset(
    {
        Code.HOLIDAY,
        Code.SUNDAY,
        Code.TOO_MANY,
        Code.IN_A_ROW,
        Code.SAME_DRAWING,
        Code.OUTSIDE,
        Code.ARRIVED_AFTER,
        Code.LEFT_BEFORE,
    }
)
"""What a facilitator can judge, and that says nothing of where else somebody was."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, at one half-day or (None) of the whole meeting.

    `people` are names; `title` is of another meeting; `count`, `other` and `at` are what the sentence says.
    """

    code: Code
    half_day_id: int | None
    people: tuple[str, ...] = ()
    title: str | None = None
    count: int | None = None
    other: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Span:
    """The hours of a half-day."""

    half_day_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Seen:
    """A signature that counts: `source` is what made it (0: one's own telephone), `drawing` the hash of its path."""

    attendee_id: int
    name: str
    half_day_id: int
    is_departure: bool
    observed_at: datetime
    source: int = 0
    drawing: str | None = None


@dataclass(frozen=True)
class Stay:
    """Somebody was at a half-day, here or at another meeting, from when to when; `who` tells people apart."""

    who: int
    name: str
    half_day_id: int
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Heads:
    """How many people one half-day had: by signature or word of somebody, and as each facilitator counted."""

    half_day_id: int
    told: int
    counted: tuple[int, ...]


@dataclass(frozen=True)
class Doubt:
    """What a device sent that somebody should look at, or should know of."""

    half_day_id: int
    is_awaiting: bool
    is_flagged: bool
    is_after_revocation: bool
