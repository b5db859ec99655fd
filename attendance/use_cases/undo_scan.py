"""An agent takes back the scan they have just made: the wrong person, or the wrong half-day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.entries import sha256
from attendance.domain.refusals import WitnessNeeded
from attendance.domain.verdicts import Verdict
from attendance.steps import undoing
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


@dataclass(frozen=True)
class SentUndo:
    """What a scanner on the network sends: a key of its own, and that of the scan."""

    key: str
    undone_key: str
    observed_at: datetime

    @property
    def body_hash(self) -> str:
        """The SHA-256 of everything but the key."""
        return sha256(f"undo\n{self.undone_key}\n{self.observed_at.isoformat()}")


def undo_scan(db: Session, actor: Actor, *, now: datetime, sent: SentUndo) -> Verdict:
    """Return UNDONE, UNDO_TOO_LATE, or KEY_REUSED; its key is looked up first, as a scan's is."""
    require(actor, Permission.SCAN)
    if actor.agent_id is None:
        raise WitnessNeeded
    answered = undoing.answered(db, actor, key=sent.key, body_hash=sent.body_hash, now=now)
    if answered is not None:
        return answered
    return undoing.keep_undo(
        db,
        actor,
        key=sent.key,
        undone_key=sent.undone_key,
        body_hash=sent.body_hash,
        observed_at=windows.observed_at(sent.observed_at, now=now),
        now=now,
    )
