"""A resource is away for a time: nothing can be booked there; what is booked stays, for staff to see to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.settings import refuse_unfit_span
from booking.models import TimeOff
from booking.steps.engagements import lock_resources
from directory.domain.permissions import Permission, require
from directory.queries import resources
from foundation import audit
from foundation.actors import Actor


def take_time_off(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    resource_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
) -> TimeOff:
    """Write down an absence of a year at most; raise ResourceNotFound or UnfitValues."""
    require(actor, Permission.ADMINISTER)
    refuse_unfit_span(starts_at, ends_at)
    resources.at_work_by_id(db, resource_id)
    lock_resources(db, [resource_id])
    absence = TimeOff(
        organisation_id=actor.organisation_id,
        resource_id=resource_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
    )
    db.add(absence)
    db.flush()
    audit.record(db, actor, action="time-off-taken", subject=("time-off", absence.id), now=now)
    return absence
