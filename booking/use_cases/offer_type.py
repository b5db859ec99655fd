"""A reason to come is offered: how long it lasts, by which channels, how long before one may book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from booking.domain.settings import refuse_unfit_type
from booking.models import AppointmentType, Audience, Channel, Grid
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


@dataclass(frozen=True)
class TypeSettings:
    """What an organisation sets of an AppointmentType; the defaults are those of its columns."""

    name: str
    duration_minutes: int
    channels: Sequence[Channel]
    description: str = ""
    pause_minutes: int = 0
    step_minutes: int | None = None
    grid: Grid = Grid.FREE
    booking_notice_minutes: int = 120
    booking_horizon_minutes: int = 90 * 24 * 60
    cancel_notice_minutes: int = 4 * 60
    agents_needed: int = 1
    needs_room: bool = False
    needs_vehicle: bool = False
    needs_approval: bool = False
    audience: Audience = Audience.EVERYONE
    most_people: int = 1
    people_share_time: bool = False
    most_a_day: int | None = None
    most_a_week: int | None = None
    person_most_a_day: int | None = None
    person_most_a_week: int | None = None
    offer_minutes: int = 120
    is_workshop: bool = False
    is_discreet: bool = True
    what_to_bring: str = ""
    position: int = 0


def offer_type(db: Session, actor: Actor, *, now: datetime, settings: TypeSettings) -> AppointmentType:
    """Write a reason down; raise UnfitValues when its settings contradict each other."""
    require(actor, Permission.ADMINISTER)
    values = {**asdict(settings), "channels": [channel.value for channel in settings.channels]}
    refuse_unfit_type(values, only_for_workshops=Channel.ON_SITE.value)
    kind = AppointmentType(organisation_id=actor.organisation_id, **values)
    db.add(kind)
    db.flush()
    audit.record(db, actor, action="type-offered", subject=("appointment-type", kind.id), now=now)
    return kind
