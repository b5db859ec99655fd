"""What surrounds the cut: intervals, whom the grid does not bind, who serves, what is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from booking.domain.intervals import (
    Interval,
    instant_of,
    intersect,
    length,
    merge,
    minute_from,
    minute_of,
    subtract,
)
from booking.domain.picking import Load, nearest, once_each, who_serves
from booking.domain.slots import Cut, Slot, Team, bookable, fits, local_day
from booking.models import AppointmentType, Channel, Grid
from booking.queries.finding import Question
from tests.booking.minutes import minutes

PARIS = ZoneInfo("Europe/Paris")
NINE, TEN, ELEVEN, NOON = 540, 600, 660, 720
VENUE = 7


def question(*, people: int = 1, duration: int | None = None, **settings: object) -> Question:
    values = {"duration_minutes": 30, "pause_minutes": 10, "grid": Grid.FREE, "people_share_time": False, **settings}
    return Question(AppointmentType(**values), Channel.ON_SITE, Interval(0, 1), people=people, duration=duration)


def test_the_step_is_the_duration_and_the_pause_unless_it_is_set() -> None:
    assert question().cut == Cut(30, 10, 40)
    assert question(step_minutes=15, grid=Grid.CLOCK).cut == Cut(30, 10, 15, on_the_clock=True)


def test_several_people_take_the_duration_times_their_number_unless_they_share_it() -> None:
    assert question(people=3).cut == Cut(90, 10, 100)
    assert question(people=3, step_minutes=30).cut == Cut(90, 10, 30)
    assert question(people=3, people_share_time=True).cut == Cut(30, 10, 40)


def test_what_moves_keeps_the_duration_it_had() -> None:
    assert question(duration=55).cut == Cut(55, 10, 65)


def test_on_site_needs_somewhere_to_go() -> None:
    on_site, phone = question(), Question(question().type, Channel.PHONE, Interval(0, 1), venues=(None, VENUE))
    assert not on_site.has_venue(None)
    assert on_site.has_venue(VENUE)
    assert phone.has_venue(None)
    assert not phone.has_venue(VENUE + 1)


def test_staff_are_not_bound_by_the_grid_but_by_engagements() -> None:
    taken = [Interval(TEN, ELEVEN)]
    team = Team(VENUE, (1,), (), subtract([Interval(NINE, NOON)], taken), taken)
    cut = Cut(30, 10, 40)
    assert fits(team, cut, NINE + 3)
    assert fits(team, cut, NINE + 20)  # its pause touches the engagement
    assert not fits(team, cut, NINE + 21)  # and would meet it
    assert fits(team, cut, NOON - 30)
    assert not fits(team, cut, NOON - 29)


def test_notice_and_horizon_are_whole_minutes_with_both_bounds_included() -> None:
    now = datetime(2026, 4, 14, 7, 0, tzinfo=UTC)
    assert bookable(now, notice=0, horizon=0) == Interval(minute_of(now), minute_of(now) + 1)
    later = bookable(now.replace(microsecond=1), notice=10, horizon=20)
    assert later == Interval(minute_of(now) + 11, minute_of(now) + 21)
    assert minute_from(now) == minute_of(now)


def test_whoever_has_the_fewest_hours_that_day_serves() -> None:
    slots = [Slot(0, 30, VENUE, (agent,)) for agent in (1, 2, 3)]
    assert who_serves(slots, {1: Load(60, 1), 2: Load(30, 9), 3: Load(45, 5)}).resource_id == 2
    assert who_serves(slots, {1: Load(60, 1), 2: Load(30, 9)}).resource_id == 3


def test_among_those_with_as_few_hours_the_least_recently_booked_serves() -> None:
    slots = [Slot(0, 30, VENUE, (agent,)) for agent in (1, 2, 3)]
    assert who_serves(slots, {1: Load(30, 8), 2: Load(30, 3), 3: Load(30, 9)}).resource_id == 2
    assert who_serves(slots, {1: Load(0, 8), 2: Load(0, 3)}).resource_id == 3
    assert who_serves(slots, {}).resource_id == 1


def test_of_two_agents_together_their_hours_are_added() -> None:
    pairs = [Slot(0, 30, VENUE, pair) for pair in ((1, 2), (1, 3), (2, 3))]
    assert who_serves(pairs, {1: Load(60, 1), 2: Load(30, 9), 3: Load(20, 5)}).agent_ids == (2, 3)
    equal = {agent: Load(30, latest) for agent, latest in ((1, 4), (2, 9), (3, 5))}
    assert who_serves(pairs, equal).agent_ids == (1, 3)


def test_of_two_rooms_for_the_same_agent_always_the_same_is_taken() -> None:
    slots = [Slot(0, 30, VENUE, (1,), (room,)) for room in (12, 11)]
    assert who_serves(slots, {}).thing_ids == (11,)
    assert who_serves(reversed(slots), {}).thing_ids == (11,)


def test_a_slot_takes_its_resources_in_id_order_and_is_the_first_agents() -> None:
    slot = Slot(0, 30, VENUE, (5, 9), (2, 7))
    assert slot.resource_ids == [2, 5, 7, 9]
    assert slot.resource_id == 5


def test_each_start_of_each_venue_is_shown_once_in_order() -> None:
    slots = [Slot(start, start + 30, venue, (agent,)) for agent in (1, 2) for start in (200, 100) for venue in (8, 7)]
    shown = once_each([*slots, Slot(100, 130, None, (3,))])
    assert [(slot.start, slot.venue_id) for slot in shown] == [(100, None), (100, 7), (100, 8), (200, 7), (200, 8)]


def test_the_nearest_are_on_both_sides_and_in_order_of_time() -> None:
    slots = [Slot(start, start + 30, VENUE, (agent,)) for start in (100, 200, 300, 900) for agent in (1, 2)]
    assert [slot.start for slot in nearest(slots, 290, most=2)] == [200, 300]
    assert [slot.start for slot in nearest(slots, 150, most=1)] == [100]
    assert nearest([], 150, most=3) == []


def test_the_day_of_the_change_of_hour_has_23_or_25_hours() -> None:
    spring = minute_of(datetime(2026, 3, 29, 12, tzinfo=UTC))
    autumn = minute_of(datetime(2026, 10, 25, 12, tzinfo=UTC))
    assert length([local_day(spring, PARIS)]) == 23 * 60
    assert length([local_day(autumn, PARIS)]) == 25 * 60


def test_a_minute_is_the_same_in_both_directions() -> None:
    instant = datetime(2026, 10, 25, 0, 30, 59, 999_999, tzinfo=UTC)
    assert instant_of(minute_of(instant)) == instant.replace(second=0, microsecond=0)
    assert minute_from(instant) == minute_of(instant) + 1
    assert minute_from(datetime(1969, 12, 31, 23, 59, 30, tzinfo=UTC)) == 0


intervals = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 600)).map(lambda pair: Interval(pair[0], pair[0] + pair[1])),
    max_size=8,
)


@given(intervals, intervals)
def test_intervals_are_the_same_as_sets_of_minutes(one: list[Interval], other: list[Interval]) -> None:
    assert minutes(merge(one)) == minutes(one)
    assert minutes(subtract(one, other)) == minutes(one) - minutes(other)
    assert minutes(intersect(one, other)) == minutes(one) & minutes(other)
    assert length(one) == len(minutes(one))


@given(intervals, intervals)
def test_what_is_answered_is_in_order_apart_and_never_empty(one: list[Interval], other: list[Interval]) -> None:
    for found in (merge(one), subtract(one, other), intersect(one, other)):
        assert all(span.start < span.end for span in found)
        assert all(a.end < b.start for a, b in pairwise(found))


@given(intervals)
def test_two_intervals_overlap_when_they_share_a_minute(spans: list[Interval]) -> None:
    for one, other in pairwise(span for span in spans if span.start < span.end):
        assert one.overlaps(other) == bool(minutes([one]) & minutes([other]))
        assert one.contains(other) == minutes([other]).issubset(minutes([one]))
