"""What a search costs in statements: the same with one agent as with a whole organisation and years of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.occurrences import Hours, Recurrence
from booking.models import Appointment, AppointmentType, Channel, Engagement, EngagementKind, Grid, TimeOffOccurrence
from booking.queries import offers
from booking.queries.finding import Question
from booking.steps.appointments import whoever
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.open_hours import open_hours
from booking.use_cases.take_time_off import take_time_off
from directory.domain.holidays import HolidayCalendar
from directory.models import HolidayChoice, Resource, ResourceKind, Venue
from foundation.ids import new_id
from tests.booking.diary import CAMILLE, at, visitor
from tests.booking.undoing import seen_and_undone
from tests.house import House

MONDAY = date(2026, 4, 13)
SINCE = date(2025, 10, 13)  # 26 weeks before
WORKDAYS = (0, 1, 2, 3, 4)
AGENTS, VENUES = 30, 20
CAPS = {"most_a_day": 400, "most_a_week": 2000}


@contextmanager
def counted(db: Session) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    seen: list[str] = []
    engine = db.get_bind()

    def listen(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", listen)
    yield seen
    event.remove(engine, "before_cursor_execute", listen)


class Scene:
    """An organisation that can grow."""

    def __init__(self, house: House, db: Session, **settings: Any) -> None:
        """Begin with two agents at one venue, and a room."""
        self.house, self.db = house, db
        values = {"name": "Motif", "duration_minutes": 30, "pause_minutes": 10, "grid": Grid.FREE, **settings}
        mine = {"organisation_id": house.organisation.id, "channels": ["on-site"]}
        self.kind = AppointmentType(**mine, **values)
        db.add(self.kind)
        db.flush()
        for agent in house.agents[: max(1, self.kind.agents_needed)]:
            self.open(agent.resource_id, house.venue.id, MONDAY)
        if self.kind.needs_room:
            self.open(house.room.id, house.venue.id, MONDAY)

    def open(self, resource_id: int, venue_id: int, since: date) -> None:
        open_hours(
            self.db,
            self.house.system(),
            now=self.house.now,
            resource_id=resource_id,
            venue_id=venue_id,
            type_ids=[self.kind.id],
            recurrence=Recurrence.weekly(*WORKDAYS, since=since),
            hours=Hours(9 * 60, 17 * 60),
        )

    def grow(self) -> None:
        """Add agents, rooms, venues, half a year of appointments, absences and holidays."""
        mine = {"organisation_id": self.house.organisation.id}
        told = {"address": "1 rue", "time_zone": "Europe/Paris", "region": "FR"}
        venues = [Venue(**mine, **told, name=f"Lieu {number}") for number in range(VENUES)]
        self.db.add_all(venues)
        self.db.flush()
        agents = [Resource(**mine, kind=ResourceKind.AGENT, name=f"Agent {number}") for number in range(AGENTS)]
        rooms = [Resource(**mine, kind=ResourceKind.ROOM, name="Salle", venue_id=venue.id) for venue in venues]
        self.db.add_all([*agents, *rooms])
        self.db.flush()
        for number, agent in enumerate(agents):
            agent.most_a_day = 40
            self.open(agent.id, venues[number % VENUES].id, SINCE)
            self.open(agent.id, self.house.venue.id, SINCE)
            self._fill(agent.id)
        for number, venue in enumerate(venues):
            self.open(rooms[number].id, venue.id, SINCE)
            venue.holiday_calendar = list(HolidayCalendar)[number % len(HolidayCalendar)]
            self.db.add(HolidayChoice(**mine, venue_id=venue.id, day=MONDAY + timedelta(days=number), is_closed=True))
        self.db.flush()

    def _fill(self, resource_id: int) -> None:
        mine = {"organisation_id": self.house.organisation.id, "resource_id": resource_id}
        person = whoever(self.db, self.house.system(), CAMILLE, now=self.house.now).id
        days = [SINCE + timedelta(days=number) for number in range(0, 7 * 28, 3)]
        starts = [minute_of(at(8, day=day)) for day in days]
        booked: list[Mapping[str, Any]] = [
            {
                **mine,
                "id": new_id(),
                "type_id": self.kind.id,
                "beneficiary_id": person,
                "channel": Channel.ON_SITE,
                "starts_at": instant_of(start),
                "ends_at": instant_of(start + 30),
                "status": "booked",
                "created_at": self.house.now,
            }
            for start in starts
        ]
        taken = [
            {**mine, "id": new_id(), "kind": EngagementKind.APPOINTMENT, "appointment_id": one["id"]}
            | {"start_minute": start, "end_minute": start + 40}
            for one, start in zip(booked, starts, strict=True)
        ]
        self.db.execute(insert(Appointment), booked)
        self.db.execute(insert(Engagement), taken)
        absent: dict[str, Any] = {
            "resource_id": resource_id,
            "starts_at": at(12, day=MONDAY),
            "ends_at": at(13, day=MONDAY),
        }
        rule = take_time_off(self.db, self.house.system(), now=self.house.now, **absent)
        away = [
            {**mine, "id": new_id(), "time_off_id": rule.id, "rule_day": day}
            | {"starts_at": at(12, day=day), "ends_at": at(13, day=day)}
            for day in days
            if day != MONDAY
        ]
        self.db.execute(insert(TimeOffOccurrence), away)

    def statements(self, ask: Callable[[Session, Question], object]) -> int:
        """How many statements a question takes that begins with nothing in memory."""
        self.db.flush()
        self.db.expire_all()
        self.db.refresh(self.kind)
        with counted(self.db) as seen:
            ask(self.db, Question(self.kind, Channel.ON_SITE, Interval(0, 1)))
        return len(seen)

    def costs(self) -> dict[str, int]:
        """The price of each search."""
        now: datetime = self.house.now
        month = Interval(minute_of(now), minute_of(now) + 31 * 24 * 60)
        return {
            "week": self.statements(lambda db, ask: offers.week(db, ask, monday=MONDAY, now=now)),
            "later week": self.statements(
                lambda db, ask: offers.week(db, ask, monday=MONDAY + timedelta(weeks=9), now=now)
            ),
            "month": self.statements(lambda db, ask: offers.between(db, ask, starts=month, now=now)),
            "next": self.statements(lambda db, ask: offers.first(db, ask, now=now)),
            "nearest": self.statements(lambda db, ask: offers.nearest(db, ask, wanted=at(9), now=now)),
            "hold": self.statements(lambda db, _: self._hold(db)),
        }

    def _hold(self, db: Session) -> None:
        tried = db.begin_nested()
        hold_slot(
            db,
            visitor(self.house),
            now=self.house.now,
            client="a browser",
            type_id=self.kind.id,
            venue_id=self.house.venue.id,
            channel=Channel.ON_SITE,
            starts_at=at(7),
        )
        tried.rollback()


@pytest.mark.parametrize(
    "settings", [{}, {"needs_room": True}, {"agents_needed": 2, "needs_room": True}, CAPS], ids=str
)
def test_a_search_takes_as_many_statements_in_a_large_organisation_as_in_a_small_one(
    shared_house: House, settings: Mapping[str, Any]
) -> None:
    seen: list[dict[str, int]] = []

    def see(db: Session) -> None:
        scene = Scene(shared_house, db, **settings)
        seen.append(scene.costs())
        scene.grow()
        seen.append(scene.costs())

    seen_and_undone(shared_house, see)
    small, large = seen
    # Where several could serve, one statement more asks who was booked last.
    assert large.pop("hold") <= small.pop("hold") + 1
    assert large == small
    assert set(small.values()) == {6 + 2 * ("most_a_day" in settings)}
