"""What can be booked, as people are shown it: by local day, each start of each venue once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain import picking
from booking.domain.intervals import MINUTES_A_DAY, Interval, instant_of, minute_of
from booking.domain.slots import Slot
from booking.queries.finding import Finding, Question
from booking.queries.search import search
from directory.models import Venue

# The local day of any zone (UTC-12 to UTC+14) lies within its UTC day and this many minutes on each side.
FARTHEST_ZONE = 14 * 60
NEAR = 14 * MINUTES_A_DAY


@dataclass(frozen=True)
class Offer:
    """A start that can be chosen, in the time zone of its place."""

    starts_at: datetime
    venue: Venue | None
    zone: str

    @property
    def place(self) -> tuple[str, int]:
        """Return by what the offers of a day are grouped: the name of the place, and which place it is."""
        return ("", 0) if self.venue is None else (self.venue.name, self.venue.id)

    @property
    def day(self) -> date:
        """Return its day on the wall of the place."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Week:
    """The offers of one week by day, and the next one of all: perhaps in another week."""

    monday: date
    days: Sequence[tuple[date, Sequence[Offer]]]
    next: Offer | None


def week(db: Session, question: Question, *, monday: date, now: datetime) -> Week:
    """Return a week's offers, and the next available one whatever the week."""
    first = minute_of(datetime.combine(monday, time(), UTC))
    starts = Interval(first - FARTHEST_ZONE, first + 7 * MINUTES_A_DAY + FARTHEST_ZONE)
    finding = search(db, replace(question, starts=starts), now=now)
    by_day: dict[date, list[Offer]] = defaultdict(list)
    for offer in _offers(finding, picking.once_each(finding.slots(now))):
        if monday <= offer.day < monday + timedelta(days=7):
            by_day[offer.day].append(offer)
    days = sorted(by_day.items())
    if days and starts.start <= minute_of(now):
        return Week(monday, days, days[0][1][0])
    return Week(monday, days, next_offer(db, question, now=now))


def week_with_something(db: Session, question: Question, *, monday: date, now: datetime) -> Week:
    """Return a week's offers; when it has none, those of the week of the next one: nobody wants an empty page."""
    shown = week(db, question, monday=monday, now=now)
    if shown.days or shown.next is None:
        return shown
    return week(db, question, monday=monday_of(shown.next.day), now=now)


def next_offer(db: Session, question: Question, *, now: datetime) -> Offer | None:
    """Return the first offer from now to the horizon."""
    start = minute_of(now)
    starts = Interval(start, start + question.type.booking_horizon_minutes + 1)
    finding = search(db, replace(question, starts=starts), now=now)
    slot = finding.first(now)
    return None if slot is None else _offer(finding, slot)


def nearest(db: Session, question: Question, *, wanted: datetime, now: datetime, most: int = 6) -> list[Offer]:
    """Return the offers nearest to the one that was wanted and is lost, two weeks around at most."""
    minute = min(max(minute_of(wanted), minute_of(now)), minute_of(now) + question.type.booking_horizon_minutes)
    finding = search(db, replace(question, starts=Interval(minute - NEAR, minute + NEAR)), now=now)
    found = picking.nearest(finding.slots(now), minute_of(wanted), most=most)
    return list(_offers(finding, found))


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _offers(finding: Finding, slots: Iterable[Slot]) -> list[Offer]:
    return [_offer(finding, slot) for slot in slots]


def _offer(finding: Finding, slot: Slot) -> Offer:
    venue = None if slot.venue_id is None else finding.venues[slot.venue_id]
    return Offer(instant_of(slot.start), venue, finding.own_zone if venue is None else venue.time_zone)
