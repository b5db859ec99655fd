"""When an offer may leave, until when it lasts, who may have one: examples, and what holds for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.domain.refusals import UnfitValues
from booking.domain.waiting import Wishes, is_quiet, lasts_until, may_be_offered, may_leave_at, waits_until

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Europe/Paris",
            "Indian/Reunion",
            "America/Guadeloupe",
            "Pacific/Marquesas",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "America/St_Johns",
            "UTC",
        )
    ]
)
INSTANTS = st.integers(1_704_067_200, 1_893_456_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
LASTING = st.integers(10, 2 * 24 * 60)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("instant", "leaves"),
    [
        ("2026-04-14 07:59", "2026-04-14 08:00"),
        ("2026-04-14 08:00", "2026-04-14 08:00"),
        ("2026-04-14 19:59", "2026-04-14 19:59"),
        ("2026-04-14 20:00", "2026-04-15 08:00"),
        ("2026-04-14 23:30", "2026-04-15 08:00"),
        ("2026-04-15 00:00", "2026-04-15 08:00"),
        ("2026-03-28 21:00", "2026-03-29 08:00"),
        ("2026-10-24 21:00", "2026-10-25 08:00"),
    ],
)
def test_what_falls_in_the_quiet_hours_leaves_at_eight(instant: str, leaves: str) -> None:
    assert may_leave_at(paris(instant), PARIS) == paris(leaves)


@pytest.mark.parametrize(
    ("made", "minutes", "ends"),
    [
        ("2026-04-14 10:00", 120, "2026-04-14 12:00"),
        ("2026-04-14 18:00", 120, "2026-04-14 20:00"),
        ("2026-04-14 18:01", 120, "2026-04-15 08:01"),
        ("2026-04-14 19:00", 120, "2026-04-15 09:00"),
        ("2026-04-14 19:00", 14 * 60, "2026-04-16 09:00"),
        ("2026-03-28 19:00", 120, "2026-03-29 09:00"),
        ("2026-10-24 19:00", 120, "2026-10-25 09:00"),
        ("2026-04-14 21:00", 60, "2026-04-15 09:00"),
    ],
)
def test_an_offer_does_not_run_out_in_the_quiet_hours(made: str, minutes: int, ends: str) -> None:
    assert lasts_until(paris(made), minutes, PARIS) == paris(ends)


@given(instant=INSTANTS, zone=ZONES)
def test_nothing_leaves_in_the_quiet_hours_and_nothing_waits_longer_than_a_night(
    instant: datetime, zone: ZoneInfo
) -> None:
    leaves = may_leave_at(instant, zone)
    assert not is_quiet(leaves, zone)
    assert timedelta() <= leaves - instant <= timedelta(hours=13)
    assert is_quiet(instant, zone) == (leaves != instant)


@given(instant=INSTANTS, zone=ZONES, minutes=LASTING)
def test_an_offer_has_all_its_minutes_by_day_and_ends_by_day(instant: datetime, zone: ZoneInfo, minutes: int) -> None:
    ends = lasts_until(instant, minutes, zone)
    assert not is_quiet(ends - timedelta(microseconds=1), zone)
    by_day = sum(
        not is_quiet(may_leave_at(instant, zone) + timedelta(minutes=minute), zone)
        for minute in range(int((ends - may_leave_at(instant, zone)).total_seconds()) // 60)
    )
    assert abs(by_day - minutes) <= 1 + (ends - instant).days


@pytest.mark.parametrize(
    ("made", "last", "now", "allowed"),
    [
        (0, None, "2026-04-14 10:00", True),
        (1, "2026-04-14 08:00", "2026-04-14 19:00", False),
        (1, "2026-04-14 19:00", "2026-04-15 08:00", True),
        (2, "2026-04-14 19:00", "2026-04-15 08:00", True),
        (3, "2026-04-10 19:00", "2026-04-15 08:00", False),
    ],
)
def test_one_offer_a_day_and_three_in_all(made: int, last: str | None, now: str, *, allowed: bool) -> None:
    last_offer_at = None if last is None else paris(last)
    assert may_be_offered(offers_made=made, last_offer_at=last_offer_at, zone=PARIS, now=paris(now)) is allowed


@pytest.mark.parametrize(
    ("wishes", "matches"),
    [
        (Wishes(), True),
        (Wishes(first_day=date(2026, 4, 14), last_day=date(2026, 4, 14)), True),
        (Wishes(first_day=date(2026, 4, 15)), False),
        (Wishes(last_day=date(2026, 4, 13)), False),
        (Wishes(from_minute=9 * 60, until_minute=9 * 60 + 1), True),
        (Wishes(from_minute=9 * 60 + 1), False),
        (Wishes(until_minute=9 * 60), False),
    ],
)
def test_wishes_are_days_and_hours_on_the_wall_of_the_place(wishes: Wishes, *, matches: bool) -> None:
    assert wishes.match(paris("2026-04-14 09:00"), PARIS) is matches


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        (Wishes(last_day=date(2026, 4, 12)), "last_day"),
        (Wishes(first_day=date(2026, 4, 20), last_day=date(2026, 4, 19)), "last_day"),
        (Wishes(from_minute=600, until_minute=600), "until_minute"),
        (Wishes(from_minute=24 * 60), "until_minute"),
        (Wishes(until_minute=0), "until_minute"),
    ],
)
def test_wishes_that_nothing_can_match_are_refused(wishes: Wishes, field: str) -> None:
    with pytest.raises(UnfitValues) as refused:
        wishes.refuse_unfit(today=date(2026, 4, 13))
    assert list(refused.value.fields) == [field]


def test_a_wait_ends_after_its_last_day_at_the_start_or_at_the_horizon() -> None:
    now = paris("2026-04-13 09:00")
    ends = [
        waits_until(now=now, horizon_minutes=30 * 1440, last_day=last, zone=PARIS, starts_at=start)
        for last, start in (
            (None, None),
            (date(2026, 4, 14), None),
            (None, paris("2026-04-14 09:00")),
        )
    ]
    assert ends == [now + timedelta(days=30), paris("2026-04-15 00:00"), paris("2026-04-14 09:00")]
