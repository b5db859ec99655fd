"""Opening hours for a year, two weeks that are partly booked, and what is free after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from benchmarks.seeding.people import who
from booking.domain.intervals import MINUTES_A_DAY, Interval, instant_of, minute_of
from booking.domain.occurrences import Hours, Recurrence
from booking.domain.person import Person
from booking.models import AppointmentType, Channel
from booking.queries.finding import Question
from booking.queries.search import search
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.open_hours import open_hours
from directory.models import Agent, Venue
from foundation.actors import Actor
from foundation.ids import to_text

MORNING, AFTERNOON = (time(9), time(12, 30)), (time(13, 30), time(17, 30))
BUSY = (0, 2, 1, 3, 1, 2)
"""How many of a venue's agents are taken at its starts, in turn: three in eight, where there are four."""
FIRST_OF_THE_BUSY = 1_000_000

Place = tuple[int, int]
"""A start in minutes, and the venue."""


def furnish(
    db: Session, actor: Actor, agents: Sequence[tuple[Agent, Venue]], *, now: datetime, busy_weeks: int
) -> tuple[AppointmentType, list[tuple[datetime, str]]]:
    """Return the one reason to come, and its free starts after the busy weeks."""
    kind = AppointmentType(
        organisation_id=actor.organisation_id,
        name="Aide administrative",
        duration_minutes=30,
        pause_minutes=5,
        channels=[Channel.ON_SITE.value],
    )
    db.add(kind)
    db.flush()
    _open(db, actor, kind, agents, now)
    monday = minute_of(datetime.combine(next_monday(now), time(), UTC))
    after = monday + busy_weeks * 7 * MINUTES_A_DAY
    most = max(1, len(agents) // 2 - 1)
    for number, place in enumerate(sorted(set(_free(db, kind, Interval(monday, after), now)))):
        for turn in range(min(BUSY[number % len(BUSY)], most)):
            _book(db, actor, kind, place, person=FIRST_OF_THE_BUSY + 4 * number + turn, now=now)
    # A day less than one may book: what is free is asked for minutes from now.
    horizon = minute_of(now) + kind.booking_horizon_minutes - MINUTES_A_DAY
    return kind, _far_apart(_free(db, kind, Interval(after, horizon), now))


def next_monday(now: datetime) -> date:
    """Return the first day of next week."""
    return now.date() + timedelta(days=7 - now.weekday())


def _open(
    db: Session, actor: Actor, kind: AppointmentType, agents: Sequence[tuple[Agent, Venue]], now: datetime
) -> None:
    for agent, venue in agents:
        for weekday in range(5):
            for opens_at, closes_at in (MORNING, AFTERNOON):
                open_hours(
                    db,
                    actor,
                    now=now,
                    resource_id=agent.resource_id,
                    venue_id=venue.id,
                    type_ids=[kind.id],
                    recurrence=Recurrence.weekly(weekday, since=now.date()),
                    hours=Hours.between(opens_at, closes_at),
                )


def _book(db: Session, actor: Actor, kind: AppointmentType, place: Place, *, person: int, now: datetime) -> None:
    start, venue_id = place
    book_for_person(
        db,
        actor,
        now=now,
        type_id=kind.id,
        channel=Channel.ON_SITE,
        venue_id=venue_id,
        starts_at=instant_of(start),
        person=Person(**who(person)),
    )


def _free(db: Session, kind: AppointmentType, starts: Interval, now: datetime) -> list[Place]:
    finding = search(db, Question(kind, Channel.ON_SITE, starts), now=now)
    return [(slot.start, slot.venue_id or 0) for slot in finding.slots(now)]


def _far_apart(places: Sequence[Place]) -> list[tuple[datetime, str]]:
    seen: Counter[Place] = Counter()
    in_turn = []
    for place in places:
        in_turn.append((seen[place], place))
        seen[place] += 1
    return [(instant_of(start), to_text(venue_id)) for _, (start, venue_id) in sorted(in_turn)]
