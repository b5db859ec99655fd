"""What a scanner needs to know of a badge and of the keys that may have signed it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from attendance.models import Scan
from directory.models import Badge, Beneficiary, SigningKey

LARGEST_ID = (1 << 63) - 1


@dataclass(frozen=True)
class KnownBadge:
    """A badge with its holder and the key it names (None: that key was withdrawn, or never was)."""

    badge: Badge
    holder: Beneficiary
    public_key: bytes | None


def known(db: Session, *, organisation_id: int, key_number: int, number: str) -> KnownBadge | None:
    """Return in one statement what is known of the badge with this number, which this key should have signed."""
    this_key = and_(
        SigningKey.organisation_id == organisation_id,
        SigningKey.number == key_number,
        SigningKey.withdrawn_at.is_(None),
    )
    key = select(SigningKey.public_key).where(this_key).scalar_subquery()
    query = (
        select(Badge, Beneficiary, key)
        .join_from(Badge, Beneficiary, Beneficiary.id == Badge.beneficiary_id)
        .where(Badge.number == number, Badge.key_number == key_number)
    )
    row = db.execute(query).one_or_none()
    return KnownBadge(row[0], row[1], row[2]) if row is not None else None


def public_key(db: Session, *, organisation_id: int, number: int) -> bytes | None:
    """Return the key of any organisation; for a session of EVERY_ORGANISATION, to tell «not ours» from «unknown».

    A badge has room for 64 bits, ids have 63: whoever forges one may name a number that no database can be asked for.
    """
    if organisation_id > LARGEST_ID:
        return None
    return db.scalar(
        select(SigningKey.public_key).where(
            SigningKey.organisation_id == organisation_id,
            SigningKey.number == number,
            SigningKey.withdrawn_at.is_(None),
        )
    )


def holder(db: Session, badge_id: int) -> Beneficiary | None:
    """Return whose badge it is."""
    query = select(Beneficiary).join(Badge, Badge.beneficiary_id == Beneficiary.id).where(Badge.id == badge_id)
    return db.scalar(query)


def scan_by_key(db: Session, *, source: int, key: str) -> Scan:
    """Return the scan that a source sent under a key."""
    return db.scalars(select(Scan).where(Scan.source == source, Scan.key == key)).one()
