"""Where, and who works there?"""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory.domain.refusals import VenueNotFound
from directory.models import Agent, Venue


def every(db: Session) -> list[Venue]:
    """Return the venues of the organisation, the oldest first."""
    return list(db.scalars(select(Venue).order_by(Venue.id)))


def select_every() -> Select[Venue]:
    """Ask for the venues of the organisation."""
    return select(Venue)


def by_id(db: Session, venue_id: int) -> Venue:
    """Return one venue; raise VenueNotFound."""
    found = db.get(Venue, venue_id)
    if found is None:
        raise VenueNotFound
    return found


def locked_by_id(db: Session, venue_id: int) -> Venue:
    """Return one venue as it is now, locked until the transaction ends; raise VenueNotFound."""
    query = select(Venue).where(Venue.id == venue_id).with_for_update()
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise VenueNotFound
    return found


def agents(db: Session) -> list[Agent]:
    """Return the agents who work here at present, by name."""
    return list(db.scalars(select(Agent).where(Agent.retired_at.is_(None)).order_by(Agent.name)))
