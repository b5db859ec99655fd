"""What can be booked, and when somebody is open for it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.occurrences import Hours, Recurrence, Repeats
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


class Audience(StrEnum):
    """Who may book: each includes those before it."""

    AGENTS = "agents"
    REFERRERS = "referrers"
    INVITED = "invited"
    EVERYONE = "everyone"


class AppointmentType(Tenanted, Base):
    """A motif: what one can book. Durations are in minutes. `channels` holds values of `Channel`.

    `step_minutes` is the duration and the pause when it is none. `is_discreet` keeps the name out of SMS, subjects
    and calendar titles, because a reason for a visit can betray a social or health situation.

    It is served by `agents_needed` agents together, with a room or a vehicle where it needs one. Several people who
    come together take the duration times their number, unless they share it. The caps count appointments in a local day
    or week of the organisation: of this type, and of one person. An offer of the waiting list lasts `offer_minutes`.
    """

    __tablename__ = "appointment_type"
    __table_args__ = (
        Index(None, "organisation_id"),
        CheckConstraint("duration_minutes > 0", name="duration"),
        CheckConstraint("pause_minutes >= 0", name="pause"),
        CheckConstraint("step_minutes IS NULL OR step_minutes > 0", name="step"),
        CheckConstraint("agents_needed > 0", name="agents_needed"),
        CheckConstraint("most_people > 0", name="most_people"),
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
    agents_needed: Mapped[int] = mapped_column(default=1)
    needs_room: Mapped[bool] = mapped_column(default=False)
    needs_vehicle: Mapped[bool] = mapped_column(default=False)
    needs_approval: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[Audience] = mapped_column(choice(Audience), default=Audience.EVERYONE)
    most_people: Mapped[int] = mapped_column(default=1)
    people_share_time: Mapped[bool] = mapped_column(default=False)
    most_a_day: Mapped[int | None]
    most_a_week: Mapped[int | None]
    person_most_a_day: Mapped[int | None]
    person_most_a_week: Mapped[int | None]
    offer_minutes: Mapped[int] = mapped_column(default=120)
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


class Recurring:
    """The columns of a rule that repeats. `weekdays` are digits, Monday is 0; its dates are rows up to `written_until`.

    The days between `first_day` and `last_day` are those of `booking.domain.occurrences.Recurrence`.
    """

    repeats: Mapped[Repeats] = mapped_column(choice(Repeats))
    every: Mapped[int] = mapped_column(default=1)
    weekdays: Mapped[str] = mapped_column(String(7), default="")
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date | None] = mapped_column(Date)
    written_until: Mapped[date] = mapped_column(Date)

    @property
    def recurrence(self) -> Recurrence:
        """The days of the rule, as the domain computes them."""
        weekdays = frozenset(int(digit) for digit in self.weekdays)
        return Recurrence(self.repeats, self.first_day, self.last_day, self.every, weekdays)

    @recurrence.setter
    def recurrence(self, value: Recurrence) -> None:
        """Keep another recurrence."""
        self.repeats, self.every = value.repeats, value.every
        self.weekdays = "".join(str(weekday) for weekday in sorted(value.weekdays))
        self.first_day, self.last_day = value.first_day, value.last_day


class OpeningHours(Recurring, Tenanted, Base):
    """A rule of opening (plage): wall-clock hours, in minutes since midnight, on the days of a recurrence.

    The rule is never searched: its occurrences are. An end before the start is the next day; 1440 is 24:00.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (
        Index(None, "resource_id"),
        CheckConstraint("every > 0", name="every"),
        CheckConstraint("opens_minute BETWEEN 0 AND 1439 AND closes_minute BETWEEN 0 AND 1440", name="minutes"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    opens_minute: Mapped[int]
    closes_minute: Mapped[int]
    closes_on_holidays: Mapped[bool] = mapped_column(default=True)

    @property
    def hours(self) -> Hours:
        """The hours on the wall clock."""
        return Hours(self.opens_minute, self.closes_minute)


class OpeningOccurrence(Tenanted, Base):
    """One date of a rule, as a row, so that one date can be changed without touching the others.

    `rule_day` is the day on which the rule puts it and `local_day` the one on which it is: they differ once it was
    moved. An exception was set by hand, and outlives every edit of its rule.
    """

    __tablename__ = "opening_occurrence"
    __table_args__ = (
        # One date may hold two spans: an hour that exists twice is open twice.
        UniqueConstraint("opening_hours_id", "rule_day", "starts_at"),
        Index(None, "organisation_id", "ends_at"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    opening_hours_id: Mapped[int] = mapped_column(ForeignKey("opening_hours.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    rule_day: Mapped[date] = mapped_column(Date)
    local_day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closes_on_holidays: Mapped[bool] = mapped_column(default=True)
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    is_exception: Mapped[bool] = mapped_column(default=False)


class TimeOff(Recurring, Tenanted, Base):
    """A rule of absence (indisponibilité): whatever the opening hours say, the resource is away.

    From `starts_minute` of a day of the rule until `ends_minute` of the day that is `days` later, on the wall clock of
    the venue (of the organisation without one). Only its occurrences are searched.
    """

    __tablename__ = "time_off"
    __table_args__ = (
        Index(None, "resource_id"),
        CheckConstraint("every > 0", name="every"),
        CheckConstraint(
            "starts_minute BETWEEN 0 AND 1439 AND ends_minute BETWEEN 0 AND 1440 AND days BETWEEN 0 AND 366"
            " AND (days > 0 OR starts_minute < ends_minute)",
            name="minutes",
        ),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    days: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(200), default="")


class TimeOffOccurrence(Tenanted, Base):
    """One date of an absence, as a row; see `OpeningOccurrence`."""

    __tablename__ = "time_off_occurrence"
    __table_args__ = (
        UniqueConstraint("time_off_id", "rule_day", "starts_at"),
        Index(None, "resource_id", "ends_at"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    time_off_id: Mapped[int] = mapped_column(ForeignKey("time_off.id", ondelete="CASCADE"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    rule_day: Mapped[date] = mapped_column(Date)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    is_exception: Mapped[bool] = mapped_column(default=False)
