"""What attendance forgets each night: the steps of rooms' codes that were used, and nothing that says who signed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from attendance.domain.room_codes import RoomVerdict, Way
from attendance.models import RoomCodeUse, Signature
from attendance.use_cases.forget_room_codes import forget_room_codes
from tests.attendance.rooms import ARRIVAL, DEPARTURE, offered, shown, sign
from tests.attendance.scene import Scene, training
from tests.house import House


def used(scene: Scene) -> list[str]:
    """The ways of the uses that are remembered, the oldest first."""
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return list(db.scalars(select(RoomCodeUse.way).order_by(RoomCodeUse.used_at)))


def test_a_used_code_is_forgotten_after_a_day_and_its_signature_stays(house: House) -> None:
    scene = training(house)
    house.worker.run_until_empty()
    house.clock.advance(timedelta(hours=2))  # 11:00
    assert sign(scene, Way.CODE, offered(scene)[0].intent) is RoomVerdict.SIGNED
    house.clock.advance(timedelta(hours=1))
    assert sign(scene, Way.WORD, shown(scene, Way.WORD), kind=DEPARTURE) is RoomVerdict.SIGNED
    house.clock.advance(timedelta(hours=16))  # 4:00: a night, and not yet a day
    house.worker.run_until_empty()
    assert used(scene) == ["code", "word"]
    house.clock.advance(timedelta(days=1))
    house.worker.run_until_empty()
    assert used(scene) == []
    with house.database.reading(scene.agent.organisation_id) as db:
        assert set(db.scalars(select(Signature.kind))) == {ARRIVAL, DEPARTURE}


def test_a_night_forgets_what_is_a_day_old_and_keeps_what_is_young(house: House) -> None:
    scene = training(house)
    house.clock.advance(timedelta(hours=2))
    sign(scene, Way.CODE, offered(scene)[0].intent)
    kept = timedelta(days=1) - timedelta(seconds=1)
    for later, expected in ((kept, 1), (timedelta(seconds=1), 0)):
        house.clock.advance(later)
        _forget(house)
        assert len(used(scene)) == expected


def _forget(house: House) -> None:
    house.database.in_transaction(house.organisation.id, forget_room_codes, house.system(), now=house.now)
