"""Workshops that change while people take their seats: nobody is left in one that does not take place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text

from booking.domain.occurrences import Recurrence
from booking.domain.refusals import CapacityBelowTaken, SlotTaken, WorkshopFull, WorkshopNotFound
from booking.models import Appointment, AppointmentStatus, AppointmentType, Engagement, Seat, Workshop
from booking.steps import engagements, seats
from booking.use_cases.cancel_workshop import cancel_workshop
from booking.use_cases.change_series import end_series
from booking.use_cases.change_workshop import change_workshop
from booking.use_cases.confirm_hold import confirm_hold
from foundation.tenancy import scoped_session
from tests.booking.diary import TUESDAY, at, confirm, engaged, reason, seat, series, somebody, visitor, workshop
from tests.booking.racing import at_once, refused
from tests.house import House


@pytest.fixture
def kind(house: House) -> AppointmentType:
    return reason(house, is_workshop=True, duration_minutes=120, channels=["on-site"])


def changing(house: House, planned: Workshop, **changes: Any) -> Callable[[], object]:
    return lambda: house.database.in_transaction(
        house.organisation.id,
        change_workshop,
        house.system(),
        now=house.now,
        workshop_id=planned.id,
        changes=changes,
    )


def cancelling(house: House, planned: Workshop) -> Callable[[], object]:
    return lambda: house.database.in_transaction(
        house.organisation.id, cancel_workshop, house.system(), now=house.now, workshop_id=planned.id
    )


def confirming(house: House, planned: Workshop, number: int) -> Callable[[], object]:
    token = seat(house, planned).token
    return lambda: confirm(house, token, somebody(number))


def left_behind(house: House, planned: Workshop) -> int:
    """How many are expected in a workshop that does not take place."""
    with house.database.reading(house.organisation.id) as db:
        assert db.get_one(Workshop, planned.id).cancelled_at is not None
        expected = select(func.count(Appointment.id)).where(Appointment.status != AppointmentStatus.CANCELLED)
        return db.scalars(expected.where(Appointment.workshop_id == planned.id)).one()


@pytest.fixture
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers must not wait for each other in a circle: here nobody is helped out of one."""
    monkeypatch.setattr("foundation.database._worth_another_try", lambda _error: False)


@pytest.mark.usefixtures("no_second_try")
def test_a_capacity_that_falls_while_the_last_seats_are_taken_is_never_below_what_is_taken(
    house: House, kind: AppointmentType
) -> None:
    for hour in (9, 12, 15):
        planned = workshop(house, kind, capacity=6, starts_at=at(hour))
        seat(house, planned)
        tasks: list[Callable[[], object]] = [lambda one=planned: seat(house, one) for _ in range(8)]  # type: ignore[misc]
        results = at_once([*tasks, changing(house, planned, capacity=3)])
        with house.database.reading(house.organisation.id) as db:
            capacity = db.get_one(Workshop, planned.id).capacity
            numbers = sorted(db.scalars(select(Seat.number).where(Seat.workshop_id == planned.id)))
        assert capacity == (6 if CapacityBelowTaken in refused(results) else 3)
        assert numbers == list(range(1, capacity + 1))
        assert refused(results)[WorkshopFull] == 9 - capacity


@pytest.mark.usefixtures("no_second_try")
def test_whoever_confirms_while_the_workshop_is_cancelled_is_told_or_cancelled(
    house: House, kind: AppointmentType
) -> None:
    for hour in (9, 12, 15):
        planned = workshop(house, kind, capacity=6, starts_at=at(hour))
        tasks = [confirming(house, planned, number) for number in range(6)]
        results = at_once([*tasks, cancelling(house, planned)])
        assert set(refused(results)) <= {WorkshopNotFound}
        assert left_behind(house, planned) == 0
    with house.database.reading(house.organisation.id) as db:
        assert db.scalars(select(func.count(Seat.id))).one() == 0
        assert db.scalars(select(func.count(Engagement.id))).one() == 0


@pytest.mark.usefixtures("no_second_try")
def test_whoever_confirms_while_the_workshop_moves_is_expected_at_its_new_time(
    house: House, kind: AppointmentType
) -> None:
    for hour in (9, 12, 15):
        planned = workshop(house, kind, capacity=6, starts_at=at(hour))
        tasks = [confirming(house, planned, number) for number in range(6)]
        results = at_once([*tasks, changing(house, planned, starts_at=at(hour, 20))])
        assert not refused(results)
        with house.database.reading(house.organisation.id) as db:
            mine = select(Appointment.starts_at).where(Appointment.workshop_id == planned.id)
            assert db.scalars(mine).all() == [at(hour, 20)] * 6


@pytest.mark.usefixtures("no_second_try")
def test_of_two_workshops_of_one_agent_that_move_to_one_hour_one_does(house: House, kind: AppointmentType) -> None:
    two = [workshop(house, kind, capacity=3, starts_at=at(hour)) for hour in (6, 15)]
    results = at_once([changing(house, one, starts_at=at(10)) for one in two])
    assert refused(results) == {SlotTaken: 1}
    assert len({row.start_minute for row in engaged(house)}) == 2


