"""What becomes of an entry that a person has accepted: the observation, statement or undo that it would have been."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from attendance.domain import grades
from attendance.domain.entries import EntryKind, is_undone_in_time
from attendance.domain.refusals import SheetIsClosed
from attendance.domain.reviews import EntryDecided, EntryRefused
from attendance.domain.verdicts import Verdict
from attendance.models import Grade, Method, Review, Scan, ScanUndo, SignatureKind
from attendance.steps import signing, stating, undoing
from attendance.steps.observing import PROOFS
from attendance.steps.statements import of_attendee
from foundation.actors import Actor

_SENT = ("counter", "told_at", "list_offset", "upload_offset", "shown", "proof", "flags")
_REVIEWED = ("review", "reviewed_at", "reviewed_by", "review_reason")


def claim(db: Session, entry: Scan | ScanUndo, *, review: Review, by: int | None, reason: str, now: datetime) -> None:
    """Decide an entry that waits; raise EntryDecided when somebody else has."""
    model = type(entry)
    decided = {"review": review, "reviewed_at": now, "reviewed_by": by, "review_reason": reason}
    waiting = update(model).where(model.id == entry.id, model.review == Review.AWAITING)
    if db.scalar(waiting.values(decided).returning(model.id)) is None:
        raise EntryDecided
    db.refresh(entry)


def accept(db: Session, actor: Actor, entry: Scan | ScanUndo, *, now: datetime) -> None:
    """Have the entry count at the time it was observed; raise SheetIsClosed, or EntryRefused for an undo too late.

    What counts already, or was taken back, stays as it is.
    """
    if entry.verdict != Verdict.AWAITING_REVIEW:
        return
    if isinstance(entry, ScanUndo):
        _take_back(db, actor, entry, now=now)
    elif entry.attendee_id is None or entry.half_day_id is None:
        raise SheetIsClosed  # whoever had no row at a closed sheet was given none
    elif entry.answer.get("what") == EntryKind.STATEMENT:
        _state(db, actor, entry, (entry.attendee_id, entry.half_day_id), now=now)
    else:
        _sign(db, actor, entry, (entry.attendee_id, entry.half_day_id), now=now)


def _sign(db: Session, actor: Actor, scan: Scan, rows: tuple[int, int], *, now: datetime) -> None:
    is_drawn = scan.answer.get("what") == EntryKind.DRAWING
    method = Method.DRAWN_BEFORE_AGENT if is_drawn else Method.BADGE
    evidence = signing.Evidence(
        method,
        Grade(grades.grade(PROOFS[method])),
        scan.observed_at,
        agent_id=scan.agent_id,
        device_id=scan.device_id,
        badge_id=scan.badge_id,
        drawing_id=scan.answer.get("drawing_id"),
        source=scan.source,
        key=scan.key,
    )
    where = {"attendee_id": rows[0], "half_day_id": rows[1]}
    if signing.sign(db, actor, **where, kind=_kind(scan), evidence=evidence, now=now, hours=None).standing is None:
        raise SheetIsClosed
    undoing.take_back_if_undone(db, actor, source=scan.source, key=scan.key, now=now)


def _state(db: Session, actor: Actor, scan: Scan, rows: tuple[int, int], *, now: datetime) -> None:
    if of_attendee(db, *rows).is_closed:
        raise SheetIsClosed
    # Its author is whom the device was entrusted to, whoever accepts it.
    same = {name: getattr(scan, name) for name in ("source", "key", "agent_id", "device_id", *_SENT, *_REVIEWED)}
    told = stating.Stated(scan.answer["cause"], scan.answer["reason"], _kind(scan), scan.observed_at)
    stating.keep(db, actor, rows, told, now=now, **same)


def _take_back(db: Session, actor: Actor, undo: ScanUndo, *, now: datetime) -> None:
    signature = undoing.observation_of(db, undo.source, undo.undone_key)
    if signature is None:
        return  # it has not arrived, or waits itself: it will find this undo
    if not is_undone_in_time(signature.observed_at, undo.observed_at):
        raise EntryRefused
    if not undoing.can_be_undone(db, signature, undo.observed_at):
        raise SheetIsClosed
    undoing.take_back(db, actor, signature, now=now)


def _kind(scan: Scan) -> SignatureKind:
    if scan.kind is None:  # pragma: no cover - an entry without a kind is malformed, and nobody accepts it
        raise EntryRefused
    return scan.kind
