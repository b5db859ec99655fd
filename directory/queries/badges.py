"""Which badge, and what does its QR say?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory.domain.refusals import BadgeNotFound
from directory.models import Badge, SigningKey
from foundation.badges import BadgePayload, write_badge
from foundation.keys import MasterKeys


def seed_owner(organisation_id: int, number: int) -> str:
    """Return to whom an encrypted private key is bound: one key of one organisation."""
    return f"signing key {organisation_id}:{number}"


def by_id(db: Session, badge_id: int) -> Badge:
    """Return one badge, good or not; raise BadgeNotFound."""
    found = db.get(Badge, badge_id)
    if found is None:
        raise BadgeNotFound
    return found


def live_of(db: Session, beneficiary_id: int, *, now: datetime) -> Badge | None:
    """Return the live badge of a beneficiary that lasts longest."""
    query = select(Badge).where(
        Badge.beneficiary_id == beneficiary_id, Badge.revoked_at.is_(None), Badge.expires_at > now
    )
    return db.scalar(query.order_by(Badge.expires_at.desc(), Badge.id.desc()).limit(1))


def public_keys(db: Session) -> list[SigningKey]:
    """Return the keys that still verify, the newest first."""
    query = select(SigningKey).where(SigningKey.withdrawn_at.is_(None)).order_by(SigningKey.number.desc())
    return list(db.scalars(query))


def select_keys() -> Select[SigningKey]:
    """Ask for every key of the organisation, withdrawn ones included."""
    return select(SigningKey)


def text_of(db: Session, badge: Badge, keys: MasterKeys) -> str:
    """Return what the QR of `badge` says: made anew each time, and the same each time (RFC 8032 is deterministic)."""
    key = db.scalars(select(SigningKey).where(SigningKey.number == badge.key_number)).one()
    seed = keys.decrypt(key.private_key, belongs_to=seed_owner(badge.organisation_id, key.number))
    payload = BadgePayload(key.number, badge.organisation_id, bytes.fromhex(badge.number), badge.expires_at)
    return write_badge(payload, seed=seed)
