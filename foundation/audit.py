"""The audit trail: one line beside each change, in the same transaction, by ids and never by personal data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.actors import Actor
from foundation.models import AuditEntry


def record(
    db: Session,
    actor: Actor,
    *,
    action: str,
    subject: tuple[str, int],
    now: datetime,
    **details: str | int | None,
) -> None:
    """Append who did `action` to the row `subject` (its kind and id)."""
    db.add(
        AuditEntry(
            organisation_id=actor.organisation_id,
            at=now,
            actor_kind=actor.kind.value,
            actor_id=actor.identifier,
            through=actor.through,
            action=action,
            subject_kind=subject[0],
            subject_id=subject[1],
            details=dict(details),
        )
    )
