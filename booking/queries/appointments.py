"""Which appointment is this, and what does its ticket say?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from booking.domain.refusals import AppointmentNotFound
from booking.domain.zones import says_zone
from booking.models import Appointment, AppointmentType, Channel, Workshop
from directory.models import Beneficiary, Organisation, Resource, Venue
from foundation.models import PersonalLink


@dataclass(frozen=True)
class Ticket:
    """One appointment with all that a page, a message or a calendar says of it."""

    appointment: Appointment
    type: AppointmentType
    beneficiary: Beneficiary
    organisation: Organisation
    agent_name: str
    venue: Venue | None
    workshop: Workshop | None
    far_venues: int

    @property
    def zone(self) -> str:
        """Return the time zone of the place."""
        return self.venue.time_zone if self.venue is not None else self.organisation.time_zone

    @property
    def says_zone(self) -> bool:
        """Say whether the hour goes with the name of its place."""
        own, is_remote = self.organisation.time_zone, self.appointment.channel.is_remote
        return says_zone(self.zone, own, has_far_venues=self.far_venues > 0, is_remote=is_remote)

    @property
    def title(self) -> str:
        """Return what the appointment is about, for the person's own page."""
        return self.workshop.title if self.workshop is not None else self.type.name

    @property
    def where(self) -> str:
        """Return the address to go to, or nothing when nobody has to go anywhere."""
        if self.appointment.channel is Channel.HOME:
            return self.appointment.home_address
        if self.appointment.channel is Channel.ON_SITE and self.venue is not None:
            return f"{self.venue.name}, {self.venue.address}"
        return ""


def by_id(db: Session, appointment_id: int, *, for_update: bool = False) -> Appointment:
    """Return one appointment, locked until the end of the transaction if asked; raise AppointmentNotFound."""
    query = select(Appointment).where(Appointment.id == appointment_id)
    found = db.scalar(query.with_for_update(key_share=True) if for_update else query)
    if found is None:
        raise AppointmentNotFound
    return found


def ticket(db: Session, appointment_id: int) -> Ticket:
    """Return everything about one appointment; raise AppointmentNotFound."""
    elsewhere = aliased(Venue)
    far = (
        select(func.count(elsewhere.id))
        .where(elsewhere.organisation_id == Organisation.id, elsewhere.time_zone != Organisation.time_zone)
        .correlate(Organisation)
        .scalar_subquery()
    )
    query = (
        select(Appointment, AppointmentType, Beneficiary, Organisation, Resource.name, Venue, Workshop, far)
        .join(AppointmentType, AppointmentType.id == Appointment.type_id)
        .join(Beneficiary, Beneficiary.id == Appointment.beneficiary_id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .join(Resource, Resource.id == Appointment.resource_id)
        .outerjoin(Venue, Venue.id == Appointment.venue_id)
        .outerjoin(Workshop, Workshop.id == Appointment.workshop_id)
        .where(Appointment.id == appointment_id)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise AppointmentNotFound
    return Ticket(*row)


def link_of(db: Session, appointment_id: int, channel: str) -> PersonalLink | None:
    """Return the appointment's personal link that travels by `channel`."""
    return db.scalar(
        select(PersonalLink).where(
            PersonalLink.purpose == "appointment",
            PersonalLink.subject_id == appointment_id,
            PersonalLink.channel == channel,
            PersonalLink.revoked_at.is_(None),
        )
    )
