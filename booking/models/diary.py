"""Who is expected, and what is kept for somebody who is typing."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.offer import Channel
from foundation.models import Base, Tenanted, choice


class AppointmentStatus(StrEnum):
    """The life of an appointment, as product.md §2 tells it."""

    REQUESTED = "requested"
    BOOKED = "booked"
    ARRIVED = "arrived"
    SEEN = "seen"
    NO_SHOW = "no-show"
    EXCUSED = "excused"
    CANCELLED = "cancelled"


class Workshop(Tenanted, Base):
    """A dated collective appointment with a number of seats."""

    __tablename__ = "workshop"
    __table_args__ = (
        Index(None, "organisation_id", "starts_at"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_type.id"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    agent_resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    title: Mapped[str] = mapped_column(String(160))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    cancelled_at: Mapped[datetime | None]


class Appointment(Tenanted, Base):
    """A beneficiary is expected. `resource_id` is the agent who serves; the time it takes is its engagements.

    `sequence` grows at each change, for calendars (RFC 5545, §3.8.7.4).
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index(None, "organisation_id", "starts_at"),
        Index(None, "beneficiary_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_type.id"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiary.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[AppointmentStatus] = mapped_column(choice(AppointmentStatus))
    sequence: Mapped[int] = mapped_column(default=0)
    booked_by: Mapped[str] = mapped_column(String(120), default="")
    home_address: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None] = mapped_column(String(24))


class Hold(Tenanted, Base):
    """A slot or seat kept for somebody who is typing. The random token in the address is the proof; here is its hash.

    `client` is a keyed hash of the browser's address, to count the live holds of one client.
    `moves_appointment_id` names the appointment that this slot would be moved to.
    """

    __tablename__ = "hold"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "organisation_id", "client", "expires_at"))

    token_hash: Mapped[str] = mapped_column(String(64))
    client: Mapped[str] = mapped_column(String(64))
    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_type.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"))
    moves_appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
