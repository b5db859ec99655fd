"""The chance to guess a one-time code: computed from the limits in force, and measured by somebody who tries."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import event, select

from attendance.domain import codes
from attendance.domain.refusals import TooManyCodes
from attendance.models import OneTimeCode, Signature, SignatureKind
from attendance.steps import codes as rows
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from tests.attendance.scene import Scene, ask, digits_received, training
from tests.house import House

TRIES = 10_000
EVERY = timedelta(seconds=2)
SPACE = 10**codes.DIGITS
ARRIVAL = SignatureKind.ARRIVAL


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def guess(scene: Scene, typed: str) -> CodeVerdict:
    return scene.house.database.in_transaction(
        scene.agent.organisation_id,
        confirm_code,
        scene.holder(0),
        now=scene.house.now,
        half_day_id=scene.half_days[0].id,
        kind=ARRIVAL,
        typed=typed,
        link_channel="mail",
        keys=scene.house.keys,
    )


def most_failures_an_hour() -> int:
    """As many as are free, then one more after each wait, each twice the one before, while they fit in an hour."""
    failures, waited, delay = codes.MOST_FAILURES, timedelta(0), codes.FIRST_DELAY
    while waited + delay < codes.FAILURES_COUNT_FOR:
        failures, waited, delay = failures + 1, waited + delay, 2 * delay
    return failures


def most_compared(lasts: timedelta) -> int:
    """How many guesses meet a live code while a window lasts, whatever somebody does: each hour may begin anew."""
    return most_failures_an_hour() * (int(lasts / codes.FAILURES_COUNT_FOR) + 1)


def test_the_limits_leave_seventy_five_guesses_in_a_million_for_a_half_day_of_three_hours() -> None:
    window = timedelta(hours=4)  # with half an hour before and after
    assert most_failures_an_hour() == 15
    assert most_compared(window) / SPACE == 75e-6


def test_an_attack_of_ten_thousand_tries_meets_a_live_code_no_more_often_than_was_computed(
    sqlite_house: House,
) -> None:
    """Somebody holds the link, tries every two seconds, and asks for a code whenever they may have one."""
    scene = long_lasting(sqlite_house, TRIES * EVERY)
    dice = random.Random(20261125)  # noqa: S311 - the same attack each time
    compared = right = 0
    for number in range(TRIES):
        scene.house.clock.advance(EVERY)
        if number % 30 == 0:
            ask_if_one_may(scene)
        compared += meets_a_live_code(scene)
        right += guess(scene, f"{dice.randrange(SPACE):06}") is CodeVerdict.SIGNED
    assert codes.MOST_FAILURES <= compared <= most_compared(TRIES * EVERY)
    assert right == 0


def test_whoever_is_patient_and_wastes_no_try_stays_within_what_was_computed_too(sqlite_house: House) -> None:
    """They look every half minute whether a code would be compared (as nobody can), and try only then."""
    lasts = timedelta(hours=12)
    scene = long_lasting(sqlite_house, lasts)
    compared, until = 0, scene.house.now + lasts
    while scene.house.now < until:
        scene.house.clock.advance(timedelta(seconds=30))
        if not meets_a_live_code(scene):
            ask_if_one_may(scene)
        if meets_a_live_code(scene):
            compared += 1
            guess(scene, f"{compared:06}")
    assert most_compared(lasts) / 2 < compared <= most_compared(lasts)


def long_lasting(house: House, lasts: timedelta) -> Scene:
    scene = training(house)
    house.clock.advance(timedelta(minutes=45))
    scene.write(scene.half_days[1], starts_at=house.now + 2 * lasts, ends_at=house.now + 3 * lasts)
    scene.write(scene.half_days[0], ends_at=house.now + lasts)
    return scene


def test_without_the_limits_the_same_attack_has_a_hundred_times_the_chance(scene: Scene) -> None:
    """The negative control: nothing wears a code out, and so each try of a minute's attack meets a live code."""
    ask(scene)
    with patch.object(codes, "MOST_TRIES", TRIES), patch.object(codes, "MOST_FAILURES", TRIES):
        compared = 0
        for number in range(300):
            compared += meets_a_live_code(scene)
            guess(scene, f"{number:06}")
    assert compared == 300


def ask_if_one_may(scene: Scene) -> None:
    try:
        ask(scene)
    except TooManyCodes:
        return


def meets_a_live_code(scene: Scene) -> bool:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        row = db.scalar(select(OneTimeCode))
        return row is not None and row.issue > 0 and rows.state_of(row).accepts_tries(scene.house.now)


@contextmanager
def work_of(scene: Scene) -> Iterator[list[str]]:
    """What the database is asked, and each comparison with a code, while the block lasts."""
    done: list[str] = []
    engine, compare = scene.house.database.engine, codes.is_code

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        done.append(statement)

    def compared(*given: object, **named: object) -> bool:
        done.append("compared")
        return compare(*given, **named)  # type: ignore[arg-type]

    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(codes, "is_code", compared):
            yield done
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_unknown_wrong_used_and_run_out_codes_cost_the_very_same_work(scene: Scene) -> None:
    """So that no clock tells one from another; what it took is measured by `make bench BENCH="guessing"`."""
    costs: dict[str, list[str]] = {}

    def cost(of: str, typed: str) -> None:
        with work_of(scene) as done:
            assert guess(scene, typed) is CodeVerdict.REFUSED
        costs[of] = [one for one in done if not one.startswith(("BEGIN", "PRAGMA"))]

    cost("unknown", "123456")
    ask(scene)
    digits = digits_received(scene)
    cost("wrong", "000000" if digits != "000000" else "000001")
    scene.house.clock.advance(codes.LASTS)
    cost("run out", digits)
    ask(scene)
    fresh = digits_received(scene)
    assert guess(scene, fresh) is CodeVerdict.SIGNED
    cost("used", fresh)
    assert "compared" in costs["wrong"]
    assert costs["unknown"] == costs["wrong"] == costs["run out"] == costs["used"]
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert len(db.scalars(select(Signature)).all()) == 1
