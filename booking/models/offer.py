"""What can be booked, and when somebody is open for it."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, String, Table, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base, Tenanted, choice


class Channel(StrEnum):
    """How the two meet (modalité)."""

    ON_SITE = "on-site"
    PHONE = "phone"
    VIDEO = "video"
    HOME = "home"

    @property
    def is_remote(self) -> bool:
        """Say whether each stays where they are."""
        return self in {Channel.PHONE, Channel.VIDEO}


class Grid(StrEnum):
    """From where slots are cut: the start of the free interval, or the venue's wall clock."""

    FREE = "free"
    CLOCK = "clock"


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
        # One date may hold two spans: an hour that exists twice is open twice.
        UniqueConstraint("opening_hours_id", "starts_at"),
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
