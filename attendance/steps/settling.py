"""Which observation of a signature counts: the earliest, and when it is taken back the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from attendance.models import Attendee, Signature, SignatureKind, Standing


@dataclass(frozen=True)
class Cell:
    """What of one (attendee, half-day, kind) counts at most one signature."""

    attendee_id: int
    half_day_id: int
    kind: SignatureKind


def lock(db: Session, cell: Cell) -> None:
    """Keep everybody else from settling what one person signed, until the transaction ends.

    Taken before the observations are read: PostgreSQL shows a statement what was there when it began, so whoever took
    back the one that counts would not see a duplicate that is just being kept, and nobody would count.
    """
    db.execute(select(Attendee.id).where(Attendee.id == cell.attendee_id).with_for_update(key_share=True))


def settle(db: Session, cell: Cell) -> Signature | None:
    """Have the earliest good observation count (ties: source, then key); return it, or None where there is none.

    `lock` comes first. Every good observation of the cell is locked until the transaction ends.
    """
    good = observations(cell).where(Signature.standing.in_([Standing.COUNTS, Standing.DUPLICATE]))
    found = db.scalars(good.with_for_update().execution_options(populate_existing=True)).all()
    first = min(found, key=order, default=None)
    # The one that counted gives way first: the index lets two count at no moment.
    for one in found:
        if one is not first and one.standing is Standing.COUNTS:
            stand(db, one, Standing.DUPLICATE)
    if first is not None and first.standing is not Standing.COUNTS:
        stand(db, first, Standing.COUNTS)
    return first


def stand(db: Session, signature: Signature, standing: Standing) -> None:
    """Change what one observation is worth, at once; with the cell or its meeting locked, and `settle` follows."""
    db.execute(update(Signature).where(Signature.id == signature.id).values(standing=standing))
    db.refresh(signature)


def observations(cell: Cell) -> Select[Signature]:
    """Select everything that was observed of a cell, whatever it is worth."""
    return select(Signature).where(
        Signature.attendee_id == cell.attendee_id,
        Signature.half_day_id == cell.half_day_id,
        Signature.kind == cell.kind,
    )


def order(signature: Signature) -> tuple[datetime, int, str]:
    """Return by what observations are put in order: time, then source, then key."""
    return signature.observed_at, signature.source, signature.key
