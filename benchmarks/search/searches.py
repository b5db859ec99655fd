"""What is searched: the questions that pages and API ask, through the functions that they call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.exchange import WrongAnswer
from benchmarks.search.data_set import MONDAY, NOW, WEEKS_FULL, ZONE
from booking.domain.intervals import MINUTES_A_DAY, Interval, minute_of
from booking.models import AppointmentType, Channel
from booking.queries import offers
from booking.queries.finding import Question
from booking.queries.offers import Offer
from directory.models import Venue

A_MONTH = 31 * MINUTES_A_DAY
STRIDE = 37
"""From one venue to the next that is asked about: rounds of one search are not all about the same rows."""


@dataclass(frozen=True)
class Ground:
    """What is searched for and where, as a page has it in hand before it searches."""

    types: Sequence[AppointmentType]
    venues: Sequence[int]

    @classmethod
    def of(cls, db: Session) -> Ground:
        """Read the types and the ids of the venues."""
        types = list(db.scalars(select(AppointmentType).order_by(AppointmentType.id)))
        return cls(types, list(db.scalars(select(Venue.id).order_by(Venue.id))))

    def ask(self, turn: int, *, everywhere: bool) -> Question:
        """Return the question of a round: about each type in turn, and at one venue after another."""
        venues = None if everywhere else (self.venues[turn * STRIDE % len(self.venues)],)
        return Question(self.types[turn % len(self.types)], Channel.ON_SITE, Interval(0, 1), venues=venues)


Answer = Sequence[Offer]


@dataclass(frozen=True)
class Search:
    """One kind of search; `when_full` is asked once everything is taken for months."""

    name: str
    find: Callable[[Session, Question], Answer]
    everywhere: bool = False
    when_full: bool = False

    def run(self, db: Session, ground: Ground, turn: int) -> Answer:
        """Search, and return what was found."""
        return self.find(db, ground.ask(turn, everywhere=self.everywhere))

    def check(self, found: Answer) -> None:
        """Raise WrongAnswer when something is found where everything is taken, or nothing in half a year."""
        full_until = datetime.combine(MONDAY, time(), ZONE) + timedelta(weeks=WEEKS_FULL)
        if self.find is _next and not found:
            raise WrongAnswer(f"{self.name}: nothing")
        if any(offer.starts_at < (full_until if self.when_full else NOW) for offer in found):
            raise WrongAnswer(f"{self.name}: {found[0].starts_at}")


def _week(db: Session, question: Question) -> Answer:
    shown = offers.week(db, question, monday=MONDAY + timedelta(weeks=1), now=NOW)
    return [offer for _, of_day in shown.days for offer in of_day]


def _next(db: Session, question: Question) -> Answer:
    return offers.first(db, question, now=NOW).found


def _month(db: Session, question: Question) -> Answer:
    start = minute_of(NOW)
    return offers.between(db, question, starts=Interval(start, start + A_MONTH), now=NOW).found


SEARCHES = (
    Search("week-venue", _week),
    Search("week-everywhere", _week, everywhere=True),
    Search("next-venue", _next),
    Search("next-everywhere", _next, everywhere=True),
    Search("month-venue", _month),
    Search("month-everywhere", _month, everywhere=True),
    Search("next-venue-full", _next, when_full=True),
    Search("next-everywhere-full", _next, everywhere=True, when_full=True),
)
