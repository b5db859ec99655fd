"""Taking a scan back: an event of its own, which may arrive before the scan that it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from attendance.domain.entries import is_undone_in_time
from attendance.domain.events import SignatureUndone
from attendance.domain.verdicts import Verdict
from attendance.models import HalfDay, Meeting, Review, Scan, ScanUndo, SheetState, Signature, Standing
from attendance.steps import scans
from attendance.steps.scans import Judged
from attendance.steps.settling import Cell, lock, settle, stand
from foundation import audit
from foundation.actors import Actor
from foundation.database import Outrun
from foundation.outbox import announce
from foundation.rows import insert_if_absent


def answered(db: Session, actor: Actor, *, key: str, body_hash: str, now: datetime) -> Verdict | None:
    """Return the first answer to an undo of this key and body; another body under its key is refused, and that is kept.

    None when the key is new.
    """
    source = scans.source_of(actor)
    first = db.scalar(select(ScanUndo).where(ScanUndo.source == source, ScanUndo.key == key))
    if first is not None and first.body_hash == body_hash:
        return Verdict(first.verdict)
    scan_id = db.scalar(select(Scan.id).where(Scan.source == source, Scan.key == key))
    if first is None and scan_id is None:
        return None
    subject = ("scan_undo", first.id) if first is not None else ("scan", scan_id or 0)
    audit.record(db, actor, action="scan.key-reused", subject=subject, now=now, body=body_hash)
    return Verdict.KEY_REUSED


def keep_undo(
    db: Session,
    actor: Actor,
    *,
    key: str,
    undone_key: str,
    body_hash: str,
    observed_at: datetime,
    now: datetime,
    counts: bool = True,
    **told: Any,
) -> Verdict:
    """Keep the undo, and take the scan back if it is there, in time, and its sheet still open; return the verdict.

    Raises Outrun when a twin with the same key has just been kept. `told` are the columns of an entry of a queue.
    """
    verdict = Verdict.AWAITING_REVIEW if not counts else Verdict.UNDONE
    signature = observation_of(db, scans.source_of(actor), undone_key) if counts else None
    if signature is not None and not can_be_undone(db, signature, observed_at):
        verdict = Verdict.UNDO_TOO_LATE
    kept = insert_if_absent(
        db,
        ScanUndo,
        organisation_id=actor.organisation_id,
        source=scans.source_of(actor),
        key=key,
        undone_key=undone_key,
        body_hash=body_hash,
        verdict=verdict.value,
        agent_id=actor.agent_id,
        device_id=scans.device_of(actor),
        observed_at=observed_at,
        recorded_at=now,
        **told,
    )
    if kept is None:
        raise Outrun
    if signature is not None and verdict is Verdict.UNDONE:
        take_back(db, actor, signature, now=now)
    return verdict


def as_undone(db: Session, actor: Actor, judged: Judged, *, source: int, key: str, now: datetime) -> Judged:
    """Take back what a scan has just signed, because its undo has arrived before it; unless that came too late."""
    if judged.verdict not in {Verdict.SIGNED, Verdict.ALREADY_SIGNED}:
        return judged
    if not take_back_if_undone(db, actor, source=source, key=key, now=now):
        return judged
    return replace(judged, verdict=Verdict.UNDONE, signed_at=None)


def take_back_if_undone(db: Session, actor: Actor, *, source: int, key: str, now: datetime) -> bool:
    """Take back a scan that has just been kept, if its undo has arrived before it; say whether it was."""
    believed = or_(ScanUndo.review.is_(None), ScanUndo.review == Review.ACCEPTED)
    undo = select(ScanUndo).where(ScanUndo.source == source, ScanUndo.undone_key == key, believed)
    signature = observation_of(db, source, key)
    if signature is None:
        return False
    if not any(can_be_undone(db, signature, one.observed_at) for one in db.scalars(undo)):
        return False
    take_back(db, actor, signature, now=now)
    return True


def observation_of(db: Session, source: int, key: str) -> Signature | None:
    """Return what a scan has signed, whatever it is worth."""
    return db.scalar(select(Signature).where(Signature.source == source, Signature.key == key))


def can_be_undone(db: Session, signature: Signature, undone_at: datetime) -> bool:
    """Say whether an undo of this time takes it back: within thirty seconds, and until the sheet is closed."""
    if not is_undone_in_time(signature.observed_at, undone_at):
        return False
    query = select(Meeting.sheet_state).join(HalfDay, HalfDay.meeting_id == Meeting.id)
    query = query.where(HalfDay.id == signature.half_day_id).with_for_update(read=True, of=Meeting)
    return db.scalars(query).one() is SheetState.OPEN


def take_back(db: Session, actor: Actor, signature: Signature, *, now: datetime) -> None:
    """Have an observation count no more; the next observed one takes over."""
    cell = Cell(signature.attendee_id, signature.half_day_id, signature.kind)
    lock(db, cell)
    db.refresh(signature)
    if signature.standing not in {Standing.COUNTS, Standing.DUPLICATE}:
        return
    stand(db, signature, Standing.UNDONE)
    if settle(db, cell) is None:
        event = SignatureUndone(signature.id, cell.attendee_id, cell.half_day_id, cell.kind.value)
        announce(db, actor, event, now=now)
