"""One person's appointments of a type are counted when somebody books for them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from booking.domain.intervals import MINUTES_A_DAY, Interval, minute_of
from booking.domain.refusals import PersonFull
from booking.models import AppointmentType
from booking.queries.counting import person_cap, person_tally
from booking.steps.engagements import lock_type_that_counts
from directory.models import Beneficiary
from directory.queries import organisations

_AROUND = 9 * MINUTES_A_DAY
"""A local week around an instant, whatever the zone."""


def refuse_full_person(
    db: Session, kind: AppointmentType, person: Beneficiary, *, starts_at: datetime, but: int | None = None
) -> None:
    """Return when one more of this type is not too many for the person, their appointment `but` aside.

    The type's row stays locked until the end of the transaction. Raises PersonFull.
    """
    if not person_cap(kind).binds:
        return
    lock_type_that_counts(db, kind)
    start = minute_of(starts_at)
    zone = ZoneInfo(organisations.by_id(db, kind.organisation_id).time_zone)
    around = Interval(start - _AROUND, start + _AROUND)
    if person_tally(db, kind, person, zone, around=around, but=but).is_full(start):
        raise PersonFull
