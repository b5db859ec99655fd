"""What a scan is told: one verdict out of the facts, always the first refusal of the order that people are promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from attendance.domain.windows import Timing


class Verdict(StrEnum):
    """Each is one sentence that says what to do (`verdict.<value>` in the wording files)."""

    SIGNED = "signed"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    NOT_OURS = "not-ours"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WRONG_MEETING = "wrong-meeting"
    CANCELLED = "cancelled"
    TOO_EARLY = "too-early"
    TOO_LATE = "too-late"
    NEEDS_SIGNATURE = "needs-signature"
    ALREADY_SIGNED = "already-signed"
    KEY_REUSED = "key-reused"
    AWAITING_REVIEW = "awaiting-review"
    STATED = "stated"
    UNDONE = "undone"
    UNDO_TOO_LATE = "undo-too-late"


class Colour(StrEnum):
    """Green means signed and nothing else; orange says what to do; red says why not."""

    GREEN = "green"
    ORANGE = "orange"
    RED = "red"


COLOURS = {
    Verdict.SIGNED: Colour.GREEN,
    Verdict.ALREADY_SIGNED: Colour.ORANGE,
    Verdict.WRONG_MEETING: Colour.ORANGE,
    Verdict.TOO_EARLY: Colour.ORANGE,
    Verdict.NEEDS_SIGNATURE: Colour.ORANGE,
    Verdict.KEY_REUSED: Colour.ORANGE,
    Verdict.AWAITING_REVIEW: Colour.ORANGE,
    Verdict.STATED: Colour.ORANGE,
    Verdict.UNDONE: Colour.ORANGE,
    Verdict.UNDO_TOO_LATE: Colour.RED,
    Verdict.MALFORMED: Colour.RED,
    Verdict.UNKNOWN: Colour.RED,
    Verdict.NOT_OURS: Colour.RED,
    Verdict.EXPIRED: Colour.RED,
    Verdict.REVOKED: Colour.RED,
    Verdict.CANCELLED: Colour.RED,
    Verdict.TOO_LATE: Colour.RED,
}


class SignedBy(StrEnum):
    """Whose good signature the badge carries."""

    US = "us"
    ANOTHER = "another"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Facts:
    """What is known of a scan when it is judged; a fact that was not looked for keeps the value that lets pass."""

    is_readable: bool = True
    signed_by: SignedBy = SignedBy.US
    is_expired: bool = False
    is_revoked: bool = False
    is_expected: bool = True
    is_cancelled: bool = False
    timing: Timing = Timing.OPEN
    needs_drawing: bool = False
    is_signed: bool = False


# The order of product.md §3: when several hold, the first is said.
REFUSALS: tuple[tuple[Verdict, Callable[[Facts], bool]], ...] = (
    (Verdict.MALFORMED, lambda facts: not facts.is_readable),
    (Verdict.UNKNOWN, lambda facts: facts.signed_by is SignedBy.NOBODY),
    (Verdict.NOT_OURS, lambda facts: facts.signed_by is SignedBy.ANOTHER),
    (Verdict.EXPIRED, lambda facts: facts.is_expired),
    (Verdict.REVOKED, lambda facts: facts.is_revoked),
    (Verdict.WRONG_MEETING, lambda facts: not facts.is_expected),
    (Verdict.CANCELLED, lambda facts: facts.is_cancelled),
    (Verdict.TOO_EARLY, lambda facts: facts.timing is Timing.EARLY),
    (Verdict.TOO_LATE, lambda facts: facts.timing is Timing.LATE),
    (Verdict.NEEDS_SIGNATURE, lambda facts: facts.needs_drawing),
    (Verdict.ALREADY_SIGNED, lambda facts: facts.is_signed),
)


def judge(facts: Facts) -> Verdict:
    """Return the first refusal that holds, or SIGNED."""
    return next((verdict for verdict, holds in REFUSALS if holds(facts)), Verdict.SIGNED)
