"""Holds that are long over are forgotten, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from booking.domain.refusals import HoldNotFound
from booking.models import Appointment, Engagement, Hold, Seat
from booking.use_cases.forget_old_holds import forget_old_holds
from foundation.actors import system
from foundation.database import EVERY_ORGANISATION
from foundation.models import Base
from tests.booking.diary import at, confirm, hold, open_reason
from tests.house import House

A_DAY = timedelta(days=1)


def forget(house: House) -> int:
    gone: int = house.database.in_transaction(house.organisation.id, forget_old_holds, house.system(), now=house.now)
    return gone


def count(house: House, model: type[Base]) -> int:
    with house.database.reading(EVERY_ORGANISATION) as db:
        return db.scalars(select(func.count()).select_from(model)).one()


def test_a_hold_is_forgotten_a_day_after_its_end_with_what_it_engaged(house: House) -> None:
    hold(house, open_reason(house), at(7))
    house.clock.advance(timedelta(minutes=10) + A_DAY - timedelta(seconds=1))
    assert (forget(house), count(house, Engagement)) == (0, 1)
    house.clock.advance(timedelta(seconds=1))
    assert forget(house) == 1
    assert (count(house, Hold), count(house, Engagement), count(house, Seat)) == (0, 0, 0)


def test_a_form_that_was_sent_late_is_still_answered_for_a_day(house: House) -> None:
    held = hold(house, open_reason(house), at(7))
    house.clock.advance(timedelta(hours=5))
    made = confirm(house, held.token)
    house.clock.advance(A_DAY - timedelta(seconds=1))
    assert forget(house) == 0
    assert confirm(house, held.token).id == made.id
    house.clock.advance(timedelta(seconds=1))
    assert forget(house) == 1
    with pytest.raises(HoldNotFound):
        confirm(house, held.token)
    assert (count(house, Appointment), count(house, Engagement)) == (1, 1)


def test_another_organisation_forgets_its_own(house: House) -> None:
    hold(house, open_reason(house), at(7))
    house.clock.advance(A_DAY * 2)
    house.database.in_transaction(house.other.id, forget_old_holds, system(house.other.id), now=house.now)
    assert count(house, Hold) == 1


def test_it_happens_at_night(house: House) -> None:
    hold(house, open_reason(house), at(7))
    house.worker.run_until_empty()
    house.clock.advance(A_DAY * 2)
    house.worker.run_until_empty()
    assert count(house, Hold) == 0
