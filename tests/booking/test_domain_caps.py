"""How many appointments there may be in a day and in a week, counted in the organisation's own zone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.caps import Cap, Tally, day_of, monday_of
from booking.domain.intervals import instant_of, minute_of

PARIS, REUNION, MARQUESAS = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion"), ZoneInfo("Pacific/Marquesas")


def wall(text: str, zone: ZoneInfo = PARIS) -> int:
    return minute_of(datetime.fromisoformat(text).replace(tzinfo=zone))


@pytest.mark.parametrize(
    ("cap", "asked", "is_full"),
    [
        (Cap(), "2026-04-14 09:00", False),  # no cap
        (Cap(a_day=3), "2026-04-14 15:00", False),
        (Cap(a_day=2), "2026-04-14 15:00", True),
        (Cap(a_day=2), "2026-04-14 00:00", True),  # the first minute of the day
        (Cap(a_day=2), "2026-04-14 23:59", True),  # and the last
        (Cap(a_day=2), "2026-04-13 23:59", False),
        (Cap(a_day=2), "2026-04-15 00:00", False),
        (Cap(a_week=4), "2026-04-16 09:00", False),
        (Cap(a_week=3), "2026-04-16 09:00", True),
        (Cap(a_week=3), "2026-04-13 00:00", True),  # the week begins on Monday
        (Cap(a_week=3), "2026-04-12 23:59", False),
        (Cap(a_week=3), "2026-04-19 23:59", True),  # and ends with Sunday
        (Cap(a_week=3), "2026-04-20 00:00", False),
        (Cap(a_day=3, a_week=3), "2026-04-17 09:00", True),  # whichever is reached first
        (Cap(a_day=2, a_week=9), "2026-04-14 09:00", True),
    ],
)
def test_one_more_is_too_many_once_a_cap_is_reached(cap: Cap, asked: str, *, is_full: bool) -> None:
    booked = [wall(text) for text in ("2026-04-14 09:00", "2026-04-14 23:30", "2026-04-19 10:00")]
    assert Tally.of(cap, PARIS, booked).is_full(wall(asked)) == is_full


def test_days_are_those_of_the_organisation_whatever_the_zone_of_the_venue() -> None:
    # 0:30 in Saint-Denis is 22:30 of the day before in Paris, in winter 21:30.
    midnight = wall("2026-04-15 00:30", REUNION)
    assert Tally.of(Cap(a_day=1), PARIS, [midnight]).is_full(wall("2026-04-14 09:00"))
    assert not Tally.of(Cap(a_day=1), PARIS, [midnight]).is_full(wall("2026-04-15 09:00"))
    assert Tally.of(Cap(a_day=1), REUNION, [midnight]).is_full(wall("2026-04-15 09:00", REUNION))


def test_the_day_on_which_an_hour_exists_twice_is_one_day() -> None:
    twice = [minute_of(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1)]
    assert Tally.of(Cap(a_day=2), PARIS, twice).is_full(wall("2026-10-25 12:00"))


def test_a_week_goes_over_the_end_of_the_year() -> None:
    assert monday_of(date(2027, 1, 1)) == date(2026, 12, 28)
    assert Tally.of(Cap(a_week=1), PARIS, [wall("2026-12-29 09:00")]).is_full(wall("2027-01-03 09:00"))


@given(
    st.lists(st.integers(0, 30 * 24 * 60), max_size=12),
    st.integers(0, 30 * 24 * 60),
    st.sampled_from([PARIS, MARQUESAS, REUNION]),
    st.integers(1, 3),
    st.integers(1, 5),
)
def test_a_tally_counts_what_one_would_count_by_hand(
    starts: list[int], asked: int, zone: ZoneInfo, a_day: int, a_week: int
) -> None:
    base = wall("2026-10-12 00:00")
    there = instant_of(base + asked).astimezone(zone).date()
    days = Counter(instant_of(base + start).astimezone(zone).date() for start in starts)
    monday = there - timedelta(days=there.weekday())
    in_week = sum(days[monday + timedelta(days=number)] for number in range(7))
    tally = Tally.of(Cap(a_day, a_week), zone, [base + start for start in starts])
    assert tally.is_full(base + asked) == (days[there] >= a_day or in_week >= a_week)
    assert day_of(base + asked, zone) == there
