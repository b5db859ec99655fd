"""Wall-clock hours become instants, on the days when the clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.intervals import instant_of, length
from booking.domain.occurrences import WeeklyHours, days_of, open_on

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 14)


@pytest.mark.parametrize(
    ("day", "opens", "closes", "expected"),
    [
        (PLAIN, "09:00", "12:00", ["07:00-10:00"]),
        (PLAIN, "12:00", "09:00", ["10:00-07:00"]),  # an end before the start is the next day
        (PLAIN, "20:00", "00:00", ["18:00-22:00"]),  # 24:00
        (PLAIN, "09:00", "09:00", []),  # equal is closed
        (SPRING, "09:00", "12:00", ["07:00-10:00"]),
        (SPRING, "01:30", "02:30", ["00:30-01:00"]),  # from 2:00 to 3:00 there is nothing
        (SPRING, "02:00", "03:00", []),
        (SPRING, "02:30", "04:00", ["01:00-02:00"]),
        (SPRING, "01:00", "04:00", ["00:00-02:00"]),
        (AUTUMN, "02:00", "03:00", ["00:00-02:00"]),  # from 2:00 to 3:00 twice
        (AUTUMN, "02:30", "03:30", ["00:30-01:00", "01:30-02:30"]),  # open twice, with a hole
        (AUTUMN, "01:00", "02:30", ["23:00-00:30", "01:00-01:30"]),
        (AUTUMN, "01:00", "04:00", ["23:00-03:00"]),
        (AUTUMN - timedelta(days=1), "22:00", "06:00", ["20:00-05:00"]),
    ],
)
def test_an_opening_covers_exactly_the_instants_whose_wall_clock_lies_in_its_hours(
    day: date, opens: str, closes: str, expected: list[str]
) -> None:
    found = open_on(day, time.fromisoformat(opens), time.fromisoformat(closes), PARIS)
    assert [f"{instant_of(one.start):%H:%M}-{instant_of(one.end):%H:%M}" for one in found] == expected


def test_reunion_never_changes_its_hours() -> None:
    (found,) = open_on(SPRING, time(9), time(12), ZoneInfo("Indian/Reunion"))
    assert instant_of(found.start) == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_every_second_week_is_counted_from_the_monday_of_the_first_days_week() -> None:
    # The first day is a Thursday, the rule is for Mondays: that week's Monday is before it, so the first is 11 days on.
    rule = WeeklyHours(0, time(9), time(12), date(2026, 4, 16), every_weeks=2)
    assert list(days_of(rule, until=date(2026, 5, 25))) == [date(2026, 4, 27), date(2026, 5, 11), date(2026, 5, 25)]


def test_the_first_and_the_last_day_are_included() -> None:
    rule = WeeklyHours(1, time(9), time(12), date(2026, 4, 14), date(2026, 4, 28))
    assert list(days_of(rule, until=date(2027, 1, 1))) == [date(2026, 4, 14), date(2026, 4, 21), date(2026, 4, 28)]


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
zones = st.sampled_from([PARIS, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Miquelon"), ZoneInfo("UTC")])
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))


@given(days, times, times, zones)
def test_every_minute_of_an_opening_has_its_wall_clock_in_the_hours(
    day: date, opens: time, closes: time, zone: ZoneInfo
) -> None:
    last = datetime.combine(day if closes > opens else day + timedelta(days=1), closes)
    found = open_on(day, opens, closes, zone)
    for one in found:
        for minute in (one.start, one.end - 1):
            wall = instant_of(minute).astimezone(zone).replace(tzinfo=None)
            assert datetime.combine(day, opens) <= wall < last
    assert length(found) <= 26 * 60
