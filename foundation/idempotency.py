"""One effect for one `Idempotency-Key`: its row is written in the transaction of the effect, with the answer given.

So there is no moment at which the effect is there and the answer is not, whatever is killed. After the IETF draft
«The Idempotency-Key HTTP Header Field». A refusal changed nothing and leaves no row: the same key may be tried again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from foundation.database import Outrun
from foundation.keys import MasterKeys
from foundation.models import IdempotencyKey
from foundation.refusals import Conflict, Invalid
from foundation.rows import insert_if_absent

KEPT = timedelta(hours=24)
PATIENCE = timedelta(seconds=2)
_LOCK_NOT_AVAILABLE = "55P03"
_REQUEST = "idempotent request"


class KeyReused(Invalid):
    """This `Idempotency-Key` was used for another request."""


class StillRunning(Conflict):
    """The first request with this `Idempotency-Key` has not ended yet."""

    retry_after = 1


@dataclass(frozen=True)
class Sent:
    """A request that may have been sent before: whose it is, its key, and the SHA-256 of all it says."""

    caller: str
    key: str
    request_hash: str


@dataclass(frozen=True)
class Kept:
    """An answer as it was given."""

    status: int
    headers: dict[str, str]
    body: bytes


def claim(db: Session, sent: Sent, keys: MasterKeys, *, now: datetime) -> Kept | None:
    """Take the key for this transaction and return None, or return the answer that was given under it.

    A twin that has not ended is waited for, two seconds at most; raises StillRunning after that, and KeyReused when
    the key belongs to another request.
    """
    mine = IdempotencyKey.caller == sent.caller, IdempotencyKey.key == sent.key
    said = keys.fingerprints(_REQUEST, sent.request_hash)
    with _patience(db):
        db.execute(delete(IdempotencyKey).where(*mine, IdempotencyKey.expires_at <= now))
        inserted = insert_if_absent(
            db,
            IdempotencyKey,
            caller=sent.caller,
            key=sent.key,
            request_hash=said[0],
            created_at=now,
            expires_at=now + KEPT,
            status=0,
            headers={},
            body="",
        )
    if inserted is not None:
        return None
    row = db.scalar(select(IdempotencyKey).where(*mine))
    if row is None:
        # Its day ended between the two statements, by the clock of the worker that forgets.
        raise Outrun
    if row.request_hash not in said:
        raise KeyReused
    return Kept(row.status, row.headers, keys.decrypt(row.body, belongs_to=_owner(sent)))


@contextmanager
def _patience(db: Session) -> Iterator[None]:
    if db.get_bind().dialect.name != "postgresql":
        yield
        return
    db.execute(text(f"SET LOCAL lock_timeout = {int(PATIENCE.total_seconds() * 1000)}"))
    try:
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise StillRunning from error
        raise
    db.execute(text("SET LOCAL lock_timeout = DEFAULT"))


def keep(db: Session, sent: Sent, answer: Kept, keys: MasterKeys) -> None:
    """Write the answer beside the key that was claimed in this transaction."""
    mine = update(IdempotencyKey).where(IdempotencyKey.caller == sent.caller, IdempotencyKey.key == sent.key)
    body = keys.encrypt(answer.body, belongs_to=_owner(sent))
    db.execute(mine.values(status=answer.status, headers=answer.headers, body=body))


def forget(db: Session, *, now: datetime) -> None:
    """Delete the answers that are older than a day."""
    db.execute(delete(IdempotencyKey).where(IdempotencyKey.expires_at <= now))


def _owner(sent: Sent) -> str:
    return f"idempotency {sent.caller} {sent.key}"
