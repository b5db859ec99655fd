"""When people are asked to sign by themselves: as a half-day opens, and once more before it is too late.

Nothing that nobody asked for by hand leaves in the quiet hours, 20:00 to 08:00 on the clocks of the place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from attendance.domain import windows

QUIET_FROM = time(20)
QUIET_UNTIL = time(8)
BEFORE_QUIET = timedelta(minutes=15)
BEFORE_THE_END = timedelta(minutes=15)
JUST_ASKED = timedelta(minutes=15)
LED_AFTER = timedelta(days=7)
"""How long after the end a facilitator is still asked; an attendee can no longer sign then, and is not."""


class Whom(StrEnum):
    """Who is asked."""

    ATTENDEES = "attendees"
    FACILITATORS = "facilitators"


class Moment(StrEnum):
    """Why they are asked now, when nobody pressed a button."""

    OPENING = "opening"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Hours:
    """The hours of a half-day, and the IANA zone whose clocks people there look at."""

    starts_at: datetime
    ends_at: datetime
    zone: str

    @property
    def day(self) -> str:
        """Return its date there (ISO 8601): who was asked on one day is asked again only when it moved to another."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date().isoformat()

    def last_moment(self, whom: Whom) -> datetime:
        """Return the first instant at which asking is of no use any more."""
        return windows.closes_at(self.ends_at) if whom is Whom.ATTENDEES else self.ends_at + LED_AFTER


def leaves_at(moment: Moment, whom: Whom, hours: Hours) -> datetime | None:
    """Return when to ask, or None when no moment is left between the quiet hours and the end.

    The opening is 30 minutes before the start; the reminder, 15 minutes before the end for attendees and at the end for
    facilitators, who count the heads. What falls in the quiet hours waits for 08:00; where that is too late, the
    opening is told before they begin.
    """
    at = _planned(moment, whom, hours)
    morning = not_quiet(at, hours.zone)
    useful_until = hours.ends_at if moment is Moment.OPENING else hours.last_moment(whom)
    if morning < useful_until:
        return morning
    return _evening_before(at, hours.zone) if moment is Moment.OPENING else None


def _planned(moment: Moment, whom: Whom, hours: Hours) -> datetime:
    if moment is Moment.OPENING:
        return windows.opens_at(hours.starts_at)
    return hours.ends_at - BEFORE_THE_END if whom is Whom.ATTENDEES else hours.ends_at


def is_quiet(instant: datetime, zone: str) -> bool:
    """Say whether people sleep there, or should be left alone."""
    wall = instant.astimezone(ZoneInfo(zone)).time()
    return wall >= QUIET_FROM or wall < QUIET_UNTIL


def not_quiet(instant: datetime, zone: str) -> datetime:
    """Return the first instant from this one on that is not quiet: itself, or the 08:00 that follows."""
    if not is_quiet(instant, zone):
        return instant
    there = instant.astimezone(ZoneInfo(zone))
    days = 1 if there.time() >= QUIET_FROM else 0
    return _on_the_wall(there, days, QUIET_UNTIL)


def _evening_before(quiet: datetime, zone: str) -> datetime:
    there = quiet.astimezone(ZoneInfo(zone))
    days = 0 if there.time() >= QUIET_FROM else -1
    return _on_the_wall(there, days, QUIET_FROM) - BEFORE_QUIET


def _on_the_wall(there: datetime, days: int, hour: time) -> datetime:
    day = there.date() + timedelta(days=days)
    return datetime.combine(day, hour, there.tzinfo).astimezone(UTC)
