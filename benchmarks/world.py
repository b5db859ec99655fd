"""The world that is measured in, as the requests need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

SLUG = "maison-mesuree"


@dataclass(frozen=True)
class Size:
    """How many there are; each person has one badge and attends every training, and `signed` of them the first.

    The first `busy_weeks`, from next Monday, are partly booked.
    """

    agents: int = 8
    people: int = 500
    trainings: int = 24
    signed: int = 200
    devices: int = 8
    busy_weeks: int = 2


TINY = Size(agents=2, people=12, trainings=12, signed=4, devices=2, busy_weeks=0)


@dataclass(frozen=True)
class World:
    """One organisation in full work; ids as they stand in addresses.

    `site_key` is that of the organisation's web site. `monday` begins a week that is partly booked. `free` are starts
    that can be held, with their venue, each as often as it has an agent who is free: the same twice are far apart.
    """

    type_id: str
    venues: tuple[str, ...]
    monday: date
    device_keys: tuple[str, ...]
    site_key: str
    people: tuple[str, ...]
    badges: tuple[str, ...]
    half_days: tuple[str, ...]
    signed: int
    free: tuple[tuple[datetime, str], ...]

    def unsigned(self) -> list[tuple[str, str]]:
        """Return each badge with each half-day that it has not signed."""
        every = [(badge, half_day) for half_day in self.half_days for badge in self.badges]
        return every[self.signed :]

    def signed_already(self) -> list[tuple[str, str]]:
        """Return badges that have signed, with the half-day."""
        return [(badge, self.half_days[0]) for badge in self.badges[: self.signed]]
