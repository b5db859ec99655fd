"""What has lost its use is forgotten each night, by the same worker that sends the messages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, text

from foundation import idempotency, throttle
from foundation.database import EVERY_ORGANISATION
from foundation.idempotency import Sent
from foundation.models import IdempotencyKey, OutboxRow, Throttle
from tests.house import House


def counted(house: House, *where: object) -> int:
    with house.database.reading(EVERY_ORGANISATION) as db:
        return db.scalar(select(func.count(OutboxRow.id)).where(*where)) or 0  # type: ignore[arg-type]


def test_each_organisation_has_one_night_waiting_and_the_next_after_it(house: House) -> None:
    waiting = (OutboxRow.name == "night-fell", OutboxRow.done_at.is_(None))
    for _ in range(3):
        house.worker.run_until_empty()
        assert counted(house, *waiting) == 2
        house.clock.advance(timedelta(days=1))


def test_at_night_old_counters_and_old_work_are_forgotten_and_the_rest_stays(house: House) -> None:
    def count(name: str) -> None:
        def run(db: object) -> None:
            counter = throttle.locked(db, name, now=house.now)  # type: ignore[arg-type]
            throttle.count(counter, most=5, window=timedelta(hours=1), delay=timedelta(minutes=1), now=house.now)

        house.database.in_transaction(EVERY_ORGANISATION, run)

    house.worker.run_until_empty()
    count("old")
    house.clock.advance(timedelta(days=40))
    count("young")
    assert counted(house, OutboxRow.done_at.is_not(None)) > 0
    house.worker.run_until_empty()
    with house.database.reading(EVERY_ORGANISATION) as db:
        assert db.scalars(select(Throttle.name)).all() == ["young"]
    assert counted(house, OutboxRow.done_at < house.now - timedelta(days=30)) == 0


def test_at_night_the_answers_of_the_day_before_are_forgotten_and_the_young_stay(house: House) -> None:
    def claim(name: str) -> None:
        sent = Sent("program:1", name, "0" * 64)
        house.database.in_transaction(EVERY_ORGANISATION, idempotency.claim, sent, house.keys, now=house.now)

    house.worker.run_until_empty()
    claim("old")
    house.clock.advance(timedelta(hours=12))
    claim("young")
    house.clock.advance(timedelta(hours=12))
    house.worker.run_until_empty()
    with house.database.reading(EVERY_ORGANISATION) as db:
        assert db.scalars(select(IdempotencyKey.key)).all() == ["young"]


def test_at_night_sqlite_looks_at_its_tables_anew(sqlite_house: House) -> None:
    def known() -> int:
        with sqlite_house.database.reading(EVERY_ORGANISATION) as db:
            there = db.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")).scalar_one()
            return int(db.execute(text("SELECT count(*) FROM sqlite_stat1")).scalar_one()) if there else 0

    assert known() == 0
    sqlite_house.worker.run_until_empty()
    sqlite_house.clock.advance(timedelta(days=1))
    sqlite_house.worker.run_until_empty()
    assert known() > 10
