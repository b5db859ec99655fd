"""The waiting list: when an offer may leave and until when it lasts, who may have one, and what somebody wants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.domain.intervals import MINUTES_A_DAY
from booking.domain.occurrences import start_of_day
from booking.domain.refusals import UnfitValues

QUIET_FROM = time(20)
QUIET_UNTIL = time(8)
MOST_OFFERS = 3
_A_DAY = timedelta(days=1)


def is_quiet(instant: datetime, zone: ZoneInfo) -> bool:
    """Say whether nobody is disturbed then: from 20:00, included, to 08:00, excluded, on the wall of the place."""
    wall = instant.astimezone(zone).time()
    return wall >= QUIET_FROM or wall < QUIET_UNTIL


def may_leave_at(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant from `instant` on that is not quiet: itself, or the 08:00 that follows."""
    return _end_of_quiet(instant, zone) if is_quiet(instant, zone) else instant


def lasts_until(made_at: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the end of an offer of so many minutes, quiet ones not counted: it does not run out in them."""
    at, left = may_leave_at(made_at, zone), timedelta(minutes=minutes)
    while True:
        quiet = _on_the_wall(at.astimezone(zone).date(), QUIET_FROM, zone)
        if at + left <= quiet:
            return at + left
        left -= quiet - at
        at = _end_of_quiet(quiet, zone)


def may_be_offered(*, offers_made: int, last_offer_at: datetime | None, zone: ZoneInfo, now: datetime) -> bool:
    """Say whether one more offer is allowed: three in all, one a local day of the place."""
    if offers_made >= MOST_OFFERS:
        return False
    return last_offer_at is None or _day(last_offer_at, zone) < _day(now, zone)


@dataclass(frozen=True)
class Wishes:
    """Which starts somebody wants, on the wall clock of the place; None is no limit. Days and minutes are included,
    `until_minute` is not.
    """

    first_day: date | None = None
    last_day: date | None = None
    from_minute: int | None = None
    until_minute: int | None = None

    def match(self, starts_at: datetime, zone: ZoneInfo) -> bool:
        """Say whether a start is one of those."""
        wall = starts_at.astimezone(zone)
        day, minute = wall.date(), wall.hour * 60 + wall.minute
        return (
            (self.first_day is None or self.first_day <= day)
            and (self.last_day is None or day <= self.last_day)
            and (self.from_minute is None or self.from_minute <= minute)
            and (self.until_minute is None or minute < self.until_minute)
        )

    def refuse_unfit(self, *, today: date) -> None:
        """Return when some start could still match; raise UnfitValues."""
        wrong = {
            name: "api.field.out_of_range"
            for name, minute in (("from_minute", self.from_minute), ("until_minute", self.until_minute))
            if minute is not None and not 0 <= minute <= MINUTES_A_DAY
        }
        if not wrong and (self.from_minute or 0) >= (MINUTES_A_DAY if self.until_minute is None else self.until_minute):
            wrong["until_minute"] = "booking.unfit.ends_before"
        if self.last_day is not None and self.last_day < today:
            wrong["last_day"] = "booking.unfit.past"
        elif self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            wrong["last_day"] = "booking.unfit.ends_before"
        if wrong:
            raise UnfitValues(wrong)


ANY = Wishes()


def waits_until(
    *, now: datetime, horizon_minutes: int, last_day: date | None, zone: ZoneInfo, starts_at: datetime | None
) -> datetime:
    """Return when a wait ends by itself: after the last day, when the workshop (or what would be earlier than the own
    appointment) begins, and at the horizon of the type at the latest.
    """
    ends = [now + timedelta(minutes=horizon_minutes)]
    if last_day is not None:
        ends.append(start_of_day(last_day + _A_DAY, zone))
    if starts_at is not None:
        ends.append(starts_at)
    return min(ends)


def _end_of_quiet(instant: datetime, zone: ZoneInfo) -> datetime:
    day = _day(instant, zone)
    morning = _on_the_wall(day, QUIET_UNTIL, zone)
    return morning if morning > instant else _on_the_wall(day + _A_DAY, QUIET_UNTIL, zone)


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _on_the_wall(day: date, hour: time, zone: ZoneInfo) -> datetime:
    # No zone changes its hour at eight, morning or evening: the two instants exist, each once.
    return datetime.combine(day, hour, zone).astimezone(UTC)
