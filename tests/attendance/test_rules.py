from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from attendance.domain import codes, grades, windows
from attendance.domain.codes import CodeState
from attendance.domain.expectations import Expectation, come_for
from attendance.domain.verdicts import COLOURS, REFUSALS, Colour, Facts, SignedBy, Verdict, judge
from attendance.domain.windows import Timing

NINE = datetime(2026, 4, 13, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WRONG: dict[str, Any] = {
    "is_readable": False,
    "signed_by": SignedBy.NOBODY,
    "is_expired": True,
    "is_revoked": True,
    "is_expected": False,
    "is_cancelled": True,
    "timing": Timing.EARLY,
    "needs_drawing": True,
    "is_signed": True,
}


def test_nothing_against_it_is_signed() -> None:
    assert judge(Facts()) is Verdict.SIGNED


def test_when_everything_is_wrong_the_first_refusal_of_the_promised_order_is_said() -> None:
    told = []
    facts = Facts(**WRONG)
    for name in WRONG:
        told.append(judge(facts).value)
        if name == "signed_by":
            facts = replace(facts, signed_by=SignedBy.ANOTHER)
            told.append(judge(facts).value)
        if name == "timing":
            facts = replace(facts, timing=Timing.LATE)
            told.append(judge(facts).value)
        facts = replace(facts, **{name: getattr(Facts(), name)})
    assert told == [
        "malformed", "unknown", "not-ours", "expired", "revoked", "wrong-meeting", "cancelled", "too-early",
        "too-late", "needs-signature", "already-signed",
    ]  # fmt: skip


def test_the_order_is_the_table_and_green_means_signed_alone() -> None:
    assert [verdict for verdict, _ in REFUSALS] == [
        verdict for verdict in list(Verdict)[: list(Verdict).index(Verdict.KEY_REUSED)] if verdict is not Verdict.SIGNED
    ]
    assert set(COLOURS) == set(Verdict)
    assert [verdict for verdict, colour in COLOURS.items() if colour is Colour.GREEN] == [Verdict.SIGNED]


@pytest.mark.parametrize(
    ("minutes", "timing"),
    [(-31, Timing.EARLY), (-30, Timing.OPEN), (0, Timing.OPEN), (209, Timing.OPEN), (210, Timing.LATE)],
)
def test_the_window_opens_half_an_hour_before_and_is_half_open_at_its_end(minutes: int, timing: Timing) -> None:
    ends_at = NINE + timedelta(hours=3)
    assert windows.timing(NINE + minutes * MINUTE, starts_at=NINE, ends_at=ends_at) is timing


@pytest.mark.parametrize(("told", "kept"), [(-2, -2), (-3, 0), (1, 0), (0, 0)])
def test_a_scanner_is_believed_for_two_minutes_and_never_about_the_future(told: int, kept: int) -> None:
    assert windows.observed_at(NINE + told * MINUTE, now=NINE) == NINE + kept * MINUTE


@pytest.mark.parametrize(
    ("arrived", "left", "minutes"), [(-10, None, 180), (12, None, 168), (0, 170, 170), (200, None, 0)]
)
def test_late_arrivals_and_early_departures_count_in_minutes(arrived: int, left: int | None, minutes: int) -> None:
    left_at = NINE + left * MINUTE if left is not None else None
    ends_at = NINE + timedelta(hours=3)
    arrived_at = NINE + arrived * MINUTE
    assert windows.minutes_retained(starts_at=NINE, ends_at=ends_at, arrived_at=arrived_at, left_at=left_at) == minutes


@pytest.mark.parametrize(
    ("proof", "link", "code", "grade"),
    [
        (grades.Proof.BADGE_SHOWN, None, None, "A"),
        (grades.Proof.LINK_AND_CODE, "mail", "sms", "C"),
        (grades.Proof.LINK_AND_CODE, "sms", "mail", "C"),
        (grades.Proof.LINK_AND_CODE, "sms", "sms", "D"),
        (grades.Proof.LINK_AND_CODE, "mail", None, "D"),
        (grades.Proof.STATEMENT, None, None, "E"),
    ],
)
def test_the_grade_follows_from_the_proof_and_the_channels(
    proof: grades.Proof, link: str | None, code: str | None, grade: str
) -> None:
    assert grades.grade(proof, link_channel=link, code_channel=code) == grade


@pytest.mark.parametrize(
    ("link", "has_phone", "has_email", "channel"),
    [
        ("mail", True, True, "sms"),
        ("sms", True, True, "mail"),
        ("sms", True, False, "sms"),
        ("mail", False, True, "mail"),
        ("page", True, True, "sms"),
        ("mail", False, False, None),
    ],
)
def test_the_code_travels_by_another_way_than_the_link_where_there_is_one(
    link: str, *, has_phone: bool, has_email: bool, channel: str | None
) -> None:
    assert grades.code_channel(link, has_phone=has_phone, has_email=has_email) == channel


def test_codes_are_those_of_rfc_4226() -> None:
    expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [codes.code_of(b"12345678901234567890", issue) for issue in range(10)] == expected


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("755 224", "755224"), (" 755-224 ", "755224"), ("７５５２２４", "755224"), ("75522", None), ("7552244", None),
     ("75522a", None), ("", None), ("²55224", "255224"), ("٧٥٥٢٢٤", None)],
)  # fmt: skip
def test_what_is_typed_becomes_six_digits_or_nothing(typed: str, digits: str | None) -> None:
    assert codes.normalise(typed) == digits


