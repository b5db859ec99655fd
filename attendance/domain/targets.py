"""Where a scanner stands: at the reception desk of a venue, or at the door of one half-day."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TargetKind(StrEnum):
    """The two kinds of doors."""

    DESK = "desk"
    HALF_DAY = "half_day"


@dataclass(frozen=True)
class Target:
    """A door: `identifier` is the venue's id, or the half-day's."""

    kind: TargetKind
    identifier: int