@pytest.mark.usefixtures("no_second_try")
def test_a_series_that_ends_while_seats_are_taken_calls_off_no_date_with_a_seat(
    house: House, kind: AppointmentType
) -> None:
    made, _ = series(house, kind.id, recurrence=Recurrence.weekly(1, since=TUESDAY, until=TUESDAY + timedelta(28)))
    with house.database.reading(house.organisation.id) as db:
        planned = list(db.scalars(select(Workshop).order_by(Workshop.starts_at)))
    tasks: list[Callable[[], object]] = [lambda one=one: seat(house, one) for one in planned]  # type: ignore[misc]
    tasks += [confirming(house, one, number) for number, one in enumerate(planned[:2])]

    def end() -> object:
        return house.database.in_transaction(
            house.organisation.id, end_series, house.system(), now=house.now, series_id=made.id
        )

    results = at_once([*tasks, end])
    assert set(refused(results)) <= {WorkshopNotFound}
    with house.database.reading(house.organisation.id) as db:
        has_seat = select(Seat.workshop_id)
        called_off = select(Workshop.id).where(Workshop.cancelled_at.is_not(None))
        assert not db.scalars(called_off.where(Workshop.id.in_(has_seat))).all()
        assert len(db.scalars(called_off).all()) == refused(results)[WorkshopNotFound]


# -- negative controls ------------------------------------------------------------------------------------------------


def piecemeal(house: House, use_case: Callable[..., object], actor: Any, **named: Any) -> object:
    """Run a use case of which each statement commits by itself, as if nobody had thought of a transaction."""
    engine = create_engine(house.database.url, isolation_level="AUTOCOMMIT", connect_args={"timeout": 10})
    with engine.connect() as connection, scoped_session(connection, house.organisation.id) as db:
        made = use_case(db, actor, now=house.now, **named)
        db.flush()
    engine.dispose()
    return made


def test_without_the_lock_on_the_workshop_somebody_is_left_in_a_cancelled_one(
    house: House, kind: AppointmentType, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = workshop(house, kind, capacity=3, starts_at=at(12))
    token = seat(house, planned).token
    has_looked, is_cancelled = Event(), Event()

    def look(db: Any, workshop_id: int) -> Workshop:
        found: Workshop = db.get_one(Workshop, workshop_id)
        has_looked.set()
        assert is_cancelled.wait(timeout=10)
        return found

    monkeypatch.setattr(seats, "locked_workshop", look)

    def late() -> object:
        if house.database.is_sqlite:
            return piecemeal(house, confirm_hold, visitor(house), token=token, person=somebody(1))
        return confirm(house, token, somebody(1))

    def cancel() -> object:
        assert has_looked.wait(timeout=10)
        made = cancelling(house, planned)()
        is_cancelled.set()
        return made

    assert not refused(at_once([late, cancel]))
    assert left_behind(house, planned) == 1


@pytest.fixture
def look_then_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lock on the resources; and both writers have looked before either writes."""
    barrier, look = Barrier(2), engagements.of_resource

    def look_and_wait(*arguments: Any, **named: Any) -> Any:
        found = look(*arguments, **named)
        barrier.wait(timeout=10)
        return found

    for where in ("booking.steps.engagements", "booking.use_cases.change_workshop"):
        monkeypatch.setattr(f"{where}.lock_resources", lambda _db, _resource_ids: None)
    monkeypatch.setattr(engagements, "of_resource", look_and_wait)


def two_that_move(house: House, kind: AppointmentType, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    with monkeypatch.context() as before:
        before.setattr(engagements, "of_resource", lambda *_arguments, **_named: [])
        two = [workshop(house, kind, capacity=3, starts_at=at(hour)) for hour in (6, 15)]
    if not house.database.is_sqlite:
        return [changing(house, one, starts_at=at(10)) for one in two]

    def piece(one: Workshop) -> Callable[[], object]:
        named = {"workshop_id": one.id, "changes": {"starts_at": at(10)}}
        return lambda: piecemeal(house, change_workshop, house.system(), **named)

    return [piece(one) for one in two]


@pytest.mark.usefixtures("look_then_wait")
def test_with_every_guard_off_two_workshops_of_one_agent_are_at_one_hour(
    house: House, kind: AppointmentType, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not house.database.is_sqlite:
        with house.database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE engagement DROP CONSTRAINT ex_engagement_overlap"))
    assert not refused(at_once(two_that_move(house, kind, monkeypatch)))
    assert len({row.start_minute for row in engaged(house)}) == 1


@pytest.mark.usefixtures("look_then_wait")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_the_lock_the_constraint_of_postgresql_still_refuses_the_second(
    house: House, kind: AppointmentType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(at_once(two_that_move(house, kind, monkeypatch))) == {SlotTaken: 1}
    assert len({row.start_minute for row in engaged(house)}) == 2
