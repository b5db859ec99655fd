"""The waiting list as staff see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.models import Hold, WaitingEntry, WaitingStatus
from booking.queries.waiting import offers_of
from directory.models import Beneficiary, Organisation, Venue


@dataclass(frozen=True)
class Waiter:
    """An entry as staff see it in a list: who waits, what they were offered last, and on which clocks."""

    entry: WaitingEntry
    beneficiary: Beneficiary
    offer: Hold | None
    zone: str
    offer_zone: str


def with_people(db: Session, rows: Sequence[WaitingEntry]) -> list[Waiter]:
    """Return these entries with who waits and what they are offered, by one statement a table."""
    if not rows:
        return []
    wanted = {row.beneficiary_id for row in rows}
    people = {one.id: one for one in db.scalars(select(Beneficiary).where(Beneficiary.id.in_(wanted)))}
    zones: dict[int | None, str] = {venue.id: venue.time_zone for venue in db.scalars(select(Venue))}
    zones[None] = db.scalars(select(Organisation.time_zone).where(Organisation.id == rows[0].organisation_id)).one()
    offers = {entry_id: made[-1] for entry_id, made in offers_of(db, [row.id for row in rows]).items()}
    return [
        Waiter(row, people[row.beneficiary_id], offer, zones[row.venue_id], zones[offer.venue_id if offer else None])
        for row in rows
        for offer in (offers.get(row.id),)
    ]


def select_every(
    *, type_id: int | None = None, workshop_id: int | None = None, status: WaitingStatus | None = None
) -> Select[WaitingEntry]:
    """Ask for entries; by rising id they are in their order."""
    query = select(WaitingEntry)
    if type_id is not None:
        query = query.where(WaitingEntry.type_id == type_id)
    if workshop_id is not None:
        query = query.where(WaitingEntry.workshop_id == workshop_id)
    return query if status is None else query.where(WaitingEntry.status == status)
