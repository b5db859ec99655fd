"""Every scan that was ever sent, and every scan that was taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from attendance.models.sent import Sent
from attendance.models.signatures import SignatureKind
from foundation.models import Base, Tenanted, choice


class Scan(Sent, Tenanted, Base):
    """Every scan ever sent, accepted or refused, with the answer it got: the same key and body get it again.

    `source` is what sent it (the staff session of the scanner page, or the device); `body_hash` is the SHA-256 of what
    was sent. Scans kept before migration 0002 do not say their door and kind.
    """

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index(None, "organisation_id", "recorded_at"),
        Index(
            "ix_scan_counter",
            "device_id",
            "counter",
            sqlite_where=text("counter IS NOT NULL"),
            postgresql_where=text("counter IS NOT NULL"),
        ),
        Index(
            "ix_scan_awaiting",
            "organisation_id",
            "recorded_at",
            sqlite_where=text("review = 'awaiting'"),
            postgresql_where=text("review = 'awaiting'"),
        ),
    )

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
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendee.id"))
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class ScanUndo(Sent, Tenanted, Base):
    """A scan is taken back, within seconds and on the same device: an event of its own, which may arrive first."""

    __tablename__ = "scan_undo"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index(None, "source", "undone_key"),
        Index(None, "organisation_id", "recorded_at"),
    )

    source: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    undone_key: Mapped[str] = mapped_column(String(80))
    body_hash: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(24))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
