"""Who waits for what, in which order, and what are they offered?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from booking.domain.intervals import Interval, minute_of
from booking.domain.refusals import WaitingEntryNotFound
from booking.domain.waiting import Wishes
from booking.domain.zones import says_zone
from booking.models import (
    Appointment,
    AppointmentType,
    Engagement,
    Hold,
    Seat,
    WaitingEntry,
    WaitingStatus,
    Workshop,
)
from directory.models import Beneficiary, Organisation, Venue
from foundation.models import PersonalLink

LIVE = (WaitingStatus.WAITING, WaitingStatus.OFFERED)


@dataclass(frozen=True)
class Wait:
    """One entry with all that a page or a message says of it; `offer` is the latest one, whether it lasts or not."""

    entry: WaitingEntry
    type: AppointmentType
    beneficiary: Beneficiary
    organisation: Organisation
    venue: Venue | None
    workshop: Workshop | None
    offer: Hold | None
    far_venues: int

    @property
    def zone(self) -> str:
        """Return the time zone of the offer's place, or of the place that is wanted."""
        return self.organisation.time_zone if self.venue is None else self.venue.time_zone

    @property
    def says_zone(self) -> bool:
        """Say whether the hour goes with the name of its place."""
        own, is_remote = self.organisation.time_zone, self.entry.channel.is_remote
        return says_zone(self.zone, own, has_far_venues=self.far_venues > 0, is_remote=is_remote)

    @property
    def title(self) -> str:
        """Return what is waited for, for the person's own page."""
        return self.workshop.title if self.workshop is not None else self.type.name

    def is_offered(self, now: datetime) -> bool:
        """Say whether something is kept for them."""
        return self.entry.status is WaitingStatus.OFFERED and self.offer is not None and self.offer.expires_at > now

    def may_still_try(self, now: datetime) -> bool:
        """Say whether what was offered last is kept no more, and may be free all the same."""
        is_over = self.entry.status in {WaitingStatus.LEFT, WaitingStatus.SERVED}
        return not is_over and not self.is_offered(now) and self.offer is not None and self.offer.starts_at > now


def wishes_of(entry: WaitingEntry) -> Wishes:
    """Return which starts an entry wants."""
    return Wishes(entry.first_day, entry.last_day, entry.from_minute, entry.until_minute)


def by_id(db: Session, entry_id: int) -> WaitingEntry:
    """Return one entry; raise WaitingEntryNotFound."""
    found = db.get(WaitingEntry, entry_id)
    if found is None:
        raise WaitingEntryNotFound
    return found


