"""Who was asked to sign, when and how."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import Base, Tenanted, choice


class Occasion(StrEnum):
    """Why somebody is asked to sign."""

    OPENING = "opening"
    REMINDER = "reminder"
    AGAIN = "again"


class Invitation(Tenanted, Base):
    """An attendee or a facilitator was asked to sign a half-day: when, how, and whether for the first time.

    `key` makes the opening and the reminder happen once. `channel` is None when there was no way to reach them.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "half_day_id"),
        CheckConstraint("(attendee_id IS NULL) <> (facilitator_id IS NULL)", name="whom"),
    )

    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id", ondelete="CASCADE"))
    attendee_id: Mapped[int | None] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"))
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("facilitator.id", ondelete="CASCADE"))
    occasion: Mapped[Occasion] = mapped_column(choice(Occasion))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("personal_link.id"))
    channel: Mapped[str | None] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
