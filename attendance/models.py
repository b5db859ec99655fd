"""The rows of attendance: what happened, by whom it is witnessed, and every attempt that failed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base, Tenanted, choice


class MeetingKind(StrEnum):
    """Where a meeting comes from: the booking is the truth for the first two."""

    APPOINTMENT = "appointment"
    WORKSHOP = "workshop"
    TRAINING = "training"


class SheetState(StrEnum):
    """A sheet goes one way."""

    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"


class SignatureKind(StrEnum):
    """What is signed."""

    ARRIVAL = "arrival"
    DEPARTURE = "departure"

    @property
    def is_departure(self) -> bool:
        """Say whether it is the departure, which cannot be signed as early."""
        return self is SignatureKind.DEPARTURE


class Method(StrEnum):
    """How the person proved it (product.md §3); the grade follows from it and from the channels."""

    BADGE = "badge"
    ONE_TIME_CODE = "one-time-code"


class Grade(StrEnum):
    """The strength of the evidence. E is for statements, which are never signatures."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Meeting(Tenanted, Base):
    """A séance: one or more half-days, at a venue or in a video room, and its attendance sheet.

    For an appointment or a workshop the row is made once it was booked, or by whoever touches it before that.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("appointment_id"),
        UniqueConstraint("workshop_id"),
        Index(None, "organisation_id", "kind"),
        CheckConstraint(
            "(kind = 'appointment') = (appointment_id IS NOT NULL) AND (kind = 'workshop') = (workshop_id IS NOT NULL)",
            name="one_cause",
        ),
    )

    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind))
    title: Mapped[str] = mapped_column(String(200))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    video_room: Mapped[str | None] = mapped_column(String(300))
    time_zone: Mapped[str] = mapped_column(String(60))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id"))
    created_at: Mapped[datetime]
    sheet_state: Mapped[SheetState] = mapped_column(choice(SheetState), default=SheetState.OPEN)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class HalfDay(Tenanted, Base):
    """One span of a meeting with its own hours and module title; what a signature is for."""

    __tablename__ = "half_day"
    __table_args__ = (
        UniqueConstraint("meeting_id", "starts_at"),
        Index(None, "organisation_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="order"),
    )

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Attendee(Tenanted, Base):
    """A beneficiary who is expected at a meeting (inscrit)."""

    __tablename__ = "attendee"
    __table_args__ = (UniqueConstraint("meeting_id", "beneficiary_id"), Index(None, "beneficiary_id"))

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiary.id"))


class Facilitator(Tenanted, Base):
    """Who led the meeting (intervenant), with or without an account; they countersign each half-day."""

    __tablename__ = "facilitator"
    __table_args__ = (Index(None, "meeting_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    name: Mapped[str] = mapped_column(String(160))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2), default="fr")


class Signature(Tenanted, Base):
    """(attendee, half-day, arrival or departure): one, ever. Observed is when it was seen, recorded when we heard."""

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("attendee_id", "half_day_id", "kind", name="uq_signature_once"),
        Index(None, "half_day_id"),
    )

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    kind: Mapped[SignatureKind] = mapped_column(choice(SignatureKind))
    method: Mapped[Method] = mapped_column(choice(Method))
    grade: Mapped[Grade] = mapped_column(choice(Grade))
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("personal_link.id"))


class Statement(Tenanted, Base):
    """Somebody says, with a reason, that a person was there (grade E): never shown as the person's signature."""

    __tablename__ = "statement"
    __table_args__ = (Index(None, "half_day_id"), CheckConstraint("reason <> ''", name="reason"))

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    kind: Mapped[SignatureKind] = mapped_column(choice(SignatureKind))
    reason: Mapped[str] = mapped_column(String(300))
    stated_at: Mapped[datetime]
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("facilitator.id"))


class Scan(Tenanted, Base):
    """Every scan ever sent, accepted or refused, with the answer it got: the same key and body get it again.

    `source` is what sent it (the staff session of the scanner page, or the device); `body_hash` is the SHA-256 of what
    was sent. Scans kept before migration 0002 do not say their door and kind.
    """

    __tablename__ = "scan"
    __table_args__ = (UniqueConstraint("source", "key"), Index(None, "organisation_id", "recorded_at"))

    source: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    body_hash: Mapped[str] = mapped_column(String(64))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    target_kind: Mapped[str | None] = mapped_column(String(10))
    target_id: Mapped[int | None]
    kind: Mapped[SignatureKind | None] = mapped_column(choice(SignatureKind))
    verdict: Mapped[str] = mapped_column(String(24))
    answer: Mapped[dict[str, Any]]
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id"))
    half_day_id: Mapped[int | None] = mapped_column(ForeignKey("half_day.id"))
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class OneTimeCode(Tenanted, Base):
    """The state of the codes of one (attendee, half-day, kind); no code is kept, only its number.

    `issue` is the HOTP counter (RFC 4226); `failures` are counted across codes since `failures_since`.
    """

    __tablename__ = "one_time_code"
    __table_args__ = (
        UniqueConstraint("attendee_id", "half_day_id", "kind"),
        CheckConstraint("tries >= 0 AND failures >= 0 AND issue >= 0", name="counts"),
    )

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    kind: Mapped[SignatureKind] = mapped_column(choice(SignatureKind))
    issue: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str] = mapped_column(String(10))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    failures_since: Mapped[datetime]
    closed_until: Mapped[datetime | None]


class Countersignature(Tenanted, Base):
    """A facilitator's signature of one half-day, with the heads they counted."""

    __tablename__ = "countersignature"
    __table_args__ = (
        UniqueConstraint("facilitator_id", "half_day_id", name="uq_countersignature_once"),
        CheckConstraint("headcount >= 0", name="headcount"),
    )

    facilitator_id: Mapped[int] = mapped_column(ForeignKey("facilitator.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("personal_link.id"))
    headcount: Mapped[int]
    signed_at: Mapped[datetime]
