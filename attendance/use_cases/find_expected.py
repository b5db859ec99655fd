"""An agent looks for somebody by name at a door. The search is kept in the audit trail, without the name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.expectations import Expectation
from attendance.domain.targets import Target
from attendance.models import Attendee, HalfDay, Meeting, Signature, SignatureKind, Standing, Statement
from attendance.steps import finding
from directory.domain.permissions import Permission, require
from directory.models import Beneficiary
from directory.queries import people
from foundation import audit
from foundation.actors import Actor

MOST = 10


@dataclass(frozen=True)
class Found:
    """Somebody with that name who is expected here, and whether they have signed or were stated present."""

    name: str
    expectation: Expectation
    signed_at: datetime | None
    is_stated: bool


def find_expected(db: Session, actor: Actor, *, now: datetime, query: str, target: Target) -> list[Found]:
    """Return who has that name and is expected at this door; raise QueryTooShort under three letters."""
    require(actor, Permission.SEARCH_PEOPLE)
    expectations = finding.at_door(db, target, now=now)
    among = select(Beneficiary.id).where(Beneficiary.id.in_({one.beneficiary_id for one in expectations}))
    found = {one.id: one for one in people.named_like(db, query, among=among, most=MOST)}
    subject = (target.kind.value, target.identifier)
    audit.record(db, actor, action="people.searched", subject=subject, now=now, found=len(found))
    wanted = [one for one in expectations if one.beneficiary_id in found]
    return [_found(db, found[one.beneficiary_id].full_name, one) for one in wanted[: 2 * MOST]]


def _found(db: Session, name: str, expectation: Expectation) -> Found:
    # At most twenty people: one small question each is simpler than one large one.
    mine = select(Attendee.id).join(Meeting, Meeting.id == Attendee.meeting_id)
    mine = mine.where(Attendee.beneficiary_id == expectation.beneficiary_id)
    half_day = select(HalfDay.id)
    if expectation.half_day_id is not None:
        half_day = half_day.where(HalfDay.id == expectation.half_day_id)
    elif expectation.workshop_id is not None:
        half_day = half_day.join(Meeting, Meeting.id == HalfDay.meeting_id)
        half_day = half_day.where(Meeting.workshop_id == expectation.workshop_id)
    else:
        half_day = half_day.join(Meeting, Meeting.id == HalfDay.meeting_id)
        half_day = half_day.where(Meeting.appointment_id == expectation.appointment_id)
    signed_at = db.scalar(
        select(Signature.observed_at).where(
            Signature.attendee_id.in_(mine),
            Signature.half_day_id.in_(half_day),
            Signature.kind == SignatureKind.ARRIVAL,
            Signature.standing == Standing.COUNTS,
        )
    )
    stated = select(Statement.id).where(Statement.attendee_id.in_(mine), Statement.half_day_id.in_(half_day))
    return Found(name, expectation, signed_at, db.scalar(stated.limit(1)) is not None)
