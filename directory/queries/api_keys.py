"""Whose key is this, and which keys are there?"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from directory.domain.refusals import ApiKeyNotFound
from directory.models import Agent, ApiKey, Device, Organisation
from directory.queries.devices import is_live


@dataclass(frozen=True)
class KnownKey:
    """A live key with its organisation and, when it is a device's, the device."""

    key: ApiKey
    organisation: Organisation
    device: Device | None


def hash_of(text: str) -> str:
    """Return what is stored of a key: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(text.encode()).hexdigest()


def by_text(db: Session, text: str, *, now: datetime) -> KnownKey | None:
    """Return the live key that has this text, in one statement.

    A key dies with its end, its revocation, the end or the revocation of its device, and when the agent who answers for
    the device has left.
    """
    query = (
        select(ApiKey, Organisation, Device)
        .join(Organisation, Organisation.id == ApiKey.organisation_id)
        .outerjoin(Device, Device.id == ApiKey.device_id)
        .outerjoin(Agent, Agent.id == Device.agent_id)
        .where(ApiKey.secret_hash == hash_of(text), ApiKey.revoked_at.is_(None), ApiKey.expires_at > now)
        .where(or_(Device.id.is_(None), is_live(now)))
    )
    row = db.execute(query).one_or_none()
    return None if row is None else KnownKey(row[0], row[1], row[2])


def select_every() -> Select[ApiKey]:
    """Ask for all keys of the organisation, ended ones included: people look there for what was used when.

    Those that enrolled devices come and go with are left out.
    """
    return select(ApiKey).where(ApiKey.by_challenge.is_(False))


def every(db: Session) -> list[ApiKey]:
    """Return all keys of the organisation, the oldest first."""
    return list(db.scalars(select_every().order_by(ApiKey.id)))


def by_id(db: Session, key_id: int) -> ApiKey:
    """Return one key; raise ApiKeyNotFound."""
    found = db.get(ApiKey, key_id)
    if found is None:
        raise ApiKeyNotFound
    return found
