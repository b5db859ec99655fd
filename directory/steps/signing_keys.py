"""Making the key that signs badges."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.models import Organisation, SigningKey
from directory.queries.badges import seed_owner
from foundation.actors import Actor
from foundation.badges import new_seed
from foundation.keys import MasterKeys


def add_signing_key(db: Session, actor: Actor, *, keys: MasterKeys, now: datetime) -> SigningKey:
    """Write down the next key, its private half encrypted and bound to this row."""
    # Said in full because an organisation is founded in a session that sees every organisation.
    organisation = select(Organisation.id).where(Organisation.id == actor.organisation_id)
    # One at a time: the next number is counted, and two would count the same.
    db.execute(organisation.with_for_update())
    ours = SigningKey.organisation_id == actor.organisation_id
    number = (db.scalar(select(func.max(SigningKey.number)).where(ours)) or 0) + 1
    seed, public = new_seed()
    key = SigningKey(
        organisation_id=actor.organisation_id,
        number=number,
        public_key=public,
        private_key=keys.encrypt(seed, belongs_to=seed_owner(actor.organisation_id, number)),
        created_at=now,
    )
    db.add(key)
    db.flush()
    return key
