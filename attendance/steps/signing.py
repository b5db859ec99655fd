"""The one place that inserts a signature: one, ever, for each (attendee, half-day, arrival or departure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.events import AttendeeSigned
from attendance.models import Grade, Method, Signature, SignatureKind
from foundation.actors import Actor
from foundation.outbox import announce
from foundation.rows import insert_if_absent


@dataclass(frozen=True)
class Evidence:
    """How a signature was made: the method, the grade that follows from it, and what it rests on."""

    method: Method
    grade: Grade
    observed_at: datetime
    agent_id: int | None = None
    badge_id: int | None = None
    link_id: int | None = None


@dataclass(frozen=True)
class Signed:
    """`is_new` is false when there was a signature already; then `observed_at` is that one's."""

    is_new: bool
    observed_at: datetime


def sign(
    db: Session,
    actor: Actor,
    *,
    attendee_id: int,
    half_day_id: int,
    kind: SignatureKind,
    evidence: Evidence,
    now: datetime,
) -> Signed:
    """Sign, and announce it; or say when it was signed already."""
    what = {"attendee_id": attendee_id, "half_day_id": half_day_id, "kind": kind}
    signature_id = insert_if_absent(
        db,
        Signature,
        organisation_id=actor.organisation_id,
        **what,
        method=evidence.method,
        grade=evidence.grade,
        observed_at=evidence.observed_at,
        recorded_at=now,
        agent_id=evidence.agent_id,
        badge_id=evidence.badge_id,
        link_id=evidence.link_id,
    )
    if signature_id is None:
        there = db.scalars(select(Signature.observed_at).filter_by(**what)).one()
        return Signed(is_new=False, observed_at=there)
    event = AttendeeSigned(signature_id, attendee_id, half_day_id, kind.value)
    announce(db, actor, event, now=now)
    return Signed(is_new=True, observed_at=evidence.observed_at)
