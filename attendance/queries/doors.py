"""What one person may have come for at a door, of bookings and of trainings, with its rows: one statement a scan."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import union_all
from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.expectations import Expectation
from attendance.domain.targets import Target, TargetKind
from attendance.models import HalfDay
from attendance.queries import expected, half_days


def come_for(db: Session, target: Target, *, beneficiary_id: int, now: datetime) -> list[Expectation]:
    """Return it all: at a desk what is booked for its local day and the trainings of the hour, else one half-day.

    Nothing is locked here: whoever writes on a sheet looks again whether it is open (`steps.signing`).
    """
    if target.kind is TargetKind.DESK:
        booked = expected.booked_at_desk(target.identifier, now)
        since, until = now - windows.AFTER, now + windows.BEFORE
        enrolled = half_days.enrolled_near(target.identifier, since=since, until=until)
    else:
        booked = expected.booked().where(HalfDay.id == target.identifier)
        enrolled = half_days.enrolled().where(HalfDay.id == target.identifier)
    both = [query.where(query.selected_columns.beneficiary_id == beneficiary_id) for query in (booked, enrolled)]
    found = [expected.expectation(row) for row in db.execute(union_all(*both).order_by("starts_at", "appointment_id"))]
    if target.kind is TargetKind.HALF_DAY:
        return found
    today = expected.of_the_day([one for one in found if one.is_booked], now)
    return today + [one for one in found if not one.is_booked]
