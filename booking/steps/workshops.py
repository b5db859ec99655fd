"""What planning, changing and cancelling workshops share. Locked are the resources, then workshops, then who comes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.events import AppointmentMoved, RequestRanOut, WorkshopChanged
from booking.domain.intervals import minute_of
from booking.domain.refusals import UnfitValues, WorkshopNotFound
from booking.models import Appointment, AppointmentStatus, Hold, Seat, Workshop
from booking.steps import engagements, holds, seats
from booking.steps.appointments import give_links, undo
from directory.domain.refusals import ResourceNotFound
from directory.models import Beneficiary, Resource, ResourceKind
from directory.steps.badges import badge_until
from foundation import audit
from foundation.actors import Actor
from foundation.outbox import announce


def refuse_unfit_resources(db: Session, *, venue_id: int, agent_resource_id: int, resource_ids: Sequence[int]) -> None:
    """Return when an agent can lead a workshop there with these beside; raise ResourceNotFound or UnfitValues."""
    wanted = [agent_resource_id, *resource_ids]
    query = select(Resource).where(Resource.id.in_(wanted), Resource.retired_at.is_(None))
    found = {row.id: row for row in db.scalars(query)}
    if not found.keys() >= set(wanted) or found[agent_resource_id].kind is not ResourceKind.AGENT:
        raise ResourceNotFound
    if len(set(wanted)) < len(wanted):
        raise UnfitValues({"resource_ids": "booking.unfit.twice"})
    beside = (found[resource_id] for resource_id in resource_ids)
    if any(row.kind is not ResourceKind.AGENT and row.venue_id != venue_id for row in beside):
        raise UnfitValues({"resource_ids": "booking.unfit.room_elsewhere"})


def locked(db: Session, workshop_ids: Collection[int]) -> list[Workshop]:
    """Return workshops as they are now, cancelled ones too, locked until the end of the transaction, in id order."""
    query = select(Workshop).where(Workshop.id.in_(workshop_ids)).order_by(Workshop.id)
    return list(db.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True)))


def locked_by_id(db: Session, workshop_id: int) -> Workshop:
    """Return one workshop, cancelled or not, locked until the end of the transaction; raise WorkshopNotFound."""
    found = locked(db, [workshop_id])
    if not found:
        raise WorkshopNotFound
    return found[0]


def seated(db: Session, workshop_ids: Collection[int]) -> list[Appointment]:
    """Return who has a seat in locked workshops, locked too, in id order."""
    mine = select(Seat.appointment_id).where(Seat.workshop_id.in_(workshop_ids), Seat.appointment_id.is_not(None))
    query = select(Appointment).where(Appointment.id.in_(mine), Appointment.status != AppointmentStatus.CANCELLED)
    locking = query.order_by(Appointment.id).with_for_update(key_share=True)
    return list(db.scalars(locking.execution_options(populate_existing=True)))


def have_follow(
    db: Session, actor: Actor, changed: Sequence[Workshop], people: Sequence[Appointment], *, now: datetime
) -> None:
    """Have whoever has or keeps a seat be where the changed workshops are; tell those who must come at another time."""
    by_id = {workshop.id: workshop for workshop in changed}
    moved = [one for one in people if one.workshop_id in by_id and _is_elsewhere(one, by_id[one.workshop_id])]
    was = {one.id: one.starts_at for one in moved}
    for one in people:
        if one.workshop_id in by_id:
            seats.follow(one, by_id[one.workshop_id])
    wanted = {one.beneficiary_id for one in moved}
    known = {row.id: row for row in db.scalars(select(Beneficiary).where(Beneficiary.id.in_(wanted)))}
    for one in moved:
        _tell(db, actor, one, known[one.beneficiary_id], was[one.id], now=now)
    for hold in _kept(db, by_id):
        seats.follow(hold, by_id[hold.workshop_id or 0])
    for workshop in changed:
        announce(db, actor, WorkshopChanged(workshop.id), now=now)


def call_off(
    db: Session, actor: Actor, workshop: Workshop, people: Sequence[Appointment], *, reason: str, now: datetime
) -> None:
    """Cancel a locked workshop: whoever has a seat is told, whoever keeps one does so no more, its time is free."""
    workshop.cancelled_at = now
    for one in people:
        undo(db, actor, one, reason=reason, now=now)
    for hold in _kept(db, {workshop.id}):
        holds.end(hold, now=now)
    db.flush()
    seats.free_kept(db, workshop.id)
    engagements.free(db, workshop_id=workshop.id)


def _is_elsewhere(one: Appointment, workshop: Workshop) -> bool:
    there = (workshop.starts_at, workshop.ends_at, workshop.venue_id)
    return (one.starts_at, one.ends_at, one.venue_id) != there


def _tell(
    db: Session, actor: Actor, one: Appointment, beneficiary: Beneficiary, was: datetime, *, now: datetime
) -> None:
    subject = ("appointment", one.id)
    audit.record(db, actor, action="appointment-moved", subject=subject, now=now, from_minute=minute_of(was))
    if one.status is AppointmentStatus.REQUESTED:
        # What was said of it so far is still news: the answer will be the first that has a number.
        announce(db, actor, RequestRanOut(one.id), now=now, due_at=one.starts_at)
    else:
        one.sequence += 1
        badge_until(db, actor, beneficiary_id=one.beneficiary_id, until=one.ends_at, now=now)
    give_links(db, actor, one, beneficiary, now=now)
    announce(db, actor, AppointmentMoved(one.id, one.sequence), now=now)


def _kept(db: Session, workshop_ids: Collection[int]) -> list[Hold]:
    # One that somebody confirms at this moment waits for the workshop, and asks it anew when and where it is.
    mine = select(Seat.hold_id).where(Seat.workshop_id.in_(workshop_ids), Seat.hold_id.is_not(None))
    query = select(Hold).where(Hold.id.in_(mine)).order_by(Hold.id)
    locking = query.with_for_update(key_share=True, skip_locked=True)
    return list(db.scalars(locking.execution_options(populate_existing=True)))
