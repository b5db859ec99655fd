"""How many appointments there may be in a day and in a week: of a type, of an agent, of a person.

Days and weeks (from Monday) are those of the organisation's own zone, so that one appointment counts in one day alone
whatever the zones of the venues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo

from booking.domain.intervals import instant_of


@dataclass(frozen=True)
class Cap:
    """The most a day and the most a week; None is no limit."""

    a_day: int | None = None
    a_week: int | None = None

    @property
    def binds(self) -> bool:
        """Say whether there is a limit at all."""
        return self.a_day is not None or self.a_week is not None


@dataclass(frozen=True)
class Tally:
    """What is in the diary already, counted by local day and by the Monday of the week, against a cap."""

    cap: Cap
    zone: tzinfo
    days: Counter[date] = field(default_factory=Counter)
    weeks: Counter[date] = field(default_factory=Counter)

    @classmethod
    def of(cls, cap: Cap, zone: tzinfo, starts: Iterable[int]) -> Tally:
        """Count the appointments that begin at these minutes."""
        tally = cls(cap, zone)
        for start in starts if cap.binds else ():
            day = day_of(start, zone)
            tally.days[day] += 1
            tally.weeks[monday_of(day)] += 1
        return tally

    def is_full(self, start: int) -> bool:
        """Say whether one more at this minute would be too many."""
        if not self.cap.binds:
            return False
        day = day_of(start, self.zone)
        return _reached(self.days[day], self.cap.a_day) or _reached(self.weeks[monday_of(day)], self.cap.a_week)


def day_of(minute: int, zone: tzinfo) -> date:
    """Return the local day that a minute lies in."""
    return instant_of(minute).astimezone(zone).date()


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _reached(count: int, most: int | None) -> bool:
    return most is not None and count >= most
