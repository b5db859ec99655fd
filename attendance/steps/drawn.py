"""A signature drawn by somebody whom a search has found: before an agent, or alone at a kiosk."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.domain import windows
from attendance.domain.drawings import readable
from attendance.domain.entries import EntryKind
from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound
from attendance.domain.verdicts import Verdict
from attendance.models import Method, SignatureKind
from attendance.steps import scans, undoing
from attendance.steps.judging import known_of
from attendance.steps.observing import Moment, Seen, observe
from attendance.steps.scans import Answer, Judged, SentScan
from attendance.steps.statements import Person, expectation_of
from directory.queries import people
from foundation.actors import Actor


@dataclass(frozen=True)
class SentDrawing:
    """What was drawn and for whom, word for word: `attendee` is the reference that a search gave."""

    key: str
    attendee: str
    kind: SignatureKind
    observed_at: datetime
    drawing: str

    @property
    def body_hash(self) -> str:
        """The SHA-256 of everything but the key."""
        told = ["drawing", self.attendee, self.kind, self.observed_at.isoformat(), self.drawing]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def judge_drawn(
    db: Session,
    actor: Actor,
    person: Person | None,
    seen: Seen,
    *,
    moment: Moment,
    only_venue_id: int | None,
) -> Judged:
    """Return the first refusal that holds, or sign. None is whoever cannot be read, or somebody of nowhere here."""
    if person is None or seen.drawing is None:
        return Judged(Verdict.MALFORMED)
    try:
        one = expectation_of(db, person).as_of(moment.at)
    except (AttendeeNotFound, HalfDayNotFound):
        return Judged(Verdict.WRONG_MEETING)
    is_nowhere = one.venue_id is None and seen.method is Method.DRAWN_AT_KIOSK  # a tablet in a hall is in no video room
    if is_nowhere or (only_venue_id is not None and one.venue_id != only_venue_id):
        return Judged(Verdict.WRONG_MEETING)
    holder = people.by_id(db, one.beneficiary_id)
    return replace(observe(db, actor, one, seen, moment), holder=holder)


def beside(judged: Judged) -> dict[str, Any]:
    """Return what the row of a drawing says that the row of a scan does not: nobody showed a badge."""
    whom = {"beneficiary_id": judged.holder.id} if judged.holder else {}
    return {"what": EntryKind.DRAWING.value} | whom


def sign_online(
    db: Session, actor: Actor, sent: SentDrawing, person: Person | None, *, method: Method, now: datetime
) -> Answer:
    """Judge one drawing that arrives at once, and keep the answer under its key, which is looked up before any rule."""
    known = known_of(db, actor, sent.key, None)
    if known.scan is not None:
        return scans.again(db, actor, sent.body_hash, known, now=now)
    moment = Moment(now, windows.observed_at(sent.observed_at, now=now), now)
    seen = Seen(sent.kind, sent.key, method, readable(sent.drawing))
    judged = judge_drawn(db, actor, person, seen, moment=moment, only_venue_id=known.only_venue_id)
    if known.is_undone:
        judged = undoing.as_undone(db, actor, judged, source=scans.source_of(actor), key=sent.key, now=now)
    row = {"body_hash": sent.body_hash, "target_kind": None, "target_id": None}
    shell = SentScan(sent.key, "", scans.NOWHERE, sent.kind, moment.observed_at)
    scans.keep(db, actor, shell, judged, now=now, beside=beside(judged), **row)
    return judged.answer()
