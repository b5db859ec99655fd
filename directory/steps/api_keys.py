"""Making the key of a program: the text is returned once and kept nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission
from directory.models import ApiKey
from directory.queries.api_keys import hash_of
from foundation import audit
from foundation.actors import Actor

PREFIX = "paraphe_"
SECRET_BYTES = 32
LASTS = timedelta(days=365)
LONGEST = timedelta(days=2 * 365)


def make_key(
    db: Session,
    actor: Actor,
    *,
    name: str,
    scopes: Collection[Permission],
    now: datetime,
    expires_at: datetime | None = None,
    device_id: int | None = None,
) -> tuple[ApiKey, str]:
    """Write a key down and return it with its text: a prefix by which leaks are found, and 256 random bits."""
    text = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey(
        organisation_id=actor.organisation_id,
        name=name,
        device_id=device_id,
        secret_hash=hash_of(text),
        hint=text[-4:],
        scopes=sorted({scope.value for scope in scopes}),
        created_at=now,
        expires_at=min(expires_at or now + LASTS, now + LONGEST),
    )
    db.add(key)
    db.flush()
    audit.record(db, actor, action="api-key-made", subject=("api_key", key.id), now=now, scopes=" ".join(key.scopes))
    return key, text
