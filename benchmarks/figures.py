"""What is said of a series of figures: its percentiles, and how it stands against the control beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of the values do not exceed (nearest rank)."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True)
class Ratio:
    """Subject over control: that of the medians, and the lowest and highest of the pairs that ran side by side."""

    value: float
    low: float
    high: float


def ratio_of_medians(subjects: Sequence[float], controls: Sequence[float]) -> Ratio:
    """Compare rounds that alternated: `subjects[n]` ran just after `controls[n]`."""
    pairs = [subject / control for subject, control in zip(subjects, controls, strict=True)]
    return Ratio(median(subjects) / median(controls), min(pairs), max(pairs))
