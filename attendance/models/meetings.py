"""Meetings (séances), their half-days, and who has to do with them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

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


class Meeting(Tenanted, Base):
    """A séance: one or more half-days, at a venue or in a video room, and its attendance sheet.

    For an appointment or a workshop the row is made once it was booked, or by whoever touches it before that.
    `needs_drawing`: a badge alone does not sign, a signature is drawn too. `invites`: personal links leave by
    themselves when a half-day opens. `seats`: how many the room holds. `agreement_title`: what the agreement with the
    funder calls it. `room_issue` counts how often the secret of the room's codes was renewed. `reference` is the
    planner's own name of a training, by which a file that is sent twice plans it once.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("appointment_id"),
        UniqueConstraint("workshop_id"),
        Index(None, "organisation_id", "kind"),
        Index("uq_meeting_reference", "organisation_id", "reference", unique=True),
        CheckConstraint(
            "(kind = 'appointment') = (appointment_id IS NOT NULL) AND (kind = 'workshop') = (workshop_id IS NOT NULL)",
            name="one_cause",
        ),
        CheckConstraint("seats > 0", name="seats"),
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
    needs_drawing: Mapped[bool] = mapped_column(default=False)
    invites: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int | None]
    agreement_title: Mapped[str | None] = mapped_column(String(200))
    reference: Mapped[str | None] = mapped_column(String(80))
    room_issue: Mapped[int] = mapped_column(default=0)
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
    """A beneficiary who is expected at a meeting (inscrit), or came without being expected."""

    __tablename__ = "attendee"
    __table_args__ = (UniqueConstraint("meeting_id", "beneficiary_id"), Index(None, "beneficiary_id"))

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiary.id"))
    is_walk_in: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime | None]


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
