"""What those who try at the same time share: what is held, what is booked, and the dice that one seed throws."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, select

from benchmarks.attempts.town import START, Town
from booking.domain.person import Person
from booking.models import (
    Appointment,
    AppointmentStatus,
    Hold,
    OpeningOccurrence,
    TimeOffOccurrence,
    WaitingEntry,
    Workshop,
)
from booking.queries.waiting import LIVE
from directory.domain.permissions import ROLES, Role
from foundation.actors import Actor, ActorKind
from foundation.database import Database

T = TypeVar("T")
AN_ATTEMPT = timedelta(seconds=6)
"""How far the clock goes from one attempt to the next."""
LAPSED = 110
"""A hold lasts a hundred attempts, and up to ten more: to the whole minute."""
TOGETHER = 16
"""So many attempts, one after the other, come together."""
PEOPLE = 400
KEPT = 300
"""Tokens and ids that are kept to be used; most are used at once, some late, some twice."""
SEEN = 60


class NothingToTry(Exception):
    """There is nothing yet of what the attempt would use."""


class Attempt(NamedTuple):
    """Which attempt of all it is, and what it throws."""

    number: int
    dice: random.Random


class Day(NamedTuple):
    """One date of a rule of opening."""

    rule_id: int
    rule_day: date


class Offered(NamedTuple):
    """What somebody who waits was offered."""

    entry_id: int
    hold_id: int


@dataclass(frozen=True)
class Ticket:
    """A hold that somebody has the token of, since which attempt, and the appointment that it moves."""

    token: str
    person: Person
    since: int
    moves: int | None = None


@dataclass
class Crowd:
    """What the threads of one process share; the appointments of the others are read from time to time."""

    database: Database
    town: Town
    tickets: deque[Ticket] = field(default_factory=lambda: deque(maxlen=KEPT))
    moves: deque[Ticket] = field(default_factory=lambda: deque(maxlen=KEPT))
    appointments: Sequence[int] = ()
    requests: Sequence[int] = ()
    workshops: Sequence[int] = ()
    absences: Sequence[int] = ()
    open_days: Sequence[Day] = ()
    changed_days: Sequence[Day] = ()
    waiting: Sequence[int] = ()
    offered: Sequence[Offered] = ()
    told_booked: set[int] = field(default_factory=set)
    told_cancelled: set[int] = field(default_factory=set)

    def look_around(self, now: datetime) -> None:
        """Read what is in the diary by now, whoever wrote it."""
        live = Appointment.status.in_((AppointmentStatus.REQUESTED, AppointmentStatus.BOOKED))
        latest = select(Appointment.id, Appointment.status).where(Appointment.starts_at > now, live)
        coming = select(Workshop.id).where(Workshop.starts_at > now, Workshop.cancelled_at.is_(None))
        with self.database.reading(self.town.organisation_id) as db:
            rows = list(db.execute(latest.order_by(Appointment.id.desc()).limit(SEEN)))
            self.workshops = list(db.scalars(coming.order_by(Workshop.starts_at).limit(5)))
            self.absences = list(
                db.scalars(select(TimeOffOccurrence.time_off_id).where(TimeOffOccurrence.ends_at > now))
            )
            days = list(db.execute(_days_to_come(now)))
            waiting = select(WaitingEntry.id).where(WaitingEntry.status.in_(LIVE)).order_by(WaitingEntry.id)
            self.waiting = list(db.scalars(waiting))
            offers = select(Hold.waiting_entry_id, Hold.id).where(
                Hold.waiting_entry_id.is_not(None), Hold.starts_at > now
            )
            self.offered = [
                Offered(entry_id or 0, hold_id) for entry_id, hold_id in db.execute(offers.order_by(Hold.id))
            ]
        self.appointments = [row.id for row in rows]
        self.requests = [row.id for row in rows if row.status is AppointmentStatus.REQUESTED]
        self.open_days = [Day(rule_id, day) for rule_id, day, is_changed in days if not is_changed]
        self.changed_days = [Day(rule_id, day) for rule_id, day, is_changed in days if is_changed]

    def do(self, use_case: Callable[..., T], actor: Actor, now: datetime, **values: Any) -> T:
        """Run a use case in its transaction."""
        return self.database.in_transaction(self.town.organisation_id, use_case, actor, now=now, **values)

    # -- who acts -----------------------------------------------------------------------------------------------------

    @property
    def visitor(self) -> Actor:
        """Somebody without an account."""
        return Actor(ActorKind.VISITOR, self.town.organisation_id)

    def holder(self, appointment_id: int) -> Actor:
        """Whoever has the link of an appointment."""
        return Actor(ActorKind.BENEFICIARY, self.town.organisation_id, appointment_id, 1)

    def agent(self, dice: random.Random) -> Actor:
        """Somebody of the staff, who may do everything."""
        permissions = frozenset(ROLES[Role.MANAGER])
        return Actor(ActorKind.AGENT, self.town.organisation_id, dice.choice(self.town.agents), None, permissions)


def _days_to_come(now: datetime) -> Select[int, date, bool]:
    row = OpeningOccurrence
    until = now + timedelta(days=2)
    return select(row.opening_hours_id, row.rule_day, row.is_exception).where(
        row.starts_at > now, row.starts_at < until
    )


def now_of(number: int) -> datetime:
    """Return when an attempt takes place."""
    return START + number * AN_ATTEMPT


def dice_of(seed: int, number: int) -> random.Random:
    """Return what an attempt throws: the same for the same seed."""
    return random.Random(f"{seed} {number}")  # noqa: S311


def one_of(things: Sequence[T], dice: random.Random) -> T:
    """Choose, the latest more often, so that several want the same; raise NothingToTry."""
    if not things:
        raise NothingToTry
    late = dice.random() < 0.25  # noqa: PLR2004
    back = dice.randrange(len(things)) if late else min(int(dice.expovariate(0.3)), len(things) - 1)
    return things[-1 - back]


def wish(town: Town, number: int, dice: random.Random) -> dict[str, Any]:
    """Choose where and when: today or tomorrow, on a grid of ten minutes. Most who come together want the same."""
    if dice.random() < 0.7:  # noqa: PLR2004
        dice = random.Random(f"together {number // TOGETHER}")  # noqa: S311
    return {"venue_id": dice.choice(town.venues), "starts_at": an_hour(number, dice)}


def an_hour(number: int, dice: random.Random) -> datetime:
    """Choose a start of today or tomorrow."""
    day = now_of(number).date() + timedelta(days=dice.randrange(2))
    return datetime.combine(day, time(), UTC) + timedelta(minutes=5 * 60 + 10 * dice.randrange(84))


def somebody(dice: random.Random) -> Person:
    """Choose one of those who come: the same ones come again."""
    number = dice.randrange(PEOPLE)
    return Person("Camille", f"Durand {number:03}", f"+336399{number:05}", f"c{number}@courriel.example", "fr")


def a_client(dice: random.Random) -> str:
    """Choose a browser: forty letters of its network, then its name. Some share a network, a few a browser."""
    return f"{dice.randrange(60):040}{dice.randrange(40)}"
