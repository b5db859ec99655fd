"""The one writer of engagements: lock the resources, sweep what has lapsed, ask the engine, write.

Below it, on PostgreSQL, stands the exclusion constraint of `engagement`; on SQLite, one writer at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_of, subtract
from booking.domain.picking import Load, who_serves
from booking.domain.refusals import OutsideOpeningHours, OverlapNotSeen, SlotTaken
from booking.domain.slots import Slot
from booking.models import Appointment, AppointmentType, Engagement, EngagementKind, Hold, Workshop
from booking.queries import search as searching
from booking.queries.counting import person_cap, type_cap
from booking.queries.finding import Finding, Question
from directory.models import Resource
from foundation.actors import Actor


@dataclass(frozen=True)
class Override:
    """Staff book over what is in the way, on purpose: why, and over which appointments, workshops or holds."""

    reason: str
    over: tuple[int, ...] = ()


def lock_resources(db: Session, resource_ids: Sequence[int]) -> None:
    """Wait for, and keep until the end of the transaction, the rows of these resources, in id order.

    Writers keep each other out, but not the foreign keys of rows that name a resource (FOR NO KEY UPDATE): two that
    have written an appointment and come back for the lock would otherwise wait for each other.
    """
    wanted = select(Resource.id).where(Resource.id.in_(resource_ids)).order_by(Resource.id)
    db.execute(wanted.with_for_update(key_share=True)).all()


def lock_type_that_counts(db: Session, kind: AppointmentType) -> None:
    """Wait for, and keep, the row of a type whose appointments are counted: two would else both be the last."""
    if type_cap(kind).binds or person_cap(kind).binds:
        wanted = select(AppointmentType.id).where(AppointmentType.id == kind.id)
        db.execute(wanted.with_for_update(key_share=True)).all()


def claim(db: Session, question: Question, *, now: datetime, chosen_at: datetime | None = None) -> Slot:
    """Return the slot at the first minute of `question.starts`, with who serves it; raise SlotTaken.

    The resources stay locked until the end of the transaction, so whoever claimed may write; so does the type where a
    cap counts. Notice and horizon count from when the slot was chosen, if a hold has kept it since.
    """
    finding = _locked_search(db, question, now)
    slots = [slot for slot in finding.slots(chosen_at or now) if slot.start == question.starts.start]
    if not slots:
        raise SlotTaken
    return _least_busy(db, finding, slots, now)


def claim_for_staff(db: Session, question: Question, *, now: datetime) -> Slot:
    """As `claim`, by whoever is free then; notice, horizon and grid do not bind staff. Raises OutsideOpeningHours."""
    finding = _locked_search(db, question, now)
    slots = finding.fitting()
    if not slots:
        raise OutsideOpeningHours
    return _least_busy(db, finding, slots, now)


def claim_over(db: Session, slot: Slot, override: Override, *, pause: int, now: datetime) -> None:
    """Lock what an override takes, on purpose, over opening hours and over what `override.over` names.

    Raises OverlapNotSeen when something is in the way that its author has not named: they have not seen it.
    """
    whole = Interval(slot.start, slot.end + pause)
    lock_resources(db, slot.resource_ids)
    sweep(db, slot.resource_ids, whole, now=now)
    met = {
        row.appointment_id or row.workshop_id or row.hold_id
        for resource_id in slot.resource_ids
        for row in of_resource(db, resource_id, during=whole)
    }
    if not met <= set(override.over):
        raise OverlapNotSeen(count=len(met - set(override.over)))


def engage_hold(
    db: Session, actor: Actor, slot: Slot, hold: Hold, *, pause: int, own: Sequence[Engagement] = ()
) -> None:
    """Keep a claimed slot for a hold; what its own appointment takes already (`own`) is not taken twice."""
    whole = Interval(slot.start, slot.end + pause)
    for resource_id in slot.resource_ids:
        mine = [Interval(row.start_minute, row.end_minute) for row in own if row.resource_id == resource_id]
        for part in subtract([whole], mine):
            row = _engagement(actor, resource_id, part, EngagementKind.HOLD)
            row.hold_id, row.expires_minute = hold.id, minute_of(hold.expires_at)
            db.add(row)
    db.flush()


def engage_appointment(
    db: Session, actor: Actor, slot: Slot, appointment: Appointment, *, pause: int, override: Override | None = None
) -> None:
    """Take a claimed slot for an appointment; an override stands outside of the constraint."""
    for resource_id in slot.resource_ids:
        whole = Interval(slot.start, slot.end + pause)
        row = _engagement(actor, resource_id, whole, EngagementKind.APPOINTMENT)
        row.appointment_id = appointment.id
        if override is not None:
            row.is_override, row.override_by, row.override_reason = True, actor.agent_id, override.reason
        db.add(row)
    db.flush()


def engage_workshop(
    db: Session, actor: Actor, workshop: Workshop, resource_ids: Sequence[int], *, pause: int, now: datetime
) -> None:
    """Take the time of the agent who leads a workshop and of `resource_ids` (a room, a second agent); raise SlotTaken.

    What the workshop takes already is given up first: it may overlap its own old time.
    """
    whole = Interval(minute_of(workshop.starts_at), minute_of(workshop.ends_at) + pause)
    wanted = sorted({workshop.agent_resource_id, *resource_ids})
    lock_resources(db, wanted)
    sweep(db, wanted, whole, now=now)
    free(db, workshop_id=workshop.id)
    if any(of_resource(db, resource_id, during=whole) for resource_id in wanted):
        raise SlotTaken
    for resource_id in wanted:
        row = _engagement(actor, resource_id, whole, EngagementKind.WORKSHOP)
        row.workshop_id = workshop.id
        db.add(row)
    db.flush()


def turn_into_appointment(db: Session, hold: Hold, appointment: Appointment, *, now: datetime) -> bool:
    """Make the hold's engagements the appointment's; False when the hold has lapsed and is nobody's any more."""
    live = Engagement.hold_id == hold.id, Engagement.expires_minute > minute_of(now)
    changes = {
        "kind": EngagementKind.APPOINTMENT,
        "appointment_id": appointment.id,
        "hold_id": None,
        "expires_minute": None,
    }
    changed = db.scalars(update(Engagement).where(*live).values(changes).returning(Engagement.id))
    return bool(changed.all())


