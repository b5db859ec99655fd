"""The annuaire: who exists, where, and what they may do. Both services speak of these rows and neither owns them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from directory.domain.holidays import HolidayCalendar
from directory.domain.permissions import Permission, Role
from foundation.models import Base, Identified, Tenanted, choice


class ResourceKind(StrEnum):
    """Whatever can be in one place at a time."""

    AGENT = "agent"
    ROOM = "room"
    VEHICLE = "vehicle"


class Organisation(Identified, Base):
    """A body of the social economy; the tenant. `slug` stands in its public addresses."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("slug"),)

    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(300))
    siret: Mapped[str] = mapped_column(String(14))
    activity_declaration: Mapped[str] = mapped_column(String(20))
    time_zone: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    holiday_calendar: Mapped[HolidayCalendar] = mapped_column(
        choice(HolidayCalendar), default=HolidayCalendar.METROPOLITAN
    )
    created_at: Mapped[datetime]


class Venue(Tenanted, Base):
    """Where people are received; its wall clock rules the hours of everything that happens there.

    `region` is the two-letter country code by which telephone numbers typed there are read (`FR`, `RE`, `GP`…).
    """

    __tablename__ = "venue"
    __table_args__ = (Index(None, "organisation_id"),)

    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(60))
    region: Mapped[str] = mapped_column(String(2))
    directions: Mapped[str] = mapped_column(String(500), default="")
    holiday_calendar: Mapped[HolidayCalendar] = mapped_column(
        choice(HolidayCalendar), default=HolidayCalendar.METROPOLITAN
    )


class HolidayChoice(Tenanted, Base):
    """A day that an organisation decides about itself: one more that is closed, or a public holiday that is not.

    Without a venue it counts everywhere; a venue's own word is stronger.
    """

    __tablename__ = "holiday_choice"
    __table_args__ = (
        UniqueConstraint("venue_id", "day"),
        Index(
            "uq_holiday_choice_everywhere",
            "organisation_id",
            "day",
            unique=True,
            sqlite_where=text("venue_id IS NULL"),
            postgresql_where=text("venue_id IS NULL"),
        ),
    )

    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    day: Mapped[date] = mapped_column(Date)
    is_closed: Mapped[bool]
    name: Mapped[str] = mapped_column(String(80), default="")


class Resource(Tenanted, Base):
    """An agent's time, a room, a vehicle: what an engagement takes.

    `most_a_day` and `most_a_week` cap how many appointments it may have in a local day or week of the organisation.
    """

    __tablename__ = "resource"
    __table_args__ = (Index(None, "organisation_id"),)

    kind: Mapped[ResourceKind] = mapped_column(choice(ResourceKind))
    name: Mapped[str] = mapped_column(String(120))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    most_a_day: Mapped[int | None]
    most_a_week: Mapped[int | None]
    retired_at: Mapped[datetime | None]


class Agent(Tenanted, Base):
    """Somebody of the staff who can log in; their time is the resource. E-mails are kept in lower case."""

    __tablename__ = "agent"
    __table_args__ = (UniqueConstraint("email"), UniqueConstraint("resource_id"))

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(choice(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_secret: Mapped[str] = mapped_column(String(400))
    totp_last_step: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class StaffSession(Tenanted, Base):
    """A log-in: the cookie holds 256 random bits, the row their SHA-256. Half open until the second factor came."""

    __tablename__ = "staff_session"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "agent_id"))

    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    second_factor_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(String(120))


class Beneficiary(Tenanted, Base):
    """Whoever is received. `email` in lower case, `phone` in E.164; `language` is that of their messages."""

    __tablename__ = "beneficiary"
    __table_args__ = (
        Index(None, "organisation_id", "email"),
        Index(None, "organisation_id", "phone"),
        Index(None, "organisation_id", "searched_name"),
    )

    first_name: Mapped[str] = mapped_column(String(80))
    last_name: Mapped[str] = mapped_column(String(80))
    searched_name: Mapped[str] = mapped_column(String(170))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime]

    @property
    def full_name(self) -> str:
        """The name as people say it."""
        return f"{self.first_name} {self.last_name}"


class SigningKey(Tenanted, Base):
    """An Ed25519 key of one organisation. The highest number signs; every key that is not withdrawn still verifies.

    `private_key` is encrypted with the master keys and bound to this row; scanners get `public_key` (32 bytes) only.
    """

    __tablename__ = "signing_key"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 255", name="number"),
    )

    number: Mapped[int]
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    private_key: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Badge(Tenanted, Base):
    """The signed QR of one beneficiary: 16 random bytes, written in hexadecimal, that mean nothing elsewhere."""

    __tablename__ = "badge"
    __table_args__ = (UniqueConstraint("organisation_id", "number"), Index(None, "beneficiary_id"))

    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiary.id"))
    number: Mapped[str] = mapped_column(String(32))
    key_number: Mapped[int]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class DeviceKind(StrEnum):
    """A scanner is held by an agent; a kiosk (borne) stands there for everybody."""

    SCANNER = "scanner"
    KIOSK = "kiosk"


class Device(Tenanted, Base):
    """A scanner or kiosk (appareil) that an agent answers for: what is shown to it is shown to them (product.md §3).

    It may be bound to one venue, and end. Enrolled, it has a key of its own that it cannot give away: `public_key` is
    the point of it on P-256, 65 bytes, uncompressed (SEC 1 §2.3.3). `enrolment_hash` is the SHA-256 of the one-time
    token by which it enrols.
    """

    __tablename__ = "device"
    __table_args__ = (Index(None, "organisation_id"), UniqueConstraint("enrolment_hash"))

    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[DeviceKind] = mapped_column(choice(DeviceKind), default=DeviceKind.SCANNER)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(65))
    enrolment_hash: Mapped[str | None] = mapped_column(String(64))
    enrolment_expires_at: Mapped[datetime | None]
    enrolled_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKey(Tenanted, Base):
    """What a program shows at the API: of the organisation, or of one device. The text is shown once, here is its hash.

    `scopes` are values of `Permission`; `hint` is the end of the text, by which people tell their keys apart.
    `by_challenge`: an enrolled device was given it for half a day, having signed a challenge.
    """

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("secret_hash"), Index(None, "organisation_id"), Index(None, "device_id"))

    name: Mapped[str] = mapped_column(String(120))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(4))
    scopes: Mapped[list[str]]
    by_challenge: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @property
    def permissions(self) -> list[Permission]:
        """The scopes as what they permit."""
        return [Permission(scope) for scope in self.scopes]
