"""The rows of booking. A slot is computed and never stored; what is taken is an engagement."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base, Tenanted, choice


class Channel(StrEnum):
    """How the two meet (modalité)."""

    ON_SITE = "on-site"
    PHONE = "phone"
    VIDEO = "video"
    HOME = "home"


class Grid(StrEnum):
    """From where slots are cut: the start of the free interval, or the venue's wall clock."""

    FREE = "free"
    CLOCK = "clock"


class AppointmentStatus(StrEnum):
    """The life of an appointment, as product.md §2 tells it."""

    REQUESTED = "requested"
    BOOKED = "booked"
    ARRIVED = "arrived"
    SEEN = "seen"
    NO_SHOW = "no-show"
    EXCUSED = "excused"
    CANCELLED = "cancelled"


class EngagementKind(StrEnum):
    """Why a resource is taken."""

    APPOINTMENT = "appointment"
    WORKSHOP = "workshop"
    HOLD = "hold"


class AppointmentType(Tenanted, Base):
    """A motif: what one can book. Durations are in minutes. `channels` holds values of `Channel`.

    `step_minutes` is the duration and the pause when it is none. `is_discreet` keeps the name out of SMS, subjects
    and calendar titles, because a reason for a visit can betray a social or health situation.
    """

    __tablename__ = "appointment_type"
    __table_args__ = (
        Index(None, "organisation_id"),
        CheckConstraint("duration_minutes > 0", name="duration"),
        CheckConstraint("pause_minutes >= 0", name="pause"),
        CheckConstraint("step_minutes IS NULL OR step_minutes > 0", name="step"),
    )

    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    duration_minutes: Mapped[int]
    pause_minutes: Mapped[int] = mapped_column(default=0)
    step_minutes: Mapped[int | None]
    grid: Mapped[Grid] = mapped_column(choice(Grid), default=Grid.FREE)
    channels: Mapped[list[str]]
    booking_notice_minutes: Mapped[int] = mapped_column(default=120)
    booking_horizon_minutes: Mapped[int] = mapped_column(default=90 * 24 * 60)
    cancel_notice_minutes: Mapped[int] = mapped_column(default=4 * 60)
    needs_room: Mapped[bool] = mapped_column(default=False)
    is_workshop: Mapped[bool] = mapped_column(default=False)
    is_discreet: Mapped[bool] = mapped_column(default=True)
    what_to_bring: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


opening_hours_type = Table(
    "opening_hours_type",
    Base.metadata,
    Column("opening_hours_id", ForeignKey("opening_hours.id", ondelete="CASCADE"), primary_key=True),
    Column("appointment_type_id", ForeignKey("appointment_type.id"), primary_key=True),
)


class OpeningHours(Tenanted, Base):
    """A rule of opening (plage): wall-clock hours of one weekday (Monday is 0) every `every_weeks` weeks.

    The rule is never searched: its occurrences are. An end before the start is the next day; 24:00 is told by 00:00.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (
        Index(None, "resource_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("every_weeks > 0", name="every_weeks"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    weekday: Mapped[int]
    every_weeks: Mapped[int] = mapped_column(default=1)
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)


class OpeningOccurrence(Tenanted, Base):
    """One date of a rule, as a row, so that one date can be changed without touching the others."""

    __tablename__ = "opening_occurrence"
    __table_args__ = (
        UniqueConstraint("opening_hours_id", "local_day"),
        Index(None, "organisation_id", "ends_at"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    opening_hours_id: Mapped[int] = mapped_column(ForeignKey("opening_hours.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    local_day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_cancelled: Mapped[bool] = mapped_column(default=False)


class TimeOff(Tenanted, Base):
    """When a resource is away (indisponibilité), whatever its opening hours say."""

    __tablename__ = "time_off"
    __table_args__ = (
        Index(None, "organisation_id", "ends_at"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")


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


class Engagement(Tenanted, Base):
    """A resource is taken `[start, end + pause)`, in whole minutes since 1970 (UTC), by exactly one thing.

    On PostgreSQL an exclusion constraint forbids two of one resource that overlap, with integer ranges so that no
    extension is needed. An override by staff stands outside of it, and is respected by search and writer all the same.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        CheckConstraint("start_minute < end_minute", name="order"),
        CheckConstraint(
            "(kind = 'appointment') = (appointment_id IS NOT NULL) AND (kind = 'workshop') = (workshop_id IS NOT NULL)"
            " AND (kind = 'hold') = (hold_id IS NOT NULL) AND (kind = 'hold') = (expires_minute IS NOT NULL)",
            name="one_cause",
        ),
        Index(None, "resource_id", "end_minute"),
        Index(None, "appointment_id"),
        Index(None, "workshop_id"),
        Index(None, "hold_id"),
        ExcludeConstraint(
            (text("int8range(resource_id, resource_id, '[]')"), "&&"),
            (text("int8range(start_minute, end_minute)"), "&&"),
            using="gist",
            where=text("NOT is_override"),
            name="ex_engagement_overlap",
        ).ddl_if(dialect="postgresql"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    kind: Mapped[EngagementKind] = mapped_column(choice(EngagementKind))
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"))
    expires_minute: Mapped[int | None]
    is_override: Mapped[bool] = mapped_column(default=False)
    override_reason: Mapped[str | None] = mapped_column(String(300))


class Seat(Tenanted, Base):
    """One numbered seat of a workshop, taken by an appointment or kept by a hold: the last one goes to one person."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("workshop_id", "number"),
        CheckConstraint("(appointment_id IS NULL) <> (hold_id IS NULL)", name="one_cause"),
        CheckConstraint("number > 0", name="number"),
        Index(None, "appointment_id"),
        Index(None, "hold_id"),
    )

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    number: Mapped[int]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"))
