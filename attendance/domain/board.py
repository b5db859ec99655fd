"""Who is in the house now, as far as anybody has signed or said: what the live board and the evacuation list show."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attendance.domain.windows import closes_at


class Whereabouts(StrEnum):
    """Where somebody is taken to be; in the order in which one half-day of a person outweighs another."""

    PRESENT = "present"
    EXPECTED = "expected"
    LEFT = "left"


def whereabouts(
    *, arrived_at: datetime | None, left_at: datetime | None, ends_at: datetime, now: datetime
) -> Whereabouts | None:
    """Return where somebody is taken to be, or None for whoever did not come and is not awaited any more.

    Who came and has not signed a departure is looked for until the window closes: in an evacuation it is better to look
    for one too many.
    """
    if left_at is not None and (arrived_at is None or left_at >= arrived_at):
        return Whereabouts.LEFT
    if arrived_at is not None:
        return Whereabouts.PRESENT if now < closes_at(ends_at) else Whereabouts.LEFT
    return Whereabouts.EXPECTED if now < ends_at else None
