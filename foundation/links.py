"""Personal links: capabilities that are scoped, expire and can be revoked.

The row says what the link opens; the address carries the row's id and a signature of it by the master key. So a copy of
the database opens nothing, and a link can be written again in a later message without having been kept.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation import ids
from foundation.actors import Actor
from foundation.keys import MasterKeys
from foundation.models import PersonalLink
from foundation.refusals import Expired, NotFound

SIGNATURE_BYTES = 16


class LinkNotFound(NotFound):
    """No such link: mistyped, altered, or of another kind."""


class LinkExpired(Expired):
    """The link was good once: its time is over, or it was withdrawn."""


class _ShortHmac(SigningAlgorithm):
    """HMAC-SHA256 (RFC 2104) cut to 128 bits, so that a link fits in an SMS beside a sentence."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, hashlib.sha256)[:SIGNATURE_BYTES]


def _signer(purpose: str, keys: MasterKeys) -> Signer:
    # itsdangerous wants the newest key last; ours are newest first.
    derived = list(reversed(keys.derive_all(f"personal link: {purpose}")))
    return Signer(derived, algorithm=_ShortHmac(), key_derivation="none", sep=".")


def link_token(link: PersonalLink, keys: MasterKeys) -> str:
    """Return the 36 characters that stand in the address of `link`."""
    return _signer(link.purpose, keys).sign(ids.to_text(link.id)).decode()


def link_id(token: str, purpose: str, keys: MasterKeys) -> int:
    """Return the id that a token of this purpose names; raise LinkNotFound when the signature is not ours."""
    try:
        return ids.from_text(_signer(purpose, keys).unsign(token).decode())
    except (BadSignature, ValueError) as error:
        raise LinkNotFound from error


def follow(db: Session, token: str, *, purpose: str, keys: MasterKeys, now: datetime) -> PersonalLink:
    """Return the live link that `token` names; raise LinkNotFound or LinkExpired."""
    link = db.get(PersonalLink, link_id(token, purpose, keys))
    if link is None or link.purpose != purpose:
        raise LinkNotFound
    if link.revoked_at is not None or link.expires_at <= now:
        raise LinkExpired
    return link


def give_link(
    db: Session, actor: Actor, *, purpose: str, subject_id: int, channel: str, lasts: timedelta, now: datetime
) -> PersonalLink:
    """Return the link of this purpose, subject and channel, made now or made longer, never shortened."""
    link = db.scalar(
        select(PersonalLink).where(
            PersonalLink.purpose == purpose,
            PersonalLink.subject_id == subject_id,
            PersonalLink.channel == channel,
        )
    )
    if link is None:
        link = PersonalLink(
            organisation_id=actor.organisation_id,
            purpose=purpose,
            subject_id=subject_id,
            channel=channel,
            created_at=now,
            expires_at=now + lasts,
        )
        db.add(link)
    elif link.revoked_at is None:
        link.expires_at = max(link.expires_at, now + lasts)
    db.flush()
    return link
