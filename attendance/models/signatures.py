"""Signatures, each observation of them, and what somebody else says of a person (product.md §3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from attendance.models.sent import Sent
from foundation.models import Base, Tenanted, choice


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
    DRAWN_BEFORE_AGENT = "drawn-before-agent"
    ROOM_CODE = "room-code"
    ROOM_WORD = "room-word"
    DRAWN_AT_KIOSK = "drawn-at-kiosk"
    ONE_TIME_CODE = "one-time-code"


class Grade(StrEnum):
    """The strength of the evidence. E is for statements, which are never signatures."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Standing(StrEnum):
    """What an observation of a signature is worth: of one (attendee, half-day, kind), one counts at most.

    DUPLICATE: somebody saw it too, later. UNDONE: taken back within seconds on the same device. WITHDRAWN: by a
    correction.
    """

    COUNTS = "counts"
    DUPLICATE = "duplicate"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"


class Signature(Tenanted, Base):
    """One observation of a signature; of each (attendee, half-day, arrival or departure) one counts, ever.

    Observed is when it was seen, recorded when we heard. The earliest observed counts; ties are broken by `source` and
    `key`, which name the scan or the tablet's request that it was made by (0 and the row's own id without one).
    """

    __tablename__ = "signature"
    __table_args__ = (
        Index(
            "uq_signature_counts",
            "attendee_id",
            "half_day_id",
            "kind",
            unique=True,
            sqlite_where=text("standing = 'counts'"),
            postgresql_where=text("standing = 'counts'"),
        ),
        Index(None, "attendee_id", "half_day_id"),
        Index(None, "half_day_id"),
        UniqueConstraint("source", "key", name="uq_signature_source_key"),
    )

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    kind: Mapped[SignatureKind] = mapped_column(choice(SignatureKind))
    standing: Mapped[Standing] = mapped_column(choice(Standing), default=Standing.COUNTS)
    method: Mapped[Method] = mapped_column(choice(Method))
    grade: Mapped[Grade] = mapped_column(choice(Grade))
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    source: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(80))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("personal_link.id"))
    drawing_id: Mapped[int | None] = mapped_column(ForeignKey("drawing.id"))


class Drawing(Tenanted, Base):
    """A signature drawn by finger, flattened: an SVG path in whole numbers, without timing and without pressure.

    `path_hash` is its SHA-256: the very same drawing twice is a finding (equality only, never likeness).
    """

    __tablename__ = "drawing"
    __table_args__ = (Index(None, "organisation_id", "path_hash"),)

    path: Mapped[str] = mapped_column(Text)
    path_hash: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime]


class StatementCause(StrEnum):
    """Why somebody else speaks for the person."""

    NO_BADGE = "no-badge"
    NO_PHONE = "no-phone"
    UNABLE = "unable"
    REFUSES = "refuses"
    PAPER = "paper"
    OTHER = "other"


class Statement(Sent, Tenanted, Base):
    """Somebody says, with a reason, that a person was there (grade E): never shown as the person's signature.

    `paper_id` is the photograph of the paper sheet that it transcribes. `source` and `key` name the device and its
    request where one sent it.
    """

    __tablename__ = "statement"
    __table_args__ = (
        Index(None, "half_day_id"),
        Index(None, "attendee_id"),
        UniqueConstraint("source", "key"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    kind: Mapped[SignatureKind] = mapped_column(choice(SignatureKind))
    reason: Mapped[str] = mapped_column(String(300))
    stated_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    source: Mapped[int | None]
    key: Mapped[str | None] = mapped_column(String(80))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("facilitator.id"))
    cause: Mapped[StatementCause] = mapped_column(choice(StatementCause), default=StatementCause.OTHER)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))


class Countersignature(Tenanted, Base):
    """A facilitator's signature of one half-day, with the heads they counted and what they remark (300 letters)."""

    __tablename__ = "countersignature"
    __table_args__ = (
        UniqueConstraint("facilitator_id", "half_day_id", name="uq_countersignature_once"),
        CheckConstraint("headcount >= 0", name="headcount"),
    )

    facilitator_id: Mapped[int] = mapped_column(ForeignKey("facilitator.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("personal_link.id"))
    headcount: Mapped[int]
    remark: Mapped[str | None] = mapped_column(String(300))
    signed_at: Mapped[datetime]
