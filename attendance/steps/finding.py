"""From a door and a person to what that person is expected for: the question of every scan and every statement."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.expectations import Expectation, come_for
from attendance.domain.targets import Target, TargetKind
from attendance.domain.windows import Timing
from attendance.queries import doors, expected, half_days


def find(
    db: Session, target: Target, *, beneficiary_id: int, now: datetime, is_departure: bool = False
) -> Expectation | None:
    """Return what a person is expected for at this door, or None; raise HalfDayNotFound.

    At a reception desk it is the booking of the local day that they have come for; where none is open now, also the
    half-days of a training held there.
    """
    found_there = doors.come_for(db, target, beneficiary_id=beneficiary_id, now=now)
    everything = [one.as_of(now) for one in found_there]
    booked = come_for((one for one in everything if one.is_booked), now=now, is_departure=is_departure)
    is_open = booked is not None and booked.timing(now, is_departure=is_departure) is Timing.OPEN
    if booked is not None and is_open and not booked.is_cancelled:
        return booked
    found = come_for(everything, now=now, is_departure=is_departure)
    if found is None and target.kind is TargetKind.HALF_DAY:
        half_days.must_exist(db, target.identifier)
    return found


def at_door(db: Session, target: Target, *, now: datetime) -> list[Expectation]:
    """Return everybody who is expected at this door (at a desk: on its local day), those who cancelled left out."""
    if target.kind is TargetKind.DESK:
        everybody = expected.at_desk(db, venue_id=target.identifier, now=now)
        everybody += half_days.everybody_near(
            db, target.identifier, since=now - windows.AFTER, until=now + windows.BEFORE
        )
    else:
        everybody = half_days.everybody_at(db, target.identifier)
    return [one for one in everybody if not one.is_cancelled]
