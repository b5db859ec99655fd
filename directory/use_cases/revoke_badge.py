"""A lost badge stops counting, for scans that come after."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.models import Badge
from directory.queries import badges
from foundation import audit
from foundation.actors import Actor


def revoke_badge(db: Session, actor: Actor, *, now: datetime, badge_id: int) -> Badge:
    """Revoke one badge; doing it again changes nothing. Raises BadgeNotFound."""
    require(actor, Permission.SCAN)
    badge = badges.by_id(db, badge_id)
    if badge.revoked_at is None:
        badge.revoked_at = now
        audit.record(db, actor, action="badge-revoked", subject=("badge", badge.id), now=now)
    return badge
