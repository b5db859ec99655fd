"""What else proves, or tells, that somebody was there or was not."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base, Tenanted, choice


class AttachmentKind(StrEnum):
    """What a file shows."""

    PAPER = "paper"
    DOCUMENT = "document"


class Attachment(Tenanted, Base):
    """A file beside a meeting: the photograph of a paper sheet, or what proves remote work (D6313-3-1 C. trav.)."""

    __tablename__ = "attachment"
    __table_args__ = (Index(None, "meeting_id"),)

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    half_day_id: Mapped[int | None] = mapped_column(ForeignKey("half_day.id"))
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendee.id"))
    kind: Mapped[AttachmentKind] = mapped_column(choice(AttachmentKind))
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(60))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    content_hash: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class ConnectionOrigin(StrEnum):
    """Where connection times come from."""

    TYPED = "typed"
    IMPORTED = "imported"


class ConnectionTime(Tenanted, Base):
    """When an attendee was connected to the video room, as it was typed in or as the video service wrote it down."""

    __tablename__ = "connection_time"
    __table_args__ = (
        UniqueConstraint("attendee_id", "half_day_id", "connected_at"),
        Index(None, "half_day_id"),
        CheckConstraint("connected_at < disconnected_at", name="order"),
    )

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    connected_at: Mapped[datetime]
    disconnected_at: Mapped[datetime]
    origin: Mapped[ConnectionOrigin] = mapped_column(choice(ConnectionOrigin))
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))


class AbsenceCategory(StrEnum):
    """How an absence is told; never why (no medical detail)."""

    ANNOUNCED = "announced"
    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class Absence(Tenanted, Base):
    """What is known of an absence at one half-day."""

    __tablename__ = "absence"
    __table_args__ = (UniqueConstraint("attendee_id", "half_day_id"), Index(None, "half_day_id"))

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    category: Mapped[AbsenceCategory] = mapped_column(choice(AbsenceCategory))
    told_at: Mapped[datetime]
    told_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
