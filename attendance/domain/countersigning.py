"""What a countersignature has to say: heads that were counted, twice where they differ, and perhaps a remark."""

from __future__ import annotations

from foundation.refusals import Invalid

LONGEST_REMARK = 300


class HeadcountDiffers(Invalid):
    """The heads counted are not as many as signed or were stated present: it may be so, and has to be said again."""


class RemarkTooLong(Invalid):
    """A remark has 300 letters at most."""


def check_heads(counted: int, told: int, *, is_confirmed: bool) -> None:
    """Raise HeadcountDiffers unless the numbers are the same, or somebody says that theirs is right."""
    if counted != told and not is_confirmed:
        raise HeadcountDiffers({"headcount": "countersign.headcount_differs"}, counted=counted, told=told)


def remark_of(typed: str) -> str | None:
    """Return a remark on one line, or None without one; raise RemarkTooLong."""
    remark = " ".join("".join(letter if letter.isprintable() else " " for letter in typed).split())
    if len(remark) > LONGEST_REMARK:
        raise RemarkTooLong({"remark": "countersign.remark_too_long"})
    return remark or None
