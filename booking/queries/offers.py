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
from directory.domain.refusals import VenueNotFound
from directory.models import Venue

# The local day of any zone (UTC-12 to UTC+14) lies within its UTC day and this many minutes on each side.
FARTHEST_ZONE = 14 * 60
NEAR = 14 * MINUTES_A_DAY
SOON = 28 * MINUTES_A_DAY


@dataclass(frozen=True)
class Offer:
    """A start that can be chosen, in the time zone of its place."""

    starts_at: datetime
    ends_at: datetime
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
class Offers:
    """Some offers in order, and the organisation's own time zone."""

    found: Sequence[Offer]
    own_zone: str


@dataclass(frozen=True)
class Week:
    """The offers of one week by day, and the next one of all: perhaps in another week."""

    monday: date
    days: Sequence[tuple[date, Sequence[Offer]]]
    next: Offer | None


def week(db: Session, question: Question, *, monday: date, now: datetime) -> Week:
    """Return a week's offers, and the next available one whatever the week.

    One search from now to the end of the week tells both; the rest of the horizon is searched when it finds nothing.
    """
    first = minute_of(datetime.combine(monday, time(), UTC))
    shown = Interval(first - FARTHEST_ZONE, first + 7 * MINUTES_A_DAY + FARTHEST_ZONE)
    starts = Interval(min(shown.start, minute_of(now)), shown.end)
    finding = search(db, replace(question, starts=starts), now=now)
    by_day: dict[date, list[Offer]] = defaultdict(list)
    for offer in _offers(finding, picking.once_each(finding.slots(now, within=shown))):
        if monday <= offer.day < monday + timedelta(days=7):
            by_day[offer.day].append(offer)
    soonest = finding.first(now)
    following = _offer(finding, soonest) if soonest is not None else next_offer(db, question, now=now)
    return Week(monday, sorted(by_day.items()), following)


def week_with_something(db: Session, question: Question, *, monday: date, now: datetime) -> Week:
    """Return a week's offers; when it has none, those of the week of the next one: nobody wants an empty page."""
    shown = week(db, question, monday=monday, now=now)
    if shown.days or shown.next is None:
        return shown
    return week(db, question, monday=monday_of(shown.next.day), now=now)


def next_offer(db: Session, question: Question, *, now: datetime) -> Offer | None:
    """Return the first offer from now to the horizon."""
    finding, slot = _soonest(db, question, now=now)
    return None if slot is None else _offer(finding, slot)


def between(db: Session, question: Question, *, starts: Interval, now: datetime) -> Offers:
    """Return every offer that starts within `starts`, by one search; raise VenueNotFound for a venue that is not here.

    The venues are those the search has read, so that no table is asked twice.
    """
    finding = search(db, replace(question, starts=starts), now=now)
    _refuse_unknown_venue(finding)
    return Offers(_offers(finding, picking.once_each(finding.slots(now))), finding.own_zone)


def first(db: Session, question: Question, *, now: datetime) -> Offers:
    """As `between`, the next available offer alone (or none), from now to the horizon."""
    finding, slot = _soonest(db, question, now=now)
    _refuse_unknown_venue(finding)
    return Offers([] if slot is None else [_offer(finding, slot)], finding.own_zone)


def nearest(db: Session, question: Question, *, wanted: datetime, now: datetime, most: int = 6) -> list[Offer]:
    """Return the offers nearest to the one that was wanted and is lost, two weeks around at most."""
    minute = min(max(minute_of(wanted), minute_of(now)), minute_of(now) + question.type.booking_horizon_minutes)
    finding = search(db, replace(question, starts=Interval(minute - NEAR, minute + NEAR)), now=now)
    found = picking.nearest(finding.slots(now), minute_of(wanted), most=most)
    return list(_offers(finding, found))


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _soonest(db: Session, question: Question, *, now: datetime) -> tuple[Finding, Slot | None]:
    # Most find something in the first weeks: the rest of the horizon is read only by those who do not.
    start = minute_of(now)
    end = start + question.type.booking_horizon_minutes + 1
    soon = min(start + SOON, end)
    finding = search(db, replace(question, starts=Interval(start, soon)), now=now)
    slot = finding.first(now)
    if slot is None and soon < end:
        finding = search(db, replace(question, starts=Interval(soon, end)), now=now)
        slot = finding.first(now)
    return finding, slot


def _refuse_unknown_venue(finding: Finding) -> None:
    asked = finding.question.venues or ()
    if any(venue_id is not None and venue_id not in finding.venues for venue_id in asked):
        raise VenueNotFound


def _offers(finding: Finding, slots: Iterable[Slot]) -> list[Offer]:
    return [_offer(finding, slot) for slot in slots]


def _offer(finding: Finding, slot: Slot) -> Offer:
    venue = None if slot.venue_id is None else finding.venues[slot.venue_id]
    zone = finding.own_zone if venue is None else venue.time_zone
    return Offer(instant_of(slot.start), instant_of(slot.end), venue, zone)
