"""The slot rules that need rows, sentence by sentence: the examples of `cases/diary.toml`, on both engines."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, instant_of, minute_of
from booking.domain.occurrences import Recurrence, Repeats
from booking.models import AppointmentType, Channel, Grid, OpeningOccurrence
from booking.queries import offers
from booking.queries.finding import Question
from booking.queries.offers import Offer
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.cancel_appointment import cancel_appointment
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.open_hours import open_hours
from booking.use_cases.take_time_off import take_time_off
from directory.domain.holidays import HolidayCalendar
from directory.models import HolidayChoice, Resource, ResourceKind, Venue
from directory.use_cases.add_resource import add_resource
from tests.booking import wall_clock
from tests.booking.diary import CAMILLE, TUESDAY, visitor
from tests.booking.undoing import seen_and_undone
from tests.house import House

PARIS = ZoneInfo("Europe/Paris")
CASES = tomllib.loads((Path(__file__).parent / "cases" / "diary.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_what_is_listed_is_what_the_sentence_says(shared_house: House, case: Mapping[str, Any]) -> None:
    told: dict[str, str] = {}

    seen_and_undone(shared_house, lambda db: told.update(Example(shared_house, db, case).seen()))
    assert told == {name: case[name] for name in ("starts", "next") if name in case}


@dataclass
class Example:
    """One case, set up in a transaction of its own."""

    house: House
    db: Session
    case: Mapping[str, Any]
    now: datetime = field(init=False)
    zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self.zone = ZoneInfo(self.case.get("zone", "Europe/Paris"))
        self.now = wall_clock.instant(self.case.get("clock", "2026-04-13 09:00"), TUESDAY, PARIS).astimezone(UTC)
        self.kind = self._type(**self.case.get("type", {}))
        self.other = self._type(name="Autre motif")
        self.venues = {row.name.split(" ")[0]: row for row in self.db.scalars(select(Venue))}
        clio: dict[str, Any] = {"kind": ResourceKind.VEHICLE, "name": "Clio", "venue_id": self.venues["Bordeaux"].id}
        add_resource(self.db, self.house.system(), now=self.now, **clio)
        named = {word: row for row in self.db.scalars(select(Resource)) for word in row.name.split(" ")}
        self.resources = named

    def seen(self) -> dict[str, str]:
        """Set everything up and ask."""
        self._set_rules()
        self._open()
        self._change_dates()
        self._book()
        ask = self.case.get("ask", {})
        first, last = date.fromisoformat(ask.get("from", "2026-04-14")), date.fromisoformat(ask.get("to", "2026-04-15"))
        starts = wall_clock.span(f"{first} 00:00-{last + timedelta(days=1)} 00:00", first, self.zone)
        now = self.now + timedelta(minutes=self.case.get("minutes_later", 0))
        found = offers.between(self.db, self._question(starts), starts=starts, now=now).found
        answers = {"starts": self._said(found)}
        if "next" in self.case:
            soonest = offers.next_offer(self.db, self._question(starts), now=now)
            answers["next"] = self._said([soonest] if soonest else [])
        return answers

    def _question(self, starts: Interval) -> Question:
        ask = self.case.get("ask", {})
        return Question(
            self.kind,
            Channel(ask.get("channel", "on-site")),
            starts,
            venues=(self._venue(ask["at"]),) if "at" in ask else None,
            resource_id=self.resources[ask["who"]].id if "who" in ask else None,
            people=ask.get("people", 1),
        )

    def _said(self, found: list[Offer] | Any) -> str:
        return wall_clock.said([minute_of(offer.starts_at) for offer in found], TUESDAY, self.zone)

    def _type(self, **changes: Any) -> AppointmentType:
        values = {"name": "Motif", "duration_minutes": 30, "pause_minutes": 10, "grid": Grid.FREE, **changes}
        values = {"booking_notice_minutes": 0, "channels": ["on-site", "phone"], **values}
        row = AppointmentType(organisation_id=self.house.organisation.id, **values)
        self.db.add(row)
        self.db.flush()
        return row

    def _venue(self, name: str) -> int | None:
        return self.venues[name].id if name else None

    def _set_rules(self) -> None:
        for name, calendar in self.case.get("calendars", {}).items():
            self.venues[name].holiday_calendar = HolidayCalendar(calendar)
        for told in self.case.get("holidays", ()):
            day, venue_id = date.fromisoformat(told["day"]), self._venue(told.get("at", ""))
            mine = {"organisation_id": self.house.organisation.id, "venue_id": venue_id}
            self.db.add(HolidayChoice(**mine, day=day, is_closed=told["closed"]))
        for name, most in self.case.get("agents_most_a_day", {}).items():
            self.resources[name].most_a_day = most
        self.db.flush()

    def _open(self) -> None:
        for told in self.case["hours"]:
            first = date.fromisoformat(told.get("first", "2026-04-14"))
            repeats = Repeats(told.get("repeats", "weekly"))
            weekdays = told.get("days", [first.weekday()]) if repeats is Repeats.WEEKLY else ()
            last = date.fromisoformat(told["last"]) if "last" in told else None
            open_hours(
                self.db,
                self.house.system(),
                now=self.now,
                resource_id=self.resources[told.get("who", "Nadia")].id,
                venue_id=self._venue(told.get("at", "Bordeaux")),
                type_ids=[self.other.id if told.get("other_type") else self.kind.id],
                recurrence=Recurrence(repeats, first, last, told.get("every", 1), frozenset(weekdays)),
                hours=wall_clock.hours(told["hours"]),
                closes_on_holidays=not told.get("on_holidays", False),
            )
        for text in self.case.get("away", ()):
            starts_at, ends_at = (instant_of(minute) for minute in wall_clock.span(text, TUESDAY, self.zone))
            absent: dict[str, Any] = {
                "resource_id": self.resources["Nadia"].id,
                "starts_at": starts_at,
                "ends_at": ends_at,
            }
            take_time_off(self.db, self.house.system(), now=self.now, **absent)

    def _change_dates(self) -> None:
        for told in self.case.get("dates", ()):
            day = date.fromisoformat(told["day"])
            row = self.db.scalars(select(OpeningOccurrence).where(OpeningOccurrence.rule_day == day)).one()
            row.is_exception, row.is_cancelled = True, told.get("cancelled", False)
            if "to" in told:
                (span,) = wall_clock.opening(told["to"], day, PARIS)
                row.starts_at, row.ends_at = (instant_of(minute) for minute in span)
                row.local_day = row.starts_at.astimezone(PARIS).date()
        self.db.flush()

    def _book(self) -> None:
        where: dict[str, Any] = {"venue_id": self.venues["Bordeaux"].id, "channel": Channel.ON_SITE, "now": self.now}
        for text in self.case.get("booked", ()):
            kind = self.other if text.startswith("other") else self.kind
            starts_at = wall_clock.instant(text.removeprefix("other "), TUESDAY, PARIS).astimezone(UTC)
            of_type: dict[str, Any] = {"type_id": kind.id, "starts_at": starts_at, "person": CAMILLE}
            made = book_for_person(self.db, self.house.actor(self.house.agents[0]), **where, **of_type)
            if self.case.get("cancelled"):
                cancel_appointment(self.db, self.house.system(), now=self.now, appointment_id=made.id)
        if "held" in self.case:
            starts_at = wall_clock.instant(self.case["held"], TUESDAY, PARIS).astimezone(UTC)
            kept: dict[str, Any] = {"client": "a browser", "type_id": self.kind.id, "starts_at": starts_at}
            hold_slot(self.db, visitor(self.house), **where, **kept)
