"""Who is expected, and what is kept for somebody who is typing."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.offer import Channel, Recurring
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


class WorkshopSeries(Recurring, Tenanted, Base):
    """A rule of workshops: its dates are workshops, each of which can be changed or cancelled alone.

    `resource_ids` (as texts) are taken beside the agent's time: a room, a second agent.
    """

    __tablename__ = "workshop_series"
    __table_args__ = (
        Index(None, "organisation_id"),
        CheckConstraint("every > 0", name="every"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("starts_minute BETWEEN 0 AND 1439", name="minutes"),
    )

    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_type.id"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    agent_resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    resource_ids: Mapped[list[str]]
    title: Mapped[str] = mapped_column(String(160))
    starts_minute: Mapped[int]
    capacity: Mapped[int]


class Workshop(Tenanted, Base):
    """A dated collective appointment with a number of seats.

    In a series, `rule_day` is the day on which the rule puts it; an exception was changed by hand.
    """

    __tablename__ = "workshop"
    __table_args__ = (
        Index(None, "organisation_id", "starts_at"),
        Index(None, "series_id", "rule_day", unique=True),
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
    series_id: Mapped[int | None] = mapped_column(ForeignKey("workshop_series.id"))
    rule_day: Mapped[date | None] = mapped_column(Date)
    is_exception: Mapped[bool] = mapped_column(default=False)


class Appointment(Tenanted, Base):
    """A beneficiary is expected. `resource_id` is the agent who serves; the time it takes is its engagements.

    `sequence` grows at each change, for calendars (RFC 5545, §3.8.7.4).
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index(None, "organisation_id", "starts_at"),
        Index(None, "beneficiary_id", "starts_at"),
        Index(None, "type_id", "starts_at"),
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
    people: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None] = mapped_column(String(24))
    cancel_reason: Mapped[str] = mapped_column(String(300), default="")


class Hold(Tenanted, Base):
    """A slot or seat kept for somebody who is typing. The random token in the address is the proof; here is its hash.

    `client` is a keyed hash of the browser's address, to count the live holds of one client.
    `moves_appointment_id` names the appointment that would move here, `waiting_entry_id` the one who waits and is
    offered this: then nobody types, and the token is nobody's.
    """

    __tablename__ = "hold"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index(None, "organisation_id", "client", "expires_at"),
        Index(None, "type_id", "starts_at"),
        Index(None, "waiting_entry_id"),
    )

    token_hash: Mapped[str] = mapped_column(String(64))
    client: Mapped[str] = mapped_column(String(64))
    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_type.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"))
    moves_appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    waiting_entry_id: Mapped[int | None] = mapped_column(ForeignKey("waiting_entry.id"))
    people: Mapped[int] = mapped_column(default=1)
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class WaitingStatus(StrEnum):
    """How somebody's wait stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    SERVED = "served"
    LEFT = "left"
    ENDED = "ended"


class WaitingEntry(Tenanted, Base):
    """Somebody on the waiting list (file d'attente) of a type, or of one workshop; the earliest `id` is first.

    Wanted are starts from `first_day` to `last_day` and from `from_minute` until `until_minute` of the day, on the wall
    clock of the place. Whoever has an appointment already (`appointment_id`) waits for an earlier one. It ends by
    itself at `ends_at`, or when `offers_made` has reached the most there may be.
    """

    __tablename__ = "waiting_entry"
    __table_args__ = (
        Index(None, "organisation_id", "status"),
        Index(None, "type_id", "status"),
        Index(None, "beneficiary_id"),
        CheckConstraint("offers_made >= 0", name="offers_made"),
    )

    type_id: Mapped[int] = mapped_column(ForeignKey("appointment_type.id"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiary.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    people: Mapped[int] = mapped_column(default=1)
    home_address: Mapped[str] = mapped_column(String(300), default="")
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    from_minute: Mapped[int | None]
    until_minute: Mapped[int | None]
    status: Mapped[WaitingStatus] = mapped_column(choice(WaitingStatus), default=WaitingStatus.WAITING)
    offers_made: Mapped[int] = mapped_column(default=0)
    last_offer_at: Mapped[datetime | None]
    joined_at: Mapped[datetime]
    ends_at: Mapped[datetime]
