"""Staff say that a sheet is wrong: at once while that is fresh, else a second person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import corrections
from attendance.models import Correction, CorrectionAction, CorrectionState, SignatureKind
from attendance.steps import corrections as rows
from attendance.steps.settling import Cell
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor, ActorKind


@dataclass(frozen=True)
class Proposal:
    """What is wrong of one person at one half-day, and why; a withdrawal says no time."""

    attendee_id: int
    half_day_id: int
    kind: SignatureKind
    action: CorrectionAction
    reason: str
    observed_at: datetime | None = None


def propose_correction(db: Session, actor: Actor, *, now: datetime, meeting_id: int, proposal: Proposal) -> int:
    """Keep the correction, and apply it until 48 hours after the half-day's end; return its id.

    What a program proposes always waits for a person. Raises MeetingNotFound, AttendeeNotFound, HalfDayNotFound,
    SheetIsClosed, UnreadableCorrection, CorrectionWaits, NothingToCorrect or PresentAlready.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    half_day = rows.open_half_day(
        db, meeting_id=meeting_id, attendee_id=proposal.attendee_id, half_day_id=proposal.half_day_id
    )
    by = actor.agent_id
    reason = _tidy(proposal.reason)
    hours = {"starts_at": half_day.starts_at, "ends_at": half_day.ends_at}
    corrections.check(proposal.action, reason=reason, observed_at=proposal.observed_at, now=now, **hours)
    cell = Cell(proposal.attendee_id, proposal.half_day_id, proposal.kind)
    rows.check_alone(db, cell)
    signature = rows.check_sense(db, cell, proposal.action)
    is_person = by is not None or actor.kind is ActorKind.SYSTEM
    waits = corrections.needs_second_hand(half_day.ends_at, now=now) or not is_person
    correction = Correction(
        organisation_id=actor.organisation_id,
        attendee_id=cell.attendee_id,
        half_day_id=cell.half_day_id,
        kind=cell.kind,
        action=proposal.action,
        signature_id=signature.id if signature and proposal.action is CorrectionAction.WITHDRAW else None,
        observed_at=proposal.observed_at,
        reason=reason,
        state=CorrectionState.PENDING if waits else CorrectionState.APPLIED,
        proposed_at=now,
        proposed_by=by,
        decided_at=None if waits else now,
        decided_by=None if waits else by,
    )
    db.add(correction)
    db.flush()
    audit.record(db, actor, action="correction.proposed", subject=("correction", correction.id), now=now)
    if not waits:
        rows.apply(db, actor, correction, now=now)
    return correction.id


def _tidy(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
