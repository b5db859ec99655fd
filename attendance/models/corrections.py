"""Corrections: who says that a sheet is wrong, why, and who agreed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from attendance.models.signatures import SignatureKind
from foundation.models import Base, Tenanted, choice


class CorrectionAction(StrEnum):
    """What a correction says: a signature does not count; a person was there after all; or it was at another time."""

    WITHDRAW = "withdraw"
    PRESENT = "present"
    TIME = "time"


class CorrectionState(StrEnum):
    """A correction is applied at once, or waits for a second person."""

    PENDING = "pending"
    APPLIED = "applied"
    DECLINED = "declined"


class Correction(Tenanted, Base):
    """Somebody corrects what a sheet says of one (attendee, half-day, kind): appended, never edited.

    `observed_at` is the time that it says. After 48 hours a second person decides; what was there stays on the sheet.
    A withdrawal names the signature that counted; without one it takes back what others had stated or corrected.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index(None, "half_day_id"),
        Index(None, "attendee_id"),
        Index(None, "organisation_id", "state"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("action = 'withdraw' OR signature_id IS NULL", name="signature"),
        CheckConstraint("(action = 'withdraw') = (observed_at IS NULL)", name="time"),
    )

    attendee_id: Mapped[int] = mapped_column(ForeignKey("attendee.id"))
    half_day_id: Mapped[int] = mapped_column(ForeignKey("half_day.id"))
    kind: Mapped[SignatureKind] = mapped_column(choice(SignatureKind))
    action: Mapped[CorrectionAction] = mapped_column(choice(CorrectionAction))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    observed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300))
    state: Mapped[CorrectionState] = mapped_column(choice(CorrectionState))
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
