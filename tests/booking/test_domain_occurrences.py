"""Rules on the wall clock become days and instants, on the days when the clocks change too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booking.domain.intervals import MINUTES_A_DAY, Interval, instant_of, length, merge, minute_of
from booking.domain.occurrences import Hours, Recurrence, Repeats, covered, open_on, whole_day

PARIS = ZoneInfo("Europe/Paris")
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 14)
CHANGES = {
    "Europe/Paris": (SPRING, AUTUMN),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # by half an hour
    "America/Santiago": (date(2026, 4, 5), date(2026, 9, 6)),  # at midnight
    "Asia/Kathmandu": (PLAIN,),  # 5:45 ahead, all year
    "Pacific/Marquesas": (PLAIN,),  # 9:30 behind
    "America/Guadeloupe": (PLAIN,),
    "Indian/Reunion": (PLAIN,),
}
AROUND = [(zone, day + timedelta(days=n)) for zone, days in CHANGES.items() for day in days for n in (-1, 0, 1)]


def hours(opens: str, closes: str) -> Hours:
    def minutes(text: str) -> int:
        hour, _, minute = text.partition(":")
        return int(hour) * 60 + int(minute)

    return Hours(minutes(opens), minutes(closes))


def by_definition(first: datetime, last: datetime, zone: ZoneInfo) -> list[Interval]:
    """Look at the wall clock of each minute from a day before to a day after."""
    start, end = minute_of(first.replace(tzinfo=UTC)) - 2 * MINUTES_A_DAY, minute_of(last.replace(tzinfo=UTC))
    walls = (
        (minute, instant_of(minute).astimezone(zone).replace(tzinfo=None))
        for minute in range(start, end + 2 * MINUTES_A_DAY)
    )
    return merge(Interval(minute, minute + 1) for minute, wall in walls if first <= wall < last)


@pytest.mark.parametrize(
    ("day", "opens", "closes", "expected"),
    [
        (PLAIN, "09:00", "12:00", ["07:00-10:00"]),
        (PLAIN, "12:00", "09:00", ["10:00-07:00"]),  # an end before the start is the next day
        (PLAIN, "20:00", "24:00", ["18:00-22:00"]),
        (PLAIN, "20:00", "00:00", ["18:00-22:00"]),
        (PLAIN, "00:00", "24:00", ["22:00-22:00"]),
        (PLAIN, "09:00", "09:00", []),  # equal is closed
        (PLAIN, "00:00", "00:00", []),
        (SPRING, "00:00", "24:00", ["23:00-22:00"]),
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
    found = open_on(day, hours(opens, closes), PARIS)
    assert [f"{instant_of(one.start):%H:%M}-{instant_of(one.end):%H:%M}" for one in found] == expected


def test_hours_between_two_times_take_midnight_at_the_end_for_the_end_of_the_day() -> None:
    assert Hours.between(time(9), time(12, 30)) == Hours(540, 750)
    assert Hours.between(time(22), time(0)) == Hours(1320, 1440)
    assert [one.lasts for one in (Hours(540, 750), Hours(1320, 360), Hours(0, 1440), Hours(600, 600))] == [
        210, 480, 1440, 0,
    ]  # fmt: skip


def test_reunion_never_changes_its_hours() -> None:
    (found,) = open_on(SPRING, Hours(540, 720), ZoneInfo("Indian/Reunion"))
    assert instant_of(found.start) == datetime(2026, 3, 29, 5, tzinfo=UTC)


minutes = st.one_of(st.integers(0, 4 * 60), st.integers(0, MINUTES_A_DAY - 1))


@given(st.sampled_from(AROUND), minutes, st.one_of(minutes, st.just(MINUTES_A_DAY)))
@example(("Australia/Lord_Howe", date(2026, 4, 5)), 105, 110)
@example(("America/Santiago", date(2026, 9, 6)), 0, 30)
def test_an_opening_is_what_the_definition_says_minute_by_minute(
    where: tuple[str, date], opens: int, closes: int
) -> None:
    name, day = where
    zone, told = ZoneInfo(name), Hours(opens, closes)
    first = datetime.combine(day, time()) + timedelta(minutes=opens)
    found = open_on(day, told, zone)
    assert found == by_definition(first, first + timedelta(minutes=told.lasts), zone)
    assert len(found) <= 2
    assert length(found) <= 25 * 60


@given(st.sampled_from(AROUND), minutes, st.integers(0, 5), st.integers(0, MINUTES_A_DAY))
@example(("Europe/Paris", AUTUMN), 150, 3, 150)
@example(("Europe/Paris", AUTUMN - timedelta(days=1)), 150, 1, 150)
@example(("Australia/Lord_Howe", date(2026, 4, 4)), 1439, 4, 100)
def test_several_days_are_what_the_definition_says_minute_by_minute(
    where: tuple[str, date], starts: int, days: int, ends: int
) -> None:
    name, day = where
    midnight = datetime.combine(day, time())
    first, last = midnight + timedelta(minutes=starts), midnight + timedelta(days=days, minutes=ends)
    assert covered(first, last, ZoneInfo(name)) == by_definition(first, last, ZoneInfo(name))


@given(st.sampled_from(AROUND))
def test_a_whole_day_is_open_from_midnight_to_midnight(where: tuple[str, date]) -> None:
    name, day = where
    assert open_on(day, Hours(0, MINUTES_A_DAY), ZoneInfo(name)) == [whole_day(day, ZoneInfo(name))]


@pytest.mark.parametrize(
    ("name", "day", "lasts"),
    [
        ("Europe/Paris", SPRING, 23 * 60),
        ("Europe/Paris", AUTUMN, 25 * 60),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24 * 60 + 30),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23 * 60 + 30),
        ("America/Santiago", date(2026, 9, 6), 23 * 60),
        ("Asia/Kathmandu", PLAIN, 24 * 60),
    ],
)
def test_a_day_lasts_what_the_clocks_make_of_it(name: str, day: date, lasts: int) -> None:
    whole = whole_day(day, ZoneInfo(name))
    assert whole.end - whole.start == lasts


# -- the days of a rule -----------------------------------------------------------------------------------------------

FAR = date(2028, 12, 31)


def listed(rule: Recurrence, *, until: date) -> list[str]:
    return [f"{day:%d/%m}" for day in rule.days(until=until)]


def test_once_is_the_first_day_alone() -> None:
    assert list(Recurrence(Repeats.ONCE, PLAIN).days(until=FAR)) == [PLAIN]
    assert list(Recurrence(Repeats.ONCE, PLAIN).days(since=PLAIN + timedelta(days=1), until=FAR)) == []


def test_every_second_week_is_counted_from_the_monday_of_the_first_days_week() -> None:
    # The first day is a Thursday, the rule is for Mondays: that week's Monday is before it, so the first is 11 days on.
    rule = Recurrence.weekly(0, since=date(2026, 4, 16), every=2)
    assert listed(rule, until=date(2026, 5, 25)) == ["27/04", "11/05", "25/05"]


def test_every_second_week_has_all_the_days_of_that_week() -> None:
    rule = Recurrence.weekly(4, 0, since=date(2026, 4, 15), every=2)
    assert listed(rule, until=date(2026, 5, 15)) == ["17/04", "27/04", "01/05", "11/05", "15/05"]


def test_the_first_and_the_last_day_are_included() -> None:
    rule = Recurrence.weekly(1, since=date(2026, 4, 14), until=date(2026, 4, 28))
    assert listed(rule, until=FAR) == ["14/04", "21/04", "28/04"]
    assert listed(rule, until=date(2026, 4, 21)) == ["14/04", "21/04"]


def test_months_keep_the_number_of_the_day_and_those_without_it_are_skipped() -> None:
    rule = Recurrence(Repeats.MONTHLY, date(2026, 1, 31))
    assert listed(rule, until=date(2026, 12, 31)) == ["31/01", "31/03", "31/05", "31/07", "31/08", "31/10", "31/12"]


def test_the_29th_of_february_comes_with_leap_years() -> None:
    rule = Recurrence(Repeats.MONTHLY, date(2028, 2, 29), every=12)
    assert list(rule.days(until=date(2036, 12, 31))) == [date(2028, 2, 29), date(2032, 2, 29), date(2036, 2, 29)]


def test_every_third_month_goes_over_the_turn_of_the_year() -> None:
    rule = Recurrence(Repeats.MONTHLY, date(2026, 11, 5), every=3)
    assert listed(rule, until=date(2027, 8, 31)) == ["05/11", "05/02", "05/05", "05/08"]


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
recurrences = st.one_of(
    st.builds(Recurrence, st.just(Repeats.ONCE), days),
    st.builds(
        Recurrence,
        st.just(Repeats.WEEKLY),
        days,
        st.none() | days,
        st.integers(1, 5),
        st.frozensets(st.integers(0, 6), min_size=1),
    ),
    st.builds(Recurrence, st.just(Repeats.MONTHLY), days, st.none() | days, st.integers(1, 12)),
)


@given(recurrences, days, st.integers(0, 120))
def test_the_days_of_a_span_are_those_of_its_single_days_together(rule: Recurrence, since: date, more: int) -> None:
    span = [since + timedelta(days=n) for n in range(more)]
    found = list(rule.days(since=since, until=since + timedelta(days=more - 1)))
    assert found == [day for day in span if list(rule.days(since=day, until=day)) == [day]]
    whole = list(rule.days(until=since + timedelta(days=more)))
    assert whole == sorted(set(whole)), "in order, and none twice"
    assert set(found) <= set(whole)


@given(recurrences.filter(lambda rule: rule.repeats is not Repeats.ONCE), st.integers(0, 6))
def test_a_rule_that_is_cut_at_one_of_its_days_goes_on_with_the_same_days(rule: Recurrence, number: int) -> None:
    whole = list(rule.days(until=FAR))
    if number >= len(whole):
        return
    since = whole[number]
    rest = Recurrence(rule.repeats, since, rule.last_day, rule.every, rule.weekdays)
    assert whole[:number] + list(rest.days(until=FAR)) == whole
