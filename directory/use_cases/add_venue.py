"""A place where people are received."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.holidays import HolidayCalendar
from directory.domain.identity import check_identity
from directory.domain.permissions import Permission, require
from directory.models import Venue
from foundation import audit
from foundation.actors import Actor


def add_venue(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    name: str,
    address: str,
    time_zone: str,
    region: str,
    directions: str = "",
    holiday_calendar: HolidayCalendar = HolidayCalendar.METROPOLITAN,
) -> Venue:
    """Write down a venue with its own zone; raise ZoneNotKnown, or UnreadableIdentity for the rest."""
    require(actor, Permission.ADMINISTER)
    check_identity(name=name, address=address, directions=directions, time_zone=time_zone, region=region)
    venue = Venue(
        organisation_id=actor.organisation_id,
        name=name,
        address=address,
        time_zone=time_zone,
        region=region,
        directions=directions,
        holiday_calendar=holiday_calendar,
    )
    db.add(venue)
    db.flush()
    audit.record(db, actor, action="venue-added", subject=("venue", venue.id), now=now)
    return venue
