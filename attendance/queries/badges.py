"""What a scanner needs to know of a badge, of the keys that may have signed it, and of what it sent before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from attendance.models import Review, Scan, ScanUndo
from directory.models import Badge, Beneficiary, Device, Organisation, SigningKey
from foundation.badges import BadgePayload

LARGEST_ID = (1 << 63) - 1


@dataclass(frozen=True)
class Known:
    """What is known when a badge is shown: an earlier scan under the same key; the badge, its holder, and its key.

    `public_key` is None when that key was withdrawn, or never was. `only_venue_id` is the one venue that the device is
    bound to, if it is. `is_undone`: an undo of this scan has arrived before it, and is believed.
    """

    scan: Scan | None
    badge: Badge | None
    holder: Beneficiary | None
    public_key: bytes | None
    only_venue_id: int | None = None
    is_undone: bool = False


def known(
    db: Session,
    *,
    organisation_id: int,
    source: int,
    key: str,
    payload: BadgePayload | None,
    device_id: int | None = None,
) -> Known:
    """Return in one statement what is known; `payload` is None when nothing of ours could be read."""
    # No badge has an empty number, and no key the number 0.
    number, key_number = (payload.number.hex(), payload.key_number) if payload else ("", 0)
    this_key = and_(
        SigningKey.organisation_id == organisation_id,
        SigningKey.number == key_number,
        SigningKey.withdrawn_at.is_(None),
    )
    believed = or_(ScanUndo.review.is_(None), ScanUndo.review == Review.ACCEPTED)
    undone = exists().where(ScanUndo.source == source, ScanUndo.undone_key == key, believed)
    query = (
        select(Scan, Badge, Beneficiary, SigningKey.public_key, Device.venue_id, undone)
        .select_from(Organisation)  # so that there is one row whatever is found
        .outerjoin(Scan, and_(Scan.source == source, Scan.key == key))
        .outerjoin(SigningKey, this_key)
        .outerjoin(Badge, and_(Badge.number == number, Badge.key_number == key_number))
        .outerjoin(Beneficiary, Beneficiary.id == Badge.beneficiary_id)
        .outerjoin(Device, Device.id == (device_id or 0))
        .where(Organisation.id == organisation_id)
    )
    row = db.execute(query).one()
    return Known(row[0], row[1], row[2], row[3], row[4], row[5])


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
