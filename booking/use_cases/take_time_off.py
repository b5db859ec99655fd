"""A resource is away for a time: nothing can be booked there; what is booked stays, for staff to see to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_from, minute_of
from booking.domain.occurrences import Recurrence, Repeats
from booking.domain.settings import refuse_unfit_recurrence, refuse_unfit_span
from booking.models import TimeOff, TimeOffOccurrence
from booking.steps.engagements import lock_resources
from booking.steps.occurrences import absence_row, last_written, write_absences, zone_of
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

    Without a recurrence it is these instants alone. With one, its days have the same hours on the wall clock of the
    venue (of the organisation without one), and the recurrence begins on the day of `starts_at`.
    """
    require(actor, Permission.ADMINISTER)
    refuse_unfit_span(starts_at, ends_at)
    zone = zone_of(db, actor, venue_id)
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    once = Recurrence(Repeats.ONCE, first.date())
    if recurrence is not None:
        refuse_unfit_recurrence(recurrence, today=now.astimezone(zone).date())
    resources.at_work_by_id(db, resource_id)
    lock_resources(db, [resource_id])
    absence = TimeOff(
        organisation_id=actor.organisation_id,
        resource_id=resource_id,
        venue_id=venue_id,
        starts_minute=first.hour * 60 + first.minute,
        ends_minute=last.hour * 60 + last.minute,
        days=(last.date() - first.date()).days,
        written_until=first.date(),
        reason=reason,
    )
    absence.recurrence = recurrence or once
    db.add(absence)
    db.flush()
    if absence.repeats is Repeats.ONCE:
        span = Interval(minute_of(starts_at), minute_from(ends_at))
        db.execute(insert(TimeOffOccurrence), [absence_row(absence, rule_day=first.date(), span=span)])
    else:
        write_absences(db, absence, zone, since=absence.first_day, until=last_written(now, zone))
    audit.record(db, actor, action="time-off-taken", subject=("time-off", absence.id), now=now)
    return absence
