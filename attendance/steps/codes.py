"""The row that keeps the state of one-time codes, locked while it is looked at and changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from attendance.domain import codes
from attendance.domain.codes import CodeState
from attendance.models import OneTimeCode, SignatureKind
from foundation.actors import Actor
from foundation.keys import MasterKeys
from foundation.rows import insert_if_absent


def locked(db: Session, *, attendee_id: int, half_day_id: int, kind: SignatureKind) -> OneTimeCode | None:
    """Return the row, locked until the transaction ends, or None when no code was ever asked for."""
    mine = select(OneTimeCode).filter_by(attendee_id=attendee_id, half_day_id=half_day_id, kind=kind)
    return db.scalar(mine.with_for_update(key_share=True).execution_options(populate_existing=True))


def locked_or_new(
    db: Session, actor: Actor, *, attendee_id: int, half_day_id: int, kind: SignatureKind, now: datetime
) -> OneTimeCode:
    """Return the row, locked; a new one has no code yet: issue 0, run out as it is made."""
    what = {"attendee_id": attendee_id, "half_day_id": half_day_id, "kind": kind}
    insert_if_absent(
        db,
        OneTimeCode,
        organisation_id=actor.organisation_id,
        **what,
        issue=0,
        channel="",
        issued_at=now,
        expires_at=now,
        tries=0,
        failures=0,
        failures_since=now,
    )
    row = locked(db, attendee_id=attendee_id, half_day_id=half_day_id, kind=kind)
    if row is None:  # pragma: no cover - it was inserted or found a line above
        raise RuntimeError("a row that was just made is not there")
    return row


def state_of(row: OneTimeCode) -> CodeState:
    """Return what the domain needs to know of a row."""
    return CodeState(row.expires_at, row.used_at, row.tries, row.failures, row.failures_since, row.closed_until)


def is_right(row: OneTimeCode, typed: str, keys: MasterKeys) -> bool:
    """Say whether these digits are the present code."""
    name = codes.purpose(row.attendee_id, row.half_day_id, row.kind.value)
    return codes.is_code(typed, secrets=keys.derive_all(name, codes.SECRET_BYTES), issue=row.issue)


def use(db: Session, row: OneTimeCode, *, now: datetime) -> bool:
    """Use the present code up; False when somebody else has: the UPDATE finds an unused code or nothing."""
    unused = update(OneTimeCode).where(
        OneTimeCode.id == row.id, OneTimeCode.issue == row.issue, OneTimeCode.used_at.is_(None)
    )
    changed = unused.values(used_at=now).returning(OneTimeCode.id).execution_options(synchronize_session=False)
    return db.scalar(changed) is not None


def count_failure(row: OneTimeCode, *, now: datetime) -> None:
    """Count one wrong code."""
    after = state_of(row).after_failure(now)
    row.tries, row.failures = after.tries, after.failures
    row.failures_since, row.closed_until = after.failures_since, after.closed_until
