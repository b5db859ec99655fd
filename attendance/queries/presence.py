"""Whether anything says that somebody has come."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain import corrections
from attendance.domain.corrections import Applied
from attendance.models import Correction, CorrectionState, Signature, SignatureKind, Standing


def has_come(db: Session, attendee_id: int) -> bool:
    """Say whether a signature that counts, or a correction that still speaks, says that an attendee was there.

    An arrival or a departure, at any half-day. What others stated is no signature, and says nothing to booking.
    """
    signed = select(Signature.id).where(Signature.attendee_id == attendee_id, Signature.standing == Standing.COUNTS)
    if db.scalar(signed.limit(1)) is not None:
        return True
    return any(corrections.standing(made) is not None for made in _applied(db, attendee_id).values())


def _applied(db: Session, attendee_id: int) -> dict[tuple[int, SignatureKind], list[Applied]]:
    query = select(Correction).where(Correction.attendee_id == attendee_id, Correction.state == CorrectionState.APPLIED)
    found: dict[tuple[int, SignatureKind], list[Applied]] = defaultdict(list)
    for one in db.scalars(query.order_by(Correction.id)):
        if one.decided_at is not None:
            found[one.half_day_id, one.kind].append(Applied(one.action, one.observed_at, one.decided_at))
    return found
