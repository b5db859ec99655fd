"""Which hold does this token open?"""

from __future__ import annotations

import hashlib

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from booking.domain.refusals import HoldNotFound
from booking.models import Hold


def hash_of(token: str) -> str:
    """Return what is stored of a token: it has 128 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def with_token(token: str) -> Select[Hold]:
    """Return the query of the hold that `token` opens."""
    return select(Hold).where(Hold.token_hash == hash_of(token))


def by_token(db: Session, token: str) -> Hold:
    """Return the hold, lapsed or not; raise HoldNotFound."""
    hold = db.scalar(with_token(token))
    if hold is None:
        raise HoldNotFound
    return hold
