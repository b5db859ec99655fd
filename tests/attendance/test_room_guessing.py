"""The chance to guess a room's word or code: computed from the limits in force, and measured by somebody who tries."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import event, select

from attendance.domain import room_codes
from attendance.domain.room_codes import RoomVerdict, Way
from attendance.domain.room_words import WORDS
from attendance.models import Signature
from foundation import throttle
from foundation.database import EVERY_ORGANISATION
from foundation.models import Throttle
from tests.attendance.rooms import offered, secret_of, shown, sign, wrong_word
from tests.attendance.scene import Scene, training
from tests.house import House

TRIES = 10_000
EVERY = timedelta(seconds=2)
STEPS = 2


@pytest.fixture
def scene(house: House) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


def most_failures_an_hour() -> int:
    """As many as are free, then one more after each wait, each twice the one before, while they fit in an hour."""
    failures, waited, delay = room_codes.MOST_FAILURES, timedelta(0), room_codes.FIRST_DELAY
    while waited + delay < room_codes.FAILURES_COUNT_FOR:
        failures, waited, delay = failures + 1, waited + delay, 2 * delay
    return failures


def most_compared(lasts: timedelta) -> int:
    """How many words one person can have compared while a window lasts, whatever they do: each hour may begin anew."""
    return most_failures_an_hour() * (int(lasts / room_codes.FAILURES_COUNT_FOR) + 1)


def chance(lasts: timedelta) -> float:
    """The chance of at least one right guess: two words of 51 200 are good at each moment."""
    return 1 - (1 - STEPS / room_codes.WORD_SPACE) ** most_compared(lasts)


def test_the_limits_leave_three_chances_in_a_thousand_to_guess_a_word_in_a_half_day_of_three_hours() -> None:
    window = timedelta(hours=4)  # with half an hour before and after
    assert most_failures_an_hour() == 15
    assert most_compared(window) == 75
    assert room_codes.WORD_SPACE == 51_200
    assert 0.0029 < chance(window) < 0.0030


def test_a_scanned_code_cannot_be_guessed_without_any_limit() -> None:
    """A million tries a second for a whole year against 80 bits, of which two values are good."""
    tries = 10**6 * 3600 * 24 * 366
    assert tries * STEPS / 2 ** (8 * room_codes.CODE_BYTES) < 1e-10


def long_lasting(house: House, lasts: timedelta) -> Scene:
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    made.write(made.half_days[1], starts_at=house.now + 2 * lasts, ends_at=house.now + 3 * lasts)
    made.write(made.half_days[0], ends_at=house.now + lasts)
    return made


def is_compared(scene: Scene) -> bool:
    """Say whether a right word would be taken now (as nobody outside can know)."""
    with scene.house.database.reading(EVERY_ORGANISATION) as db:
        counter = db.scalar(select(Throttle))
        return counter is None or not throttle.is_closed(counter, now=scene.house.now)


def test_an_attack_of_ten_thousand_words_has_no_more_compared_than_was_computed(sqlite_house: House) -> None:
    """Somebody far away holds their link and tries a word every two seconds, from the list, with two digits."""
    scene = long_lasting(sqlite_house, TRIES * EVERY)
    dice = random.Random(20261125)  # noqa: S311 - the same attack each time
    compared = right = 0
    for _ in range(TRIES):
        scene.house.clock.advance(EVERY)
        compared += is_compared(scene)
        word = f"{dice.choice(WORDS)} {dice.randrange(room_codes.NUMBERS):02}"
        right += sign(scene, Way.WORD, word) is RoomVerdict.SIGNED
    assert room_codes.MOST_FAILURES <= compared <= most_compared(TRIES * EVERY)
    assert right == 0, "with these dice; the chance was under four in a thousand"
    assert chance(TRIES * EVERY) < 0.004


def test_whoever_is_patient_and_wastes_no_try_stays_within_what_was_computed_too(sqlite_house: House) -> None:
    """They try only when a right word would be taken, with a word that they know to be wrong, for half a day."""
    lasts = timedelta(hours=12)
    scene = long_lasting(sqlite_house, lasts)
    compared, until = 0, scene.house.now + lasts
    while scene.house.now < until:
        scene.house.clock.advance(timedelta(seconds=30))
        if is_compared(scene):
            compared += 1
            assert sign(scene, Way.WORD, wrong_word(scene)) is RoomVerdict.REFUSED
    assert most_compared(lasts) / 2 < compared <= most_compared(lasts)


def test_without_the_limits_every_try_of_the_same_attack_is_compared(sqlite_house: House) -> None:
    """The negative control: nothing closes the door."""
    scene = long_lasting(sqlite_house, timedelta(hours=2))
    with patch.object(room_codes, "MOST_FAILURES", TRIES):
        compared = 0
        for _ in range(300):
            scene.house.clock.advance(EVERY)
            compared += is_compared(scene)
            sign(scene, Way.WORD, wrong_word(scene))
    assert compared == 300


def test_an_attack_of_ten_thousand_codes_and_five_hundred_intents_signs_nothing_and_closes_no_door(
    sqlite_house: House,
) -> None:
    """Codes are too long to be guessed, so that failures need no count; the right one is taken afterwards."""
    scene = long_lasting(sqlite_house, TRIES * EVERY)
    dice = random.Random(20261125)  # noqa: S311 - the same attack each time
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    real, code, secrets = offered(scene)[0].intent, shown(scene, Way.CODE), [secret_of(scene, Way.CODE)]

    def step(given: str) -> int | None:
        return room_codes.step_of_code(given, meeting_id=scene.meeting_id, secrets=secrets, now=scene.house.now)

    assert step(code) is not None
    for _ in range(TRIES):
        assert step(code[:13] + "".join(dice.choices(letters, k=16))) is None
    said, _, _ = real.partition(".")
    for _ in range(TRIES // 20):
        scene.house.clock.advance(EVERY)
        forged = f"{said}.{''.join(dice.choices(letters, k=43))}"
        assert sign(scene, Way.CODE, forged) is RoomVerdict.REFUSED
    assert sign(scene, Way.CODE, offered(scene)[0].intent) is RoomVerdict.SIGNED


@contextmanager
def work_of(scene: Scene) -> Iterator[list[str]]:
    """What the database is asked, and each comparison with a word, while the block lasts."""
    done: list[str] = []
    engine, compare = scene.house.database.engine, room_codes.step_of_word

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        done.append(statement)

    def compared(*given: object, **named: object) -> int | None:
        done.append("compared")
        return compare(*given, **named)  # type: ignore[arg-type]

    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(room_codes, "step_of_word", compared):
            yield done
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_wrong_old_future_and_used_words_cost_the_very_same_work(scene: Scene) -> None:
    """So that no clock tells one from another."""
    costs: dict[str, list[str]] = {}
    minute = timedelta(minutes=1)

    def cost(of: str, typed: str) -> None:
        with work_of(scene) as done:
            assert sign(scene, Way.WORD, typed) is RoomVerdict.REFUSED
        costs[of] = [one for one in done if not one.startswith(("BEGIN", "PRAGMA"))]

    word = shown(scene, Way.WORD)
    assert sign(scene, Way.WORD, word) is RoomVerdict.SIGNED
    cost("first", wrong_word(scene))
    cost("used", word)
    cost("wrong", wrong_word(scene))
    cost("old", shown(scene, Way.WORD, later=-2 * minute))
    cost("future", shown(scene, Way.WORD, later=minute))
    assert "compared" in costs["wrong"]
    assert costs["wrong"] == costs["used"] == costs["old"] == costs["future"]
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        assert len(db.scalars(select(Signature)).all()) == 1
