"""Whoever shows false tokens and signatures again and again is made to wait, before anything is compared.

Both are far too long to be guessed: this keeps a machine gone wild from costing the house a signature check each time.
A device is counted within a network, so that nobody who knows its id can lock it out from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.domain.enrolment import FAILURES_COUNT_FOR, FIRST_DELAY, TooManyProofs
from foundation import throttle
from foundation.models import Throttle


@dataclass(frozen=True)
class ProofCounter:
    """Under which name failures are counted (a keyed hash), and after how many it closes."""

    name: str
    most: int


def refuse_many_failures(db: Session, *, now: datetime, counters: Sequence[ProofCounter]) -> None:
    """Return when none of these is closed; raise TooManyProofs. It reads only: who has not failed leaves no row."""
    names = [counter.name for counter in counters]
    rows = db.scalars(select(Throttle).where(Throttle.name.in_(names)))
    waits = [
        row.closed_until - now for row in rows if row.closed_until is not None and throttle.is_closed(row, now=now)
    ]
    if waits:
        raise TooManyProofs(retry_after=max(1, int(max(waits).total_seconds())))


def count_failed_proof(db: Session, *, now: datetime, counters: Sequence[ProofCounter]) -> None:
    """Count one failure, in a transaction of its own: the refusal has rolled back the one it was met in."""
    for counter in sorted(counters, key=lambda counter: counter.name):
        row = throttle.locked(db, counter.name, now=now)
        throttle.count(row, most=counter.most, window=FAILURES_COUNT_FOR, delay=FIRST_DELAY, now=now)
