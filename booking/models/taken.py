"""What takes a place: the time of a resource, the seat of a workshop. No double booking begins here."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.settings import LONGEST
from foundation.models import Base, Tenanted, choice


class EngagementKind(StrEnum):
    """Why a resource is taken."""

    APPOINTMENT = "appointment"
    WORKSHOP = "workshop"
    HOLD = "hold"


class Engagement(Tenanted, Base):
    """A resource is taken `[start, end + pause)`, in whole minutes since 1970 (UTC), by exactly one thing.

    On PostgreSQL an exclusion constraint forbids two of one resource that overlap, with integer ranges so that no
    extension is needed. An override by staff stands outside of it, and is respected by search and writer all the same;
    it names its author (an agent's id) and reason. None lasts longer than LONGEST minutes, so that a search knows how
    far back to look.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        CheckConstraint("start_minute < end_minute", name="order"),
        CheckConstraint(f"end_minute - start_minute <= {LONGEST}", name="length"),
        CheckConstraint("is_override = (override_reason IS NOT NULL)", name="override"),
        CheckConstraint(
            "(kind = 'appointment') = (appointment_id IS NOT NULL) AND (kind = 'workshop') = (workshop_id IS NOT NULL)"
            " AND (kind = 'hold') = (hold_id IS NOT NULL) AND (kind = 'hold') = (expires_minute IS NOT NULL)",
            name="one_cause",
        ),
        Index(None, "resource_id", "end_minute"),
        Index(None, "appointment_id"),
        Index(None, "workshop_id"),
        Index(None, "hold_id"),
        ExcludeConstraint(
            (text("int8range(resource_id, resource_id, '[]')"), "&&"),
            (text("int8range(start_minute, end_minute)"), "&&"),
            using="gist",
            where=text("NOT is_override"),
            name="ex_engagement_overlap",
        ).ddl_if(dialect="postgresql"),
    )

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    kind: Mapped[EngagementKind] = mapped_column(choice(EngagementKind))
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    workshop_id: Mapped[int | None] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"))
    expires_minute: Mapped[int | None]
    is_override: Mapped[bool] = mapped_column(default=False)
    override_by: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    override_reason: Mapped[str | None] = mapped_column(String(300))


class Seat(Tenanted, Base):
    """One numbered seat of a workshop, taken by an appointment or kept by a hold: the last one goes to one person."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("workshop_id", "number"),
        CheckConstraint("(appointment_id IS NULL) <> (hold_id IS NULL)", name="one_cause"),
        CheckConstraint("number > 0", name="number"),
        Index(None, "appointment_id"),
        Index(None, "hold_id"),
    )

    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id", ondelete="CASCADE"))
    number: Mapped[int]
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"))
