"""A resource is away for a time: nothing can be booked there; what is booked stays, for staff to see to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.occurrences import Away, Recurrence, Repeats
from booking.domain.settings import refuse_unfit_absence, refuse_unfit_span
from booking.models import TimeOff
from booking.steps.engagements import lock_resources
from booking.steps.occurrences import last_written, write_absence_once, write_absences, zone_of
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
    venue_id: int | None = None,
    recurrence: Recurrence | None = None,
) -> TimeOff:
    """Write down an absence of a year at most; raise ResourceNotFound, VenueNotFound or UnfitValues.

    Without a recurrence it is these instants alone. With one, they are its first date, and the others have the same
    hours on the wall clock of the venue (of the organisation without one).
    """
    require(actor, Permission.ADMINISTER)
    refuse_unfit_span(starts_at, ends_at)
    zone = zone_of(db, actor, venue_id)
    first_day, away = starts_at.astimezone(zone).date(), Away.between(starts_at, ends_at, zone)
    days = recurrence or Recurrence(Repeats.ONCE, first_day)
    refuse_unfit_absence(days, away, starts_on=first_day, today=now.astimezone(zone).date())
    resources.at_work_by_id(db, resource_id)
    lock_resources(db, [resource_id])
    absence = TimeOff(
        organisation_id=actor.organisation_id,
        resource_id=resource_id,
        venue_id=venue_id,
        starts_minute=away.starts,
        ends_minute=away.ends,
        days=away.days,
        written_until=first_day,
        reason=reason,
    )
    absence.recurrence = days
    db.add(absence)
    db.flush()
    if days.repeats is Repeats.ONCE:
        write_absence_once(db, absence, starts_at=starts_at, ends_at=ends_at)
    else:
        write_absences(db, absence, zone, since=first_day, until=last_written(now, zone))
    audit.record(db, actor, action="time-off-taken", subject=("time-off", absence.id), now=now)
    return absence
