"""Giving a beneficiary the badge that both services use."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import Badge, SigningKey
from directory.queries import badges
from foundation.actors import Actor

AFTER_THE_EVENT = timedelta(days=2)
NUMBER_BYTES = 16


def badge_until(db: Session, actor: Actor, *, beneficiary_id: int, until: datetime, now: datetime) -> Badge:
    """Return a live badge that is good until `until` and a little after, made now if there is none."""
    live = badges.live_of(db, beneficiary_id, now=now)
    if live is not None and live.expires_at >= until:
        return live
    newest = select(func.max(SigningKey.number)).where(SigningKey.withdrawn_at.is_(None))
    badge = Badge(
        organisation_id=actor.organisation_id,
        beneficiary_id=beneficiary_id,
        number=secrets.token_hex(NUMBER_BYTES),
        key_number=db.scalars(newest).one(),
        issued_at=now,
        # Whole seconds, because that is what the QR holds.
        expires_at=(until + AFTER_THE_EVENT).replace(microsecond=0),
    )
    db.add(badge)
    db.flush()
    return badge
