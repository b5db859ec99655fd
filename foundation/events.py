"""What happened, as a value: plain Python, so that a domain can speak of it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened, in the past tense; its fields are ids and plain values."""

    @classmethod
    def name(cls) -> str:
        """Return the stable name: `AppointmentBooked` is `appointment-booked`."""
        return kebab(cls.__name__)


def kebab(name: str) -> str:
    """Return a class name as it stands in rows, refusals and wording: `SlotTaken` is `slot-taken`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
