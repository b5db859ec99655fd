"""A new key signs from now on; the older ones go on verifying the badges that are already printed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.models import SigningKey
from directory.steps.signing_keys import add_signing_key
from foundation import audit
from foundation.actors import Actor
from foundation.keys import MasterKeys


def rotate_signing_key(db: Session, actor: Actor, *, now: datetime, keys: MasterKeys) -> SigningKey:
    """Add the next key of the organisation."""
    require(actor, Permission.ADMINISTER)
    key = add_signing_key(db, actor, keys=keys, now=now)
    audit.record(db, actor, action="signing-key-added", subject=("signing_key", key.id), now=now, number=key.number)
    return key
