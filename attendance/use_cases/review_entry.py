"""A person looks at what a device sent that is not simply believed, and accepts it or sets it aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.reviews import check_acceptance, check_rejection, reason_of
from attendance.domain.verdicts import Verdict
from attendance.models import Review, Scan
from attendance.queries import reviews
from attendance.steps import reviewing
from directory.domain.permissions import Permission, require
from directory.queries import devices
from foundation import audit
from foundation.actors import Actor


def review_entry(db: Session, actor: Actor, *, now: datetime, entry_id: int, accepts: bool, reason: str) -> None:
    """Decide an entry; of two who decide at once, one is told too late. Nothing is deleted either way.

    Accepted, it becomes what it would have been, at the time it was observed. Raises ReviewReasonNeeded, EntryNotFound
    and EntryDecided; EntryOfNobody, EntryRefused, EntryOfTheFuture and SheetIsClosed for what cannot be accepted;
    EntryCounts for what is set aside by a correction alone.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    reason = reason_of(reason)
    entry = reviews.entry(db, entry_id)
    if entry.device_id is not None:
        devices.locked(db, entry.device_id)  # so that no scan and its undo pass each other
    review = Review.ACCEPTED if accepts else Review.REJECTED
    reviewing.claim(db, entry, review=review, by=actor.agent_id, reason=reason, now=now)
    verdict, is_scan = Verdict(entry.verdict), isinstance(entry, Scan)
    if accepts:
        is_of_somebody = entry.half_day_id is not None if isinstance(entry, Scan) else True
        check_acceptance(verdict, is_of_somebody=is_of_somebody, observed_at=entry.observed_at, now=now)
        reviewing.accept(db, actor, entry, now=now)
    else:
        check_rejection(verdict)
    subject = ("scan" if is_scan else "scan_undo", entry.id)
    audit.record(db, actor, action=f"entry.{review.value}", subject=subject, now=now)