def test_a_code_made_with_an_older_master_key_is_still_right() -> None:
    old, new = b"12345678901234567890", b"09876543210987654321"
    assert codes.is_code("755224", secrets=[new, old], issue=0)
    assert not codes.is_code("755225", secrets=[new, old], issue=0)


def _state() -> CodeState:
    return CodeState(NINE + codes.LASTS, None, 0, 0, NINE, None)


def test_after_five_tries_even_the_right_code_is_refused() -> None:
    state = _state()
    for _ in range(4):
        state = state.after_failure(NINE)
    assert state.accepts_tries(NINE)
    assert not state.after_failure(NINE).accepts_tries(NINE)


def test_ten_failures_within_an_hour_close_the_way_longer_and_longer() -> None:
    state = _state()
    for _ in range(9):
        state = state.after_failure(NINE)
    assert state.closed_until is None
    waits = []
    for _ in range(8):
        state = state.after_failure(NINE)
        assert state.closed_until is not None
        waits.append((state.closed_until - NINE) // MINUTE)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert state.after_failure(NINE + timedelta(hours=1)).failures == 1


def test_a_code_lasts_ten_minutes_and_serves_once() -> None:
    state = _state()
    assert state.accepts_tries(NINE + codes.LASTS - MINUTE)
    assert not state.accepts_tries(NINE + codes.LASTS)
    assert not replace(state, used_at=NINE).accepts_tries(NINE)


def _expected(minutes: int, *, is_cancelled: bool = False) -> Expectation:
    starts_at = NINE + minutes * MINUTE
    return Expectation(1, f"{minutes}", 1, "UTC", starts_at, starts_at + 30 * MINUTE, is_cancelled=is_cancelled)


@pytest.mark.parametrize(
    ("booked", "chosen"),
    [
        ([_expected(-20), _expected(10)], "10"),
        ([_expected(-5), _expected(10)], "-5"),
        ([_expected(299), _expected(-300)], "299"),
        ([_expected(5, is_cancelled=True), _expected(240)], "240"),
        ([_expected(5, is_cancelled=True)], "5"),
        ([], None),
    ],
)
def test_at_the_desk_one_has_come_for_what_is_open_now_and_starts_nearest(
    booked: list[Expectation], chosen: str | None
) -> None:
    found = come_for(booked, now=NINE)
    assert (found.title if found else None) == chosen
