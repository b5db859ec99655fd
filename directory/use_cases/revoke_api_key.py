"""A key stops opening anything, from the next request on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.domain.refusals import OwnApiKey
from directory.models import ApiKey
from directory.queries import api_keys
from foundation import audit
from foundation.actors import Actor, ActorKind


def revoke_api_key(db: Session, actor: Actor, *, now: datetime, key_id: int) -> ApiKey:
    """Revoke one key; doing it again changes nothing. Raises ApiKeyNotFound, and OwnApiKey for the key in use."""
    require(actor, Permission.ADMINISTER)
    key = api_keys.by_id(db, key_id)
    if actor.kind is ActorKind.PROGRAM and actor.through == key.id:
        raise OwnApiKey
    if key.revoked_at is None:
        key.revoked_at = now
        audit.record(db, actor, action="api-key-revoked", subject=("api_key", key.id), now=now)
    return key
