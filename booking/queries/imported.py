"""What a file may name, and what of it is there already: a statement a table, whatever the number of lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.import_appointments import Known, Place
from booking.domain.import_cells import Names
from booking.domain.import_hours import HoursLine, Offer
from booking.models import Appointment, OpeningHours
from booking.queries import hours, types
from directory.models import Organisation, Resource, ResourceKind
from directory.queries import resources, venues

_AT_ONCE = 500


def offer(db: Session) -> Offer:
    """Return what a line of opening hours may name: whoever and whatever is not retired."""
    things = [row for row in at_work(db).values() if row.kind is not ResourceKind.AGENT]
    return Offer(
        agents=_agents(db),
        things=Names((row.name, row.id) for row in things),
        venues=Names((venue.name, venue.id) for venue in venues.every(db)),
        types=Names((kind.name, kind.id) for kind in types.offered(db)),
    )


def known(db: Session, organisation: Organisation) -> Known:
    """Return what a line of an appointment may name."""
    places: dict[int | None, Place] = {
        venue.id: Place(ZoneInfo(venue.time_zone), venue.region) for venue in venues.every(db)
    }
    places[None] = Place(ZoneInfo(organisation.time_zone), organisation.region)
    offered = types.offered(db)
    return Known(
        agents=_agents(db),
        venues=Names((venue.name, venue.id) for venue in venues.every(db)),
        types=Names((kind.name, kind.id) for kind in offered),
        places=places,
        channels={kind.id: kind.channels for kind in offered},
    )


def at_work(db: Session) -> dict[int, Resource]:
    """Return every resource that is not retired, by id."""
    rows = db.scalars(resources.select_every().where(Resource.retired_at.is_(None)).order_by(Resource.id))
    return {row.id: row for row in rows}


def open_already(db: Session, resource_ids: Collection[int]) -> set[HoursLine]:
    """Return the rules of these resources, as a file would say them."""
    rules = list(db.scalars(select(OpeningHours).where(OpeningHours.resource_id.in_(resource_ids))))
    served: dict[int, Sequence[int]] = {}
    for first in range(0, len(rules), _AT_ONCE):
        served.update(hours.types_of(db, [rule.id for rule in rules[first : first + _AT_ONCE]]))
    return {
        HoursLine(
            rule.resource_id,
            rule.venue_id,
            frozenset(served.get(rule.id, ())),
            rule.recurrence,
            rule.hours,
            rule.closes_on_holidays,
        )
        for rule in rules
    }


def booked_already(
    db: Session, beneficiary_ids: Collection[int], *, since: datetime, until: datetime
) -> dict[tuple[int, int, datetime], set[int]]:
    """Return the appointments of these people that begin in `[since, until]`, whatever has become of them."""
    found: dict[tuple[int, int, datetime], set[int]] = defaultdict(set)
    for row in _appointments(db, sorted(beneficiary_ids), since, until):
        found[row.beneficiary_id, row.type_id, row.starts_at].add(row.resource_id)
    return found


def _appointments(db: Session, beneficiary_ids: list[int], since: datetime, until: datetime) -> Iterator[Appointment]:
    for first in range(0, len(beneficiary_ids), _AT_ONCE):
        some = beneficiary_ids[first : first + _AT_ONCE]
        yield from db.scalars(
            select(Appointment).where(
                Appointment.beneficiary_id.in_(some), Appointment.starts_at >= since, Appointment.starts_at <= until
            )
        )


def _agents(db: Session) -> Names:
    at_work = venues.agents(db)
    return Names((name, agent.resource_id) for agent in at_work for name in (agent.name, agent.email))
