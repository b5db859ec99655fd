"""The slot engine, by example and by property."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.intervals import Interval, instant_of, intersect, length, merge, minute_of, subtract
from booking.domain.picking import Load, nearest, once_each, who_serves
from booking.domain.slots import (
    Cut,
    Diary,
    Slot,
    Team,
    bookable,
    fits,
    local_day,
    starts,
    teams,
)

PARIS = ZoneInfo("Europe/Paris")
MIDNIGHT = minute_of(datetime(2026, 4, 13, 22, tzinfo=UTC))  # Tuesday 14 April, 0:00 in Paris
ALWAYS = Interval(0, 2**40)
VENUE = 7


def span(start: str, end: str) -> Interval:
    return Interval(wall(start), wall(end))


def wall(clock: str) -> int:
    hour, minute = clock.split(":")
    return MIDNIGHT + 60 * int(hour) + int(minute)


def said(minutes: list[int]) -> str:
    return " ".join(f"{instant_of(minute).astimezone(PARIS):%H:%M}" for minute in minutes)


def cut_of(
    openings: list[Interval],
    *,
    away: tuple[Interval, ...] = (),
    taken: tuple[Interval, ...] = (),
    cut: Cut = Cut(30, 10, 40),  # noqa: B008 - frozen
    within: Interval = ALWAYS,
) -> str:
    diary = Diary(1, {VENUE: openings}, away, taken)
    (team,) = teams([diary], None)
    return said(list(starts(team, cut, PARIS, within)))


@pytest.mark.parametrize(
    ("openings", "away", "taken", "expected"),
    [
        ([("9:00", "12:00")], [], [], "09:00 09:40 10:20 11:00"),
        ([("9:00", "10:10")], [], [], "09:00 09:40"),  # the last pause need not fit before closing
        ([("9:00", "10:09")], [], [], "09:00"),  # the slot must
        ([("9:00", "10:00"), ("10:00", "11:00")], [], [], "09:00 09:40 10:20"),  # adjacent openings join
        ([("9:00", "12:00")], [], [("9:40", "10:20")], "09:00 10:20 11:00"),  # touching is not overlapping
        ([("9:00", "12:00")], [], [("9:35", "10:20")], "10:20 11:00"),  # the pause may not meet an engagement
        ([("9:00", "12:00")], [("9:35", "10:00")], [], "09:00 10:00 10:40 11:20"),  # but it may meet time off
        ([("9:00", "12:00")], [], [("9:00", "12:00")], ""),
        ([("9:00", "12:00")], [], [("9:50", "10:00"), ("9:00", "11:00")], "11:00"),  # nested engagements
    ],
)
def test_free_time_is_cut_from_its_own_start(
    openings: list[tuple[str, str]], away: list[tuple[str, str]], taken: list[tuple[str, str]], expected: str
) -> None:
    found = cut_of(
        [span(*one) for one in openings],
        away=tuple(span(*one) for one in away),
        taken=tuple(span(*one) for one in taken),
    )
    assert found == expected


@pytest.mark.parametrize(
    ("cut", "opening", "expected"),
    [
        (Cut(30, 10, 40, on_the_clock=True), ("9:05", "11:00"), "09:20 10:00"),  # 20 divides 40
        (Cut(45, 0, 45, on_the_clock=True), ("9:05", "11:00"), "09:15 10:00"),  # 15 divides 45
        (Cut(60, 0, 60, on_the_clock=True), ("8:30", "11:00"), "09:00 10:00"),
        (Cut(7, 0, 7, on_the_clock=True), ("9:01", "9:20"), "09:01 09:08"),  # nothing divides 7: as the free grid
    ],
)
def test_the_clock_grid_is_aligned_on_the_wall(cut: Cut, opening: tuple[str, str], expected: str) -> None:
    assert cut_of([span(*opening)], cut=cut) == expected


def test_the_clock_grid_follows_the_wall_of_a_zone_with_a_half_hour() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    opening = Interval(MIDNIGHT + 10, MIDNIGHT + 200)
    team = Team(VENUE, 1, None, [opening], [])
    found = starts(team, Cut(60, 0, 60, on_the_clock=True), kolkata, ALWAYS)
    assert {instant_of(minute).astimezone(kolkata).minute for minute in found} == {0}


def test_free_time_longer_than_a_day_is_cut_anew_at_each_midnight() -> None:
    found = cut_of([Interval(wall("8:30"), wall("58:00"))], cut=Cut(420, 0, 420))
    assert found == "08:30 15:30 22:30 00:00 07:00 14:00 21:00 00:00"


def test_a_search_selects_starts_and_never_moves_the_cut() -> None:
    within = Interval(wall("9:30"), wall("10:21"))
    assert cut_of([span("9:00", "12:00")], within=within) == "09:40 10:20"


def test_notice_and_horizon_are_elapsed_minutes_with_both_bounds_included() -> None:
    now = datetime(2026, 4, 14, 7, 0, tzinfo=UTC)
    within = bookable(now, notice=120, horizon=160)
    assert cut_of([span("9:00", "13:00")], within=within) == "11:00 11:40"
    a_second_later = bookable(now.replace(second=1), notice=120, horizon=160)
    assert cut_of([span("9:00", "13:00")], within=a_second_later) == "11:40"


def test_an_agent_and_a_room_are_free_together_or_not_at_all() -> None:
    agent = Diary(1, {VENUE: [span("9:00", "12:00")]})
    room = Diary(2, {VENUE: [span("10:00", "14:00")]}, taken=[span("10:40", "11:20")])
    elsewhere = Diary(3, {8: [span("9:00", "14:00")]})
    (team,) = teams([agent], [room, elsewhere])
    assert said(list(starts(team, Cut(30, 10, 40), PARIS, ALWAYS))) == "10:00 11:20"
    assert (team.resource_id, team.room_id) == (1, 2)


def test_whoever_has_the_fewest_hours_that_day_serves_and_then_the_least_recently_booked() -> None:
    slots = [Slot(0, 30, VENUE, agent) for agent in (1, 2, 3)]
    assert who_serves(slots, {1: Load(60, 1), 2: Load(30, 9), 3: Load(30, 5)}).resource_id == 3
    assert who_serves(slots, {1: Load(60, 1), 2: Load(30, 9)}).resource_id == 3


def test_each_start_is_shown_once_a_venue_and_the_nearest_are_in_order_of_time() -> None:
    slots = [Slot(start, start + 30, VENUE, agent) for start in (100, 200, 300, 900) for agent in (1, 2)]
    assert len(once_each(slots)) == 4
    assert [slot.start for slot in nearest(slots, 290, most=2)] == [200, 300]


def test_staff_are_not_bound_by_the_grid_but_by_engagements() -> None:
    team = Team(VENUE, 1, None, subtract([span("9:00", "12:00")], [span("10:00", "11:00")]), [span("10:00", "11:00")])
    cut = Cut(30, 10, 40)
    assert fits(team, cut, wall("9:03"))
    assert not fits(team, cut, wall("9:25"))  # its pause would meet the engagement
    assert fits(team, cut, wall("11:30"))
    assert not fits(team, cut, wall("11:31"))


def test_the_day_of_the_change_of_hour_has_23_or_25_hours() -> None:
    spring = minute_of(datetime(2026, 3, 29, 12, tzinfo=UTC))
    autumn = minute_of(datetime(2026, 10, 25, 12, tzinfo=UTC))
    assert length([local_day(spring, PARIS)]) == 23 * 60
    assert length([local_day(autumn, PARIS)]) == 25 * 60


intervals = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(1, 600)).map(lambda pair: Interval(pair[0], pair[0] + pair[1])),
    max_size=8,
)


def minutes(found: list[Interval]) -> set[int]:
    return {minute for one in found for minute in range(one.start, one.end)}


@given(intervals, intervals)
def test_intervals_are_the_same_as_sets_of_minutes(one: list[Interval], other: list[Interval]) -> None:
    assert minutes(merge(one)) == minutes(one)
    assert minutes(subtract(one, other)) == minutes(one) - minutes(other)
    assert minutes(intersect(one, other)) == minutes(one) & minutes(other)
    assert length(one) == len(minutes(one))
    joined = merge(one)
    assert all(a.end < b.start for a, b in pairwise(joined))


cuts = st.builds(
    Cut,
    duration=st.integers(5, 120),
    pause=st.integers(0, 60),
    step=st.integers(5, 150),
    on_the_clock=st.booleans(),
)


@given(intervals, intervals, intervals, cuts)
def test_a_slot_never_leaves_its_opening_nor_meets_what_is_taken(
    openings: list[Interval], away: list[Interval], taken: list[Interval], cut: Cut
) -> None:
    for team in teams([Diary(1, {VENUE: openings}, away, taken)], None):
        found = list(starts(team, cut, PARIS, ALWAYS))
        assert found == sorted(set(found))
        for start in found:
            slot = set(range(start, start + cut.duration))
            assert slot <= minutes(openings) - minutes(away)
            assert not set(range(start, start + cut.duration + cut.pause)) & minutes(taken)
            assert fits(team, cut, start)


@given(intervals, intervals, cuts, st.integers(0, 4000), st.integers(1, 500))
def test_any_window_shows_the_same_slots(
    openings: list[Interval], taken: list[Interval], cut: Cut, first: int, width: int
) -> None:
    within = Interval(first, first + width)
    for team in teams([Diary(1, {VENUE: openings}, (), taken)], None):
        every = starts(team, cut, PARIS, ALWAYS)
        assert list(starts(team, cut, PARIS, within)) == [start for start in every if first <= start < first + width]
