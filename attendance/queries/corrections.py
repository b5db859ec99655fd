"""Which corrections there are, and which wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from attendance.domain.corrections import CorrectionNotFound
from attendance.models import Attendee, Correction, CorrectionState, HalfDay, Meeting
from attendance.queries.cell_view import CorrectionView
from attendance.queries.sheet_rows import correction_view
from directory.models import Agent, Beneficiary, Organisation
from foundation.rows import take_page


@dataclass(frozen=True)
class CorrectionLine:
    """A correction with whom and what it is about; `proposer_id` is the agent who may not decide it."""

    meeting_id: int
    attendee_id: int
    half_day_id: int
    name: str
    title: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    proposer_id: int | None
    correction: CorrectionView


def by_id(db: Session, correction_id: int) -> CorrectionLine:
    """Return one correction; raise CorrectionNotFound."""
    row = db.execute(_lines().where(Correction.id == correction_id)).one_or_none()
    if row is None:
        raise CorrectionNotFound
    return _line(row)


def waiting(db: Session, *, after: int | None = None, limit: int = 100) -> tuple[list[CorrectionLine], int | None]:
    """Return what waits for a second person, the oldest first, and the id after which the next page begins."""
    pending = select(Correction).where(Correction.state == CorrectionState.PENDING)
    found, following = take_page(db, pending, Correction.id, after=after, limit=limit)
    rows = db.execute(_lines().where(Correction.id.in_([one.id for one in found])).order_by(Correction.id))
    return [_line(row) for row in rows], following


def is_any_waiting(db: Session, meeting_id: int) -> bool:
    """Say whether corrections of a meeting wait for a second person."""
    query = select(Correction.id).join(Attendee, Attendee.id == Correction.attendee_id)
    pending = query.where(Attendee.meeting_id == meeting_id, Correction.state == CorrectionState.PENDING)
    return db.scalar(pending.limit(1)) is not None


@dataclass(frozen=True)
class CorrectionToTell:
    """A correction that was applied, and whom to tell of it."""

    correction: Correction
    half_day: HalfDay
    meeting: Meeting
    organisation: Organisation
    person: Beneficiary


def to_tell(db: Session, correction_id: int) -> CorrectionToTell | None:
    """Return an applied correction with whom it is about."""
    query = (
        select(Correction, HalfDay, Meeting, Organisation, Beneficiary)
        .join(HalfDay, HalfDay.id == Correction.half_day_id)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .join(Organisation, Organisation.id == Meeting.organisation_id)
        .join(Attendee, Attendee.id == Correction.attendee_id)
        .join(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .where(Correction.id == correction_id, Correction.state == CorrectionState.APPLIED)
    )
    row = db.execute(query).one_or_none()
    return None if row is None else CorrectionToTell(row[0], row[1], row[2], row[3], row[4])


def _lines() -> Select[*tuple[Any, ...]]:
    proposer, decider = aliased(Agent), aliased(Agent)
    return (
        select(Correction, proposer.name, decider.name, HalfDay, Meeting, Beneficiary)
        .join(HalfDay, HalfDay.id == Correction.half_day_id)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .join(Attendee, Attendee.id == Correction.attendee_id)
        .join(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .outerjoin(proposer, proposer.id == Correction.proposed_by)
        .outerjoin(decider, decider.id == Correction.decided_by)
    )


def _line(row: Any) -> CorrectionLine:
    one, proposed_by, decided_by, half_day, meeting, person = row
    return CorrectionLine(
        meeting.id,
        one.attendee_id,
        one.half_day_id,
        person.full_name,
        half_day.title or meeting.title,
        meeting.time_zone,
        half_day.starts_at,
        half_day.ends_at,
        one.proposed_by,
        correction_view(one, proposed_by, decided_by),
    )
