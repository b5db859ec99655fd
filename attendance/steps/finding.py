"""From a door and a person to what that person is expected for: the question of every scan and every statement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.expectations import Expectation, come_for
from attendance.domain.targets import Target, TargetKind
from attendance.domain.windows import Timing
from attendance.queries import expected, half_days


def find(
    db: Session, target: Target, *, beneficiary_id: int, now: datetime, is_departure: bool = False
) -> Expectation | None:
    """Return what a person is expected for at this door, or None.

    At a reception desk it is the booking of the local day that they have come for; where none is open now, also the
    half-days of a training held there.
    """
    if target.kind is TargetKind.HALF_DAY:
        return half_days.at_half_day(db, half_day_id=target.identifier, beneficiary_id=beneficiary_id)
    booked = expected.of_beneficiary(db, beneficiary_id=beneficiary_id, venue_id=target.identifier, now=now)
    found = come_for(booked, now=now, is_departure=is_departure)
    is_open = found is not None and found.timing(now, is_departure=is_departure) is Timing.OPEN
    if found is not None and is_open and not found.is_cancelled:
        return found
    enrolled = half_days.enrolled_at_venue(
        db,
        venue_id=target.identifier,
        since=now - windows.AFTER,
        until=now + windows.BEFORE,
        beneficiary_id=beneficiary_id,
    )
    found = come_for([*booked, *enrolled], now=now, is_departure=is_departure)
    if found is None or found.half_day_id is None:
        return found
    # Read again under the lock of its meeting: it may have been closed in between.
    return half_days.at_half_day(db, half_day_id=found.half_day_id, beneficiary_id=beneficiary_id)


def at_door(db: Session, target: Target, *, now: datetime) -> list[Expectation]:
    """Return everybody who is expected at this door (at a desk: on its local day), those who cancelled left out."""
    if target.kind is TargetKind.DESK:
        everybody = expected.at_desk(db, venue_id=target.identifier, now=now)
        everybody += half_days.enrolled_at_venue(
            db, venue_id=target.identifier, since=now - windows.AFTER, until=now + windows.BEFORE
        )
    else:
        everybody = half_days.everybody_at(db, target.identifier)
    return [one for one in everybody if not one.is_cancelled]
