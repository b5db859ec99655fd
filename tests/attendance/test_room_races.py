"""One step of the room's code, used by many at once: one signature. And what happens without each guard."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Barrier, local
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from attendance.domain.room_codes import RoomVerdict, Way
from attendance.models import RoomCodeUse, Signature, Standing
from attendance.steps import room_codes as rows
from attendance.steps.room_codes import Shown
from attendance.use_cases.sign_in_room import sign_in_room
from foundation import throttle
from foundation.database import EVERY_ORGANISATION
from foundation.models import Throttle
from tests.attendance.racing import Run, at_once, crowded, drop_unique, unguarded
from tests.attendance.rooms import ARRIVAL, DEPARTURE, offered, shown, sign
from tests.attendance.scene import Scene, training
from tests.house import House

MANY = 50


@pytest.fixture
def scene(house: House) -> Scene:
    """10:05 of the training: arrival and departure can both be signed."""
    made = training(house)
    house.clock.advance(timedelta(minutes=65))
    return made


def counted(scene: Scene, model: type[RoomCodeUse | Signature]) -> int:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def fifty(scene: Scene, run: Run, what: Shown) -> Counter[RoomVerdict]:
    """Half of them sign the arrival and half the departure, so that the signature's own constraint lets two through."""

    def one(number: int) -> RoomVerdict:
        verdict: RoomVerdict = run(
            sign_in_room,
            scene.holder(0),
            now=scene.house.now,
            half_day_id=scene.half_days[0].id,
            kind=(ARRIVAL, DEPARTURE)[number % 2],
            shown=what,
            keys=scene.house.keys,
        )
        return verdict

    return Counter(at_once([lambda number=number: one(number) for number in range(MANY)]))  # type: ignore[misc]


def both(scene: Scene) -> list[Shown]:
    return [Shown(Way.CODE, offered(scene)[0].intent), Shown(Way.WORD, shown(scene, Way.WORD))]


@pytest.mark.parametrize("way", [0, 1], ids=["code", "word"])
def test_one_step_used_fifty_times_at_once_signs_once(scene: Scene, way: int) -> None:
    with crowded(scene.house, MANY) as run:
        heard = fifty(scene, run, both(scene)[way])
    assert heard == {RoomVerdict.SIGNED: 1, RoomVerdict.REFUSED: MANY - 1}
    assert (counted(scene, Signature), counted(scene, RoomCodeUse)) == (1, 1)


def looking_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """All fifty have found the step good and unused before anybody uses it."""
    barrier, use, seen = Barrier(MANY), rows.use, local()

    def wait_and_use(db: Session, *arguments: Any, **values: Any) -> bool:
        if not hasattr(seen, "before"):
            seen.before = True
            barrier.wait(timeout=60)
        return use(db, *arguments, **values)

    monkeypatch.setattr(rows, "use", wait_and_use)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_fifty_that_all_found_the_step_unused_still_sign_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one writer at a time. A scanned code has no lock before its use is inserted: the constraint is all."""
    what = both(scene)[0]
    looking_together(monkeypatch)
    with crowded(scene.house, MANY) as run:
        heard = fifty(scene, run, what)
    assert heard == {RoomVerdict.SIGNED: 1, RoomVerdict.REFUSED: MANY - 1}
    assert (counted(scene, Signature), counted(scene, RoomCodeUse)) == (1, 1)


def told_when_stopped(run: Run) -> Run:
    """The same, where whoever settles what counts at the same moment as another is stopped by the index."""

    def run_until_stopped(*arguments: Any, **named: Any) -> Any:
        try:
            return run(*arguments, **named)
        except IntegrityError:
            return RoomVerdict.ALREADY_SIGNED

    return run_until_stopped


def test_without_the_step_s_constraint_one_step_signs_arrival_and_departure_and_lets_everybody_through(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nothing tells the later ones that the step was used; the signature's index still holds."""
    what = both(scene)[0]
    looking_together(monkeypatch)
    drop_unique(scene.house, "room_code_use", "uq_room_code_use_attendee_id_way_step")
    with unguarded(scene.house, MANY) as run:
        heard = fifty(scene, told_when_stopped(run), what)
    assert heard[RoomVerdict.REFUSED] == 0
    assert (counted(scene, RoomCodeUse), counted(scene, Signature)) == (MANY, MANY)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        counting = db.scalars(select(Signature.kind).where(Signature.standing == Standing.COUNTS)).all()
    assert sorted(counting) == [ARRIVAL, DEPARTURE]


# -- failures, counted by many at once -------------------------------------------------------------------------------


def wrong_at_once(scene: Scene, run: Run) -> int:
    heard = fifty(scene, run, Shown(Way.WORD, "rien 00"))
    assert heard == {RoomVerdict.REFUSED: MANY}
    with scene.house.database.reading(EVERY_ORGANISATION) as db:
        return db.scalars(select(Throttle.failures)).one()


def test_fifty_wrong_words_at_once_are_ten_failures_and_then_a_closed_door(scene: Scene) -> None:
    with crowded(scene.house, MANY) as run:
        assert wrong_at_once(scene, run) == 10


def test_without_the_counter_s_lock_failures_are_lost_and_more_words_are_tried(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: all have read the counter while it said nothing, and each writes «one»."""
    barrier, count = Barrier(MANY), throttle.count
    tried = list[int]()

    def careless(*arguments: Any, **values: Any) -> None:
        barrier.wait(timeout=60)
        tried.append(1)
        count(*arguments, **values)

    def unlocked(db: Session, name: str, *, now: Any) -> Any:
        return db.scalar(select(Throttle).where(Throttle.name == name))

    assert sign(scene, Way.WORD, "rien 00") is RoomVerdict.REFUSED  # so that there is a counter to read
    monkeypatch.setattr(throttle, "locked", unlocked)
    monkeypatch.setattr(throttle, "count", careless)
    with unguarded(scene.house, MANY) as run:
        assert wrong_at_once(scene, run) < 10
    assert len(tried) == MANY
