"""Negative controls: with the guards taken away one by one, the race shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from booking.domain.refusals import SlotTaken
from booking.models import AppointmentType, EngagementKind
from booking.steps import engagements
from booking.use_cases.hold_slot import hold_slot
from foundation.tenancy import scoped_session
from tests.booking.diary import (
    at,
    engaged,
    open_reason,
    visitor,
)
from tests.booking.racing import at_once, refused, two_holds, wanted
from tests.house import House


@pytest.fixture
def check_then_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lock on the resources; and both writers have asked the engine before either writes."""
    barrier = Barrier(2)
    write = engagements.engage_hold

    def wait_and_write(*arguments: Any, **named: Any) -> None:
        barrier.wait(timeout=10)
        write(*arguments, **named)

    monkeypatch.setattr(engagements, "lock_resources", lambda _db, _resource_ids: None)
    monkeypatch.setattr(engagements, "engage_hold", wait_and_write)


@contextmanager
def without_write_lock(house: House) -> Iterator[Callable[[str, AppointmentType], object]]:
    """Each statement commits by itself, as if nobody had thought of a transaction."""
    engine = create_engine(house.database.url, isolation_level="AUTOCOMMIT", connect_args={"timeout": 10})

    def take(client: str, kind: AppointmentType) -> object:
        with engine.connect() as connection, scoped_session(connection, house.organisation.id) as db:
            held = hold_slot(db, visitor(house), **wanted(house, kind, client, at(7), house.now))
            db.flush()
            return held

    yield take
    engine.dispose()


@pytest.mark.usefixtures("check_then_wait")
def test_with_every_guard_off_two_hold_one_slot(house: House) -> None:
    kind = open_reason(house)
    if house.database.is_sqlite:
        with without_write_lock(house) as take:
            results = at_once([lambda: take("one", kind), lambda: take("two", kind)])
    else:
        with house.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE engagement DROP CONSTRAINT ex_engagement_overlap"))
        results = at_once(two_holds(house, kind))
    assert not refused(results)
    rows = engaged(house)
    assert [row.kind for row in rows] == [EngagementKind.HOLD] * 2
    assert len({(row.resource_id, row.start_minute) for row in rows}) == 1


@pytest.mark.usefixtures("check_then_wait")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_lock_the_constraint_of_postgresql_still_refuses_the_second(house: House) -> None:
    kind = open_reason(house)
    assert refused(at_once(two_holds(house, kind))) == {SlotTaken: 1}
    assert len(engaged(house)) == 1
