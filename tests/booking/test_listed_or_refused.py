"""What is listed is what the rows say minute by minute; each of it can be booked, and nothing else can."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_of
from booking.domain.refusals import NotOpenToPublic, SlotTaken, TooManyPeople
from booking.models import Appointment, Channel, Engagement, Grid
from booking.queries import offers
from booking.queries.search import search
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.hold_slot import hold_slot
from directory.models import Resource
from tests.booking.diary import CAMILLE, visitor
from tests.booking.minutes import every_slot
from tests.booking.undoing import seen_and_undone
from tests.booking.worlds import A_DAY, Opening, Plan, World
from tests.house import House

DAYS = (date(2026, 4, 14), date(2026, 3, 28), date(2026, 10, 24))
REFUSED = (SlotTaken, NotOpenToPublic, TooManyPeople)
seldom = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

quarters = st.integers(0, 95).map(lambda quarter: quarter * 15)
types = st.fixed_dictionaries(
    {
        "duration_minutes": st.sampled_from([15, 30, 45, 50, 60]),
        "pause_minutes": st.sampled_from([0, 5, 10, 30]),
        "step_minutes": st.sampled_from([None, 15, 20, 60]),
        "grid": st.sampled_from(Grid),
        "agents_needed": st.sampled_from([1, 1, 1, 2]),
        "needs_room": st.sampled_from([False, False, True]),
        "most_people": st.sampled_from([1, 2]),
        "people_share_time": st.booleans(),
        "needs_approval": st.booleans(),
    }
)
opened = st.builds(
    Opening,
    who=st.integers(0, 2),  # two agents and a room
    day=st.integers(0, 1),
    opens=st.one_of(st.just(9 * 60), quarters),
    closes=st.one_of(st.sampled_from([12 * 60, A_DAY]), quarters),
    has_venue=st.sampled_from([True, True, True, False]),
    on_holidays=st.booleans(),
)
plans = st.builds(
    Plan,
    type=types,
    first=st.sampled_from(DAYS),
    openings=st.lists(opened.filter(lambda one: one.opens != one.closes), min_size=2, max_size=6),
    away=st.lists(st.tuples(st.integers(0, 2), quarters, st.integers(1, 600)), max_size=2),
    taken=st.lists(st.tuples(st.integers(0, 2), quarters, st.integers(1, 200)), max_size=3),
    holiday=st.sampled_from([None, None, 0, 1]),
    people=st.sampled_from([1, 1, 2]),
    channel=st.sampled_from([Channel.ON_SITE, Channel.PHONE]),
)


@seldom
@given(plan=plans)
def test_a_search_of_the_rows_is_what_they_say_minute_by_minute(shared_house: House, plan: Plan) -> None:
    def see(db: Session) -> None:
        world = World(shared_house, db, plan)
        found = search(db, world.question(), now=world.now)
        expected = every_slot(world.rules())
        event(f"slots: {min(len(expected), 3)}")
        assert found.slots(world.now) == expected
        assert found.first(world.now) == next(iter(expected), None)

    seen_and_undone(shared_house, see)


@seldom
@given(plan=plans, data=st.data())
def test_every_listed_slot_can_be_booked_by_a_whole_team(shared_house: House, plan: Plan, data: st.DataObject) -> None:
    def see(db: Session) -> None:
        world = World(shared_house, db, plan)
        if plan.people > world.kind.most_people:
            return
        listed = offers.between(db, world.question(), starts=world.around, now=world.now).found
        for offer in data.draw(st.lists(st.sampled_from(listed), max_size=3)) if listed else []:
            before, start = world.rows(), minute_of(offer.starts_at)
            tried = db.begin_nested()
            made = world.book(start, venue_id=None if offer.venue is None else offer.venue.id)
            assert (made.starts_at, made.ends_at) == (offer.starts_at, offer.ends_at)
            assert made.status.value == ("requested" if world.kind.needs_approval else "booked")
            _is_served_by_a_whole_team(world, made)
            tried.rollback()
            assert world.rows() == before

    seen_and_undone(shared_house, see)


def _is_served_by_a_whole_team(world: World, made: Appointment) -> None:
    rows = world.db.scalars(select(Engagement).where(Engagement.appointment_id == made.id)).all()
    whole = minute_of(made.starts_at), minute_of(made.ends_at) + world.kind.pause_minutes
    assert {(row.start_minute, row.end_minute) for row in rows} == {whole}
    taken = {row.resource_id for row in rows}
    assert len(taken) == len(rows) == world.kind.agents_needed + world.kind.needs_room
    assert made.resource_id in taken
    rooms = world.db.scalars(select(Resource.id).where(Resource.id.in_(taken), Resource.kind == "room")).all()
    assert len(rooms) == world.kind.needs_room
    others = select(Engagement).where(Engagement.resource_id.in_(taken), Engagement.appointment_id != made.id)
    assert not [row for row in world.db.scalars(others) if row.start_minute < whole[1] and whole[0] < row.end_minute]


@seldom
@given(plan=plans, data=st.data())
def test_nothing_that_is_not_listed_can_be_held_and_no_row_is_left(
    shared_house: House, plan: Plan, data: st.DataObject
) -> None:
    def see(db: Session) -> None:
        world = World(shared_house, db, plan)
        listed = offers.between(db, world.question(), starts=world.around, now=world.now).found
        bookable = {(minute_of(one.starts_at), one.venue.id if one.venue else None) for one in listed}
        near = [start + more for start, _ in bookable for more in (-5, -1, 0, 1, 5, 15)] or [world.midnight]
        starts = data.draw(st.lists(st.one_of(st.sampled_from(near), st.integers(*world.around)), max_size=4))
        before = world.rows()
        for start in starts:
            venue_id = data.draw(st.sampled_from([shared_house.venue.id, shared_house.far_venue.id, None]))
            channel = data.draw(st.sampled_from([plan.channel, plan.channel, Channel.VIDEO]))
            fits = channel is plan.channel and plan.people <= world.kind.most_people
            if fits and (start, venue_id) in bookable:
                continue
            tried = db.begin_nested()
            with pytest.raises(REFUSED):
                world.book(start, venue_id=venue_id, channel=channel)
            tried.rollback()
            assert world.rows() == before

    seen_and_undone(shared_house, see)


def test_a_slot_of_several_days_is_listed_by_every_window_and_can_be_held(shared_house: House) -> None:
    def see(db: Session) -> None:
        days = [Opening(0, day, 0, A_DAY, has_venue=True, on_holidays=True) for day in range(6)]
        of_a_day = {"duration_minutes": A_DAY, "pause_minutes": 60, "most_people": 3, "step_minutes": A_DAY}
        plan = Plan(of_a_day, date(2026, 4, 14), days, (), (), None, 3, Channel.ON_SITE)
        world = World(shared_house, db, plan)

        def listed(first: int, last: int) -> list[datetime]:
            window = Interval(world.midnight + first * A_DAY, world.midnight + last * A_DAY)
            return [one.starts_at for one in offers.between(db, world.question(), starts=window, now=world.now).found]

        expected = [world._at(day * A_DAY) for day in range(4)]
        assert listed(0, 6) == expected
        assert [start for day in range(6) for start in listed(day, day + 1)] == expected
        assert world.book(world.midnight).starts_at == expected[0]

    seen_and_undone(shared_house, see)


def test_a_late_confirmation_takes_as_much_time_as_it_says(shared_house: House) -> None:
    def see(db: Session) -> None:
        morning = [Opening(0, 0, 9 * 60, 12 * 60, has_venue=True, on_holidays=True)]
        half_an_hour = {"duration_minutes": 30, "pause_minutes": 0}
        plan = Plan(half_an_hour, date(2026, 4, 14), morning, (), (), None, 1, Channel.ON_SITE)
        world = World(shared_house, db, plan)
        wanted: dict[str, Any] = {
            "type_id": world.kind.id,
            "venue_id": shared_house.venue.id,
            "channel": Channel.ON_SITE,
        }
        held = hold_slot(db, visitor(shared_house), now=world.now, client="one", starts_at=world._at(540), **wanted)
        world.kind.duration_minutes = 60
        later = world.now + timedelta(minutes=11)
        made = confirm_hold(db, visitor(shared_house), now=later, token=held.token, person=CAMILLE)
        (taken,) = db.scalars(select(Engagement).where(Engagement.appointment_id == made.id))
        assert taken.end_minute == minute_of(made.ends_at)

    seen_and_undone(shared_house, see)