def wait(db: Session, entry_id: int) -> Wait:
    """Return everything about one entry; raise WaitingEntryNotFound."""
    elsewhere, latest = aliased(Venue), select(func.max(Hold.id)).where(Hold.waiting_entry_id == entry_id)
    far = (
        select(func.count(elsewhere.id))
        .where(elsewhere.organisation_id == Organisation.id, elsewhere.time_zone != Organisation.time_zone)
        .correlate(Organisation)
        .scalar_subquery()
    )
    place = func.coalesce(Hold.venue_id, Workshop.venue_id, WaitingEntry.venue_id)
    query = (
        select(WaitingEntry, AppointmentType, Beneficiary, Organisation, Venue, Workshop, Hold, far)
        .join(AppointmentType, AppointmentType.id == WaitingEntry.type_id)
        .join(Beneficiary, Beneficiary.id == WaitingEntry.beneficiary_id)
        .join(Organisation, Organisation.id == WaitingEntry.organisation_id)
        .outerjoin(Workshop, Workshop.id == WaitingEntry.workshop_id)
        .outerjoin(Hold, Hold.id == latest.scalar_subquery())
        .outerjoin(Venue, Venue.id == place)
        .where(WaitingEntry.id == entry_id)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise WaitingEntryNotFound
    return Wait(*row)


def in_order(
    db: Session, type_id: int, workshop_id: int | None, *, after_id: int, now: datetime, most: int
) -> list[WaitingEntry]:
    """Return who waits for a type (or for one workshop of it) and has no offer, the first in order first."""
    query = select(WaitingEntry).where(
        WaitingEntry.type_id == type_id,
        WaitingEntry.workshop_id == workshop_id if workshop_id is not None else WaitingEntry.workshop_id.is_(None),
        WaitingEntry.status == WaitingStatus.WAITING,
        WaitingEntry.ends_at > now,
        WaitingEntry.id > after_id,
    )
    return list(db.scalars(query.order_by(WaitingEntry.id).limit(most)))


def waited_for(db: Session) -> list[tuple[int, int | None]]:
    """Return what somebody waits for: types, and workshops with theirs."""
    query = select(WaitingEntry.type_id, WaitingEntry.workshop_id).where(WaitingEntry.status.in_(LIVE)).distinct()
    return sorted(((row.type_id, row.workshop_id) for row in db.execute(query)), key=lambda one: (one[0], one[1] or 0))


def offers_of(db: Session, entry_ids: Sequence[int]) -> Mapping[int, list[Hold]]:
    """Return what each of these entries was offered, the latest last."""
    found: dict[int, list[Hold]] = defaultdict(list)
    for hold in db.scalars(select(Hold).where(Hold.waiting_entry_id.in_(entry_ids)).order_by(Hold.id)):
        found[hold.waiting_entry_id or 0].append(hold)
    return found


def waits_already(db: Session, kind: AppointmentType, workshop_id: int | None, person: Beneficiary) -> bool:
    """Say whether a person waits for this, under whichever row they were written down."""
    contacts = [
        column == value
        for column, value in ((Beneficiary.phone, person.phone), (Beneficiary.email, person.email))
        if value is not None
    ]
    query = (
        select(WaitingEntry.workshop_id)
        .join(Beneficiary, Beneficiary.id == WaitingEntry.beneficiary_id)
        .where(
            WaitingEntry.type_id == kind.id,
            WaitingEntry.status.in_(LIVE),
            Beneficiary.searched_name == person.searched_name,
            or_(Beneficiary.id == person.id, *contacts),
        )
    )
    return workshop_id in set(db.scalars(query))


def kept_until(db: Session, span: Interval, *, now: datetime) -> datetime | None:
    """Return when the first hold of somebody who types ends that keeps time in `span`."""
    query = (
        select(func.min(Hold.expires_at))
        .join(Engagement, Engagement.hold_id == Hold.id)
        .where(
            Hold.waiting_entry_id.is_(None),
            Hold.expires_at > now,
            Engagement.start_minute < span.end,
            Engagement.end_minute > span.start,
            Engagement.expires_minute > minute_of(now),
        )
    )
    return db.scalar(query)


def seat_kept_until(db: Session, workshop_id: int, *, now: datetime) -> datetime | None:
    """Return when the first hold of somebody who types ends that keeps a seat of a workshop."""
    query = (
        select(func.min(Hold.expires_at))
        .join(Seat, Seat.hold_id == Hold.id)
        .where(Seat.workshop_id == workshop_id, Hold.waiting_entry_id.is_(None), Hold.expires_at > now)
    )
    return db.scalar(query)


def moving(db: Session, entries: Sequence[WaitingEntry]) -> Mapping[int, Appointment]:
    """Return the appointments that would move to an earlier time, by id."""
    wanted = {entry.appointment_id for entry in entries}
    return {row.id: row for row in db.scalars(select(Appointment).where(Appointment.id.in_(wanted)))}


def link_of(db: Session, entry_id: int, channel: str) -> PersonalLink | None:
    """Return the entry's personal link that travels by `channel`."""
    return db.scalar(
        select(PersonalLink).where(
            PersonalLink.purpose == "waiting",
            PersonalLink.subject_id == entry_id,
            PersonalLink.channel == channel,
            PersonalLink.revoked_at.is_(None),
        )
    )


def cancelled_of_late(
    db: Session, type_ids: Collection[int], *, since: datetime, now: datetime, most: int = 200
) -> list[Appointment]:
    """Return the appointments to come of some types that were cancelled since an instant, the soonest first."""
    query = select(Appointment).where(
        Appointment.type_id.in_(type_ids),
        Appointment.workshop_id.is_(None),
        Appointment.starts_at > now,
        Appointment.cancelled_at >= since,
    )
    return list(db.scalars(query.order_by(Appointment.starts_at, Appointment.id).limit(most)))
