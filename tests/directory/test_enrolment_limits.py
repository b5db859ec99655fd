"""False tokens and signatures, again and again: whoever sends them waits, and nobody else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from directory.domain.enrolment import FIRST_DELAY, MOST_FAILURES, MOST_FAILURES_OF_NETWORK
from foundation.database import EVERY_ORGANISATION
from foundation.models import Throttle
from tests.devices import Pen
from tests.directory.test_enrolment import Door, refused
from tests.house import House

MEANWHILE = timedelta(seconds=1)


def enrolled(house: House) -> Door:
    door = Door(house)
    assert door.enrol(door.offer()).status_code == 201
    return door


def fail(door: Door, times: int) -> list[Any]:
    stranger = Pen()
    return [door.come_in(pen=stranger) for _ in range(times)]


def counted(house: House) -> int:
    with house.database.reading(EVERY_ORGANISATION) as db:
        return db.scalar(select(func.coalesce(func.sum(Throttle.failures), 0))) or 0


def test_after_ten_false_signatures_a_device_waits_and_another_beside_it_does_not(house: House) -> None:
    door, beside = enrolled(house), enrolled(house)
    answers = fail(door, MOST_FAILURES)
    assert {refused(one) for one in answers} == {(401, "device-refused")}
    closed = door.come_in()
    assert refused(closed) == (429, "too-many-proofs")
    assert int(closed.headers["Retry-After"]) == FIRST_DELAY.total_seconds()
    assert beside.come_in().status_code == 200
    house.clock.advance(FIRST_DELAY - MEANWHILE)
    assert door.come_in().status_code == 429
    house.clock.advance(MEANWHILE)
    assert door.come_in().status_code == 200


def test_a_hundred_false_tokens_close_a_network_for_enrolling_and_for_coming_in(house: House) -> None:
    door = enrolled(house)
    token = door.offer()
    heard = {refused(door.enrol("x" * 43)) for _ in range(MOST_FAILURES_OF_NETWORK)}
    assert heard == {(410, "enrolment-refused")}
    assert refused(door.enrol(token)) == (429, "too-many-proofs")
    assert refused(door.come_in()) == (429, "too-many-proofs")
    house.clock.advance(FIRST_DELAY)
    assert door.enrol(token).status_code == 201


def test_who_proves_what_they_say_leaves_no_count(house: House) -> None:
    door = enrolled(house)
    for _ in range(MOST_FAILURES + 1):
        assert door.come_in().status_code == 200
    assert counted(house) == 0
    fail(door, 1)
    assert counted(house) == 2, "one of the device, one of the network"