def move_to(db: Session, actor: Actor, slot: Slot, appointment: Appointment, *, pause: int) -> None:
    """Give up what the appointment takes for a claimed slot; the hold that kept it must be gone.

    All is given up before anything is taken: changing row after row, one could meet the other on the way.
    """
    free(db, appointment_id=appointment.id)
    engage_appointment(db, actor, slot, appointment, pause=pause)


def free(
    db: Session, *, hold_id: int | None = None, appointment_id: int | None = None, workshop_id: int | None = None
) -> None:
    """Give back at once what a hold, an appointment or a workshop takes."""
    causes = (
        (Engagement.hold_id, hold_id),
        (Engagement.appointment_id, appointment_id),
        (Engagement.workshop_id, workshop_id),
    )
    (mine,) = (column == cause for column, cause in causes if cause is not None)
    db.execute(delete(Engagement).where(mine))


def of_appointment(db: Session, appointment_id: int) -> list[Engagement]:
    """Return what an appointment takes."""
    query = select(Engagement).where(Engagement.appointment_id == appointment_id)
    return list(db.scalars(query.order_by(Engagement.resource_id)))


def of_resource(db: Session, resource_id: int, *, during: Interval) -> list[Engagement]:
    """Return what takes a resource in an interval."""
    query = select(Engagement).where(
        Engagement.resource_id == resource_id,
        Engagement.start_minute < during.end,
        Engagement.end_minute > during.start,
    )
    return list(db.scalars(query))


def _locked_search(db: Session, question: Question, now: datetime) -> Finding:
    lock_type_that_counts(db, question.type)
    resource_ids = searching.who_may_serve(db, question)
    lock_resources(db, resource_ids)
    start, cut = question.starts.start, question.cut
    sweep(db, resource_ids, Interval(start, start + cut.duration + cut.pause), now=now)
    return searching.search(db, question, now=now)


def sweep(db: Session, resource_ids: Collection[int], wanted: Interval, *, now: datetime) -> None:
    """Delete what lapsed holds still take of these resources in an interval, for the writer that wants it.

    Only the engagements: the row of the hold stays, so that whoever comes late is told what else is free. And all of
    them: what is left of one that lost its room would be taken for the whole by whoever still confirms it.
    """
    lapsed = select(Engagement.hold_id).where(
        Engagement.resource_id.in_(resource_ids),
        Engagement.kind == EngagementKind.HOLD,
        Engagement.expires_minute <= minute_of(now),
        Engagement.start_minute < wanted.end,
        Engagement.end_minute > wanted.start,
    )
    # The row itself is looked at once more: it may have been renewed while this waited for it.
    over = Engagement.hold_id.in_(lapsed), Engagement.expires_minute <= minute_of(now)
    db.execute(delete(Engagement).where(*over))


def _least_busy(db: Session, finding: Finding, slots: Sequence[Slot], now: datetime) -> Slot:
    if len(slots) == 1:
        return slots[0]
    agents = {agent_id: slot for slot in slots for agent_id in slot.agent_ids}
    latest = searching.last_booked(db, sorted(agents), now=now)
    loads = {one: Load(finding.minutes_that_day(slot, one), latest.get(one, 0)) for one, slot in agents.items()}
    return who_serves(slots, loads)


def _engagement(actor: Actor, resource_id: int, span: Interval, kind: EngagementKind) -> Engagement:
    return Engagement(
        organisation_id=actor.organisation_id,
        resource_id=resource_id,
        kind=kind,
        start_minute=span.start,
        end_minute=span.end,
    )
