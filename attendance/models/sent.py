"""What every entry of a device's queue keeps, whatever it is about."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.models import choice


class Review(StrEnum):
    """Whether a person has to look at what a device sent, or has done so."""

    AWAITING = "awaiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Sent:
    """What is kept of an entry of a device's queue, beside what it is about; all None for what was told at once.

    `told_at` is the time by the device's clock; `list_offset` and `upload_offset` are how many milliseconds that clock
    was behind ours when the day's list was fetched and when the queue arrived; `counter` numbers a device's entries;
    `shown` is the verdict that the device gave by itself; `proof` is its signature of the entry (ECDSA on P-256 over
    SHA-256, in base64); `flags` are what a person should know.
    """

    counter: Mapped[int | None]
    told_at: Mapped[datetime | None]
    list_offset: Mapped[int | None]
    upload_offset: Mapped[int | None]
    shown: Mapped[str | None] = mapped_column(String(24))
    proof: Mapped[str | None] = mapped_column(String(120))
    flags: Mapped[list[str] | None]
    review: Mapped[Review | None] = mapped_column(choice(Review))
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[int | None]
    review_reason: Mapped[str | None] = mapped_column(String(300))
