"""What waits until a person has looked at it: scans, statements and undos of devices that are not simply believed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from attendance.domain.entries import EntryKind, Flag
from attendance.domain.reviews import COUNTS, EntryNotFound, can_be_accepted
from attendance.domain.verdicts import Verdict
from attendance.models import Attendee, HalfDay, Meeting, Review, Scan, ScanUndo, SignatureKind
from directory.models import Agent, Beneficiary, Device, Organisation


@dataclass(frozen=True)
class ReviewLine:
    """One entry with whom and what it is about, as far as that is known, and what somebody decided of it.

    `told_at` is the device's own clock; `observed_at` is that clock corrected. `reason` and `cause` are a statement's.
    """

    id: int
    what: EntryKind
    meeting_id: int | None
    name: str | None
    title: str | None
    time_zone: str
    starts_at: datetime | None
    ends_at: datetime | None
    kind: SignatureKind | None
    cause: str | None
    reason: str | None
    device: str | None
    agent: str
    told_at: datetime | None
    observed_at: datetime
    recorded_at: datetime
    verdict: Verdict
    flags: tuple[Flag, ...]
    is_acceptable: bool
    counts_already: bool
    review: Review
    reviewed_at: datetime | None
    reviewed_by: str | None
    review_reason: str | None


def entry(db: Session, entry_id: int) -> Scan | ScanUndo:
    """Return the row of an entry that somebody has to look at, or has; raise EntryNotFound."""
    found = db.get(Scan, entry_id) or db.get(ScanUndo, entry_id)
    if found is None or found.review is None:
        raise EntryNotFound
    return found


def by_id(db: Session, entry_id: int) -> ReviewLine:
    """Return one entry, decided or not; raise EntryNotFound."""
    found = _lines(db, [entry_id])
    if not found:
        raise EntryNotFound
    return found[0]


def waiting(db: Session, *, after: int | None = None, limit: int = 50) -> tuple[list[ReviewLine], int | None]:
    """Return what waits, the oldest first, and the id after which the next page begins: four statements."""
    found = sorted(entry_id for model in (Scan, ScanUndo) for entry_id in db.scalars(_waiting(model, after, limit)))
    return _lines(db, found[:limit]), found[limit - 1] if len(found) > limit else None


def _waiting(model: type[Scan | ScanUndo], after: int | None, limit: int) -> Select[int]:
    query = select(model.id).where(model.review == Review.AWAITING, model.id > (after or 0))
    return query.order_by(model.id).limit(limit + 1)


def _lines(db: Session, wanted: Collection[int]) -> list[ReviewLine]:
    reviewer = aliased(Agent)
    undone = and_(Scan.source == ScanUndo.source, Scan.key == ScanUndo.undone_key)
    scans = _about(select(Scan, *_columns(reviewer)).select_from(Scan), Scan, reviewer)
    undos = select(ScanUndo, *_columns(reviewer)).select_from(ScanUndo).outerjoin(Scan, undone)
    found = [*db.execute(scans.where(Scan.id.in_(wanted), Scan.review.is_not(None)))]
    about = _about(undos, ScanUndo, reviewer)
    found += db.execute(about.where(ScanUndo.id.in_(wanted), ScanUndo.review.is_not(None)))
    return sorted((_line(row) for row in found), key=lambda one: one.id)


def _columns(reviewer: Any) -> tuple[Any, ...]:
    zone = func.coalesce(Meeting.time_zone, Organisation.time_zone)
    title = func.coalesce(func.nullif(HalfDay.title, ""), Meeting.title)
    return Scan.kind.label("scan_kind"), Beneficiary, HalfDay, title, zone, Device.name, Agent.name, reviewer.name


def _about(query: Select[Any], model: type[Scan | ScanUndo], reviewer: Any) -> Select[Any]:
    """Join what an entry is about: an undo is about what its scan was."""
    return (
        query.join(Organisation, Organisation.id == model.organisation_id)
        .join(Agent, Agent.id == model.agent_id)
        .outerjoin(Device, Device.id == model.device_id)
        .outerjoin(HalfDay, HalfDay.id == Scan.half_day_id)
        .outerjoin(Meeting, Meeting.id == HalfDay.meeting_id)
        .outerjoin(Attendee, Attendee.id == Scan.attendee_id)
        .outerjoin(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .outerjoin(reviewer, reviewer.id == model.reviewed_by)
    )


def _line(row: Any) -> ReviewLine:
    one, kind, person, half_day, title, zone, device, agent, reviewer = row
    is_undo, told = isinstance(one, ScanUndo), getattr(one, "answer", {})
    verdict = Verdict(one.verdict)
    return ReviewLine(
        one.id,
        EntryKind.UNDO if is_undo else EntryKind(told.get("what", EntryKind.SCAN)),
        half_day.meeting_id if half_day else None,
        person.full_name if person else None,
        title,
        zone,
        half_day.starts_at if half_day else None,
        half_day.ends_at if half_day else None,
        kind,
        told.get("cause"),
        told.get("reason"),
        device,
        agent,
        one.told_at,
        one.observed_at,
        one.recorded_at,
        verdict,
        tuple(Flag(flag) for flag in one.flags or ()),
        can_be_accepted(verdict, is_of_somebody=is_undo or one.half_day_id is not None),
        verdict in COUNTS,
        one.review,
        one.reviewed_at,
        reviewer,
        one.review_reason,
    )
