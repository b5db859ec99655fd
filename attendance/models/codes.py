"""The state of codes: of the one-time code and of the room's; no code itself is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from attendance.models.signatures import SignatureKind
from foundation.models import Base, Tenanted, choice


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


class RoomCodeUse(Tenanted, Base):
    """A step of the room's code was accepted from an attendee, and is not again (RFC 6238 §5.2).

    `way` is `code` (15 s steps) or `word` (60 s steps).
    """

    __tablename__ = "room_code_use"
    __table_args__ = (UniqueConstraint("attendee_id", "way", "step"),)

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id", ondelete="CASCADE"))
    way: Mapped[str] = mapped_column(String(10))
    step: Mapped[int]
    used_at: Mapped[datetime]
