"""A small organisation that is written down from a plan, and read minute by minute from the same plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.occurrences import Hours, Recurrence, Repeats
from booking.domain.slots import Diary
from booking.models import Appointment, AppointmentType, Channel, Engagement, EngagementKind, Hold
from booking.queries.finding import Question
from booking.steps.appointments import whoever
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.open_hours import open_hours
from booking.use_cases.take_time_off import take_time_off
from directory.models import HolidayChoice
from tests.booking.diary import CAMILLE, visitor
from tests.booking.minutes import Rules, wall
from tests.house import House

PARIS, A_DAY = ZoneInfo("Europe/Paris"), 24 * 60


@dataclass(frozen=True)
class Opening:
    """Who is open, on which day (from 0), when; at Bordeaux or nowhere in particular."""

    who: int
    day: int
    opens: int
    closes: int
    has_venue: bool
    on_holidays: bool


@dataclass(frozen=True)
class Plan:
    """What is written down: the type, who is open, away and engaged, and which day is closed."""

    type: dict[str, Any]
    first: date
    openings: Sequence[Opening]
    away: Sequence[tuple[int, int, int]]
    taken: Sequence[tuple[int, int, int]]
    holiday: int | None
    people: int
    channel: Channel


@dataclass
class World:
    """A plan, written down in a transaction."""

    house: House
    db: Session
    plan: Plan
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = datetime.combine(self.plan.first, datetime.min.time(), UTC) - timedelta(days=7)
        self.midnight = minute_of(datetime.combine(self.plan.first, datetime.min.time(), PARIS))
        values = {"name": "Motif", "booking_notice_minutes": 0, "channels": ["on-site", "phone"], **self.plan.type}
        self.kind = AppointmentType(organisation_id=self.house.organisation.id, **values)
        self.db.add(self.kind)
        self.db.flush()
        self.resources = [*(agent.resource_id for agent in self.house.agents[:2]), self.house.room.id]
        for one in self.plan.openings:
            self._open(one)
        for who, start, lasts in self.plan.away:
            span: dict[str, Any] = {"starts_at": self._at(start), "ends_at": self._at(start + lasts)}
            take_time_off(self.db, self.house.system(), now=self.now, resource_id=self.resources[who], **span)
        for who, start, lasts in self.plan.taken:
            self._take(who, start, lasts)
        if self.plan.holiday is not None:
            day = self.plan.first + timedelta(days=self.plan.holiday)
            self.db.add(HolidayChoice(organisation_id=self.house.organisation.id, day=day, is_closed=True))
        self.db.flush()

    def _at(self, minute: int) -> datetime:
        return instant_of(self.midnight + minute)

    def _open(self, one: Opening) -> None:
        open_hours(
            self.db,
            self.house.system(),
            now=self.now,
            resource_id=self.resources[one.who],
            venue_id=self.house.venue.id if one.has_venue else None,
            type_ids=[self.kind.id],
            recurrence=Recurrence(Repeats.ONCE, self.plan.first + timedelta(days=one.day)),
            hours=Hours(one.opens, one.closes),
            closes_on_holidays=not one.on_holidays,
        )

    def _take(self, who: int, start: int, lasts: int) -> None:
        # By an override, which may overlap and is respected all the same.
        first = self.midnight + start
        mine = {"organisation_id": self.house.organisation.id, "resource_id": self.resources[who]}
        booked = Appointment(
            **mine,
            type_id=self.kind.id,
            beneficiary_id=self._somebody(),
            channel=Channel.PHONE,
            starts_at=instant_of(first),
            ends_at=instant_of(first + lasts),
            status="booked",
            created_at=self.now,
        )
        self.db.add(booked)
        self.db.flush()
        span = {"start_minute": first, "end_minute": first + lasts, "is_override": True, "override_reason": "exprès"}
        self.db.add(Engagement(**mine, kind=EngagementKind.APPOINTMENT, appointment_id=booked.id, **span))

    def _somebody(self) -> int:
        return whoever(self.db, self.house.system(), CAMILLE, now=self.now).id

    @property
    def around(self) -> Interval:
        """Everything that the plan is about, and a day more on both sides."""
        return Interval(self.midnight - A_DAY, self.midnight + 4 * A_DAY)

    def question(self, **others: Any) -> Question:
        return Question(self.kind, self.plan.channel, self.around, people=self.plan.people, **others)

    def rules(self) -> Rules:
        """The same plan, as the naive model reads it."""
        diaries = [self._diary(number) for number in range(3)]
        things = [[one for one in diaries[2:] if one.openings]] if self.kind.needs_room else []
        agents = [one for one in diaries[:2] if one.openings]
        cut, horizon = self.question().cut, self.kind.booking_horizon_minutes
        return Rules(agents, things, self.kind.agents_needed, cut, PARIS, self.now, 0, horizon, self.around)

    def _diary(self, who: int) -> Diary:
        openings: dict[int | None, list[Interval]] = {}
        for one in self.plan.openings:
            # A room is at its own venue, whether its hours name it or not.
            venue_id = self.house.venue.id if one.has_venue or who == 2 else None
            if one.who == who and (venue_id is not None or self.plan.channel is Channel.PHONE):
                openings.setdefault(venue_id, []).extend(self._minutes_of(one))
        away = [self._span(start, lasts) for one, start, lasts in self.plan.away if one == who]
        taken = [self._span(start, lasts) for one, start, lasts in self.plan.taken if one == who]
        return Diary(self.resources[who], openings, away, taken)

    def _span(self, start: int, lasts: int) -> Interval:
        return Interval(self.midnight + start, self.midnight + start + lasts)

    def _minutes_of(self, one: Opening) -> list[Interval]:
        midnight = datetime.combine(self.plan.first + timedelta(days=one.day), datetime.min.time())
        closes = one.closes + A_DAY if one.closes < one.opens else one.closes
        first, last = midnight + timedelta(minutes=one.opens), midnight + timedelta(minutes=closes)
        closed = None if self.plan.holiday is None else self.plan.first + timedelta(days=self.plan.holiday)
        return [
            Interval(minute, minute + 1)
            for minute in range(*self.around)
            if first <= wall(minute, PARIS) < last and (one.on_holidays or wall(minute, PARIS).date() != closed)
        ]

    def rows(self) -> list[int]:
        """How many rows a refused hold might have left."""
        return [self.db.scalar(select(func.count()).select_from(one)) or 0 for one in (Hold, Engagement, Appointment)]

    def book(self, start: int, **others: Any) -> Appointment:
        """Hold and confirm as the public does."""
        wanted = {"venue_id": self.house.venue.id, "channel": self.plan.channel, "people": self.plan.people, **others}
        held = hold_slot(
            self.db,
            visitor(self.house),
            now=self.now,
            client="a browser",
            type_id=self.kind.id,
            starts_at=instant_of(start),
            **wanted,
        )
        return confirm_hold(self.db, visitor(self.house), now=self.now, token=held.token, person=CAMILLE)
