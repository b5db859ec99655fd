"""A badge is shown to an agent: whatever the verdict, the scan is kept, so a «no» is returned and never raised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.refusals import WitnessNeeded
from attendance.steps import scans, undoing
from attendance.steps.judging import Case, known_of, read
from attendance.steps.observing import Moment
from attendance.steps.scans import Answer, SentScan
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def scan_badge(db: Session, actor: Actor, *, now: datetime, sent: SentScan, foreign_key: bytes | None = None) -> Answer:
    """Judge one scan, sign if nothing is against it, and keep the answer under the scan's key.

    The key is looked up before any rule: a retry hears the first answer again, whatever has changed since.
    `foreign_key` is the public key of the other organisation that the badge names, read by the page: this session
    sees one organisation alone, and «not ours» is said only of a badge that is good under that key.
    Raises WitnessNeeded when no agent answers for the scan, and HalfDayNotFound. Accepted, it is five statements.
    """
    require(actor, Permission.SCAN)
    if actor.agent_id is None:
        raise WitnessNeeded
    said = read(sent.badge)
    known = known_of(db, actor, sent.key, said)
    if known.scan is not None:
        return scans.again(db, actor, sent.body_hash, known, now=now)
    moment = Moment(now, windows.observed_at(sent.observed_at, now=now), now)
    judged = Case(db, actor, sent, known, moment).judge(said, foreign_key=foreign_key)
    if known.is_undone:
        judged = undoing.as_undone(db, actor, judged, source=scans.source_of(actor), key=sent.key, now=now)
    scans.keep(db, actor, sent, judged, now=now)
    return judged.answer()
