"""The rows that findings are made of, one statement each, whatever the number of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from attendance.domain import coherence
from attendance.domain.findings import Doubt, Seen, Span, Stay
from attendance.models import (
    Attendee,
    Drawing,
    Facilitator,
    HalfDay,
    Meeting,
    MeetingKind,
    Review,
    Scan,
    Signature,
    Standing,
    Statement,
)
from directory.models import Beneficiary, Device


def seen(db: Session, meeting_id: int) -> tuple[list[Seen], dict[int, int]]:
    """Return the signatures that count at a meeting, and whose row each attendee is, by the person's id."""
    found, people = [], {}
    for _, seen_here, beneficiary_id in _signatures(db, Attendee.meeting_id == meeting_id):
        found.append(seen_here)
        people[seen_here.attendee_id] = beneficiary_id
    return found, people


def stays_elsewhere(db: Session, meeting_id: int, people: Iterable[int], within: Span) -> list[Stay]:
    """Return where else the same people were, by what they signed there, while this meeting had its half-days."""
    there = and_(
        Attendee.meeting_id != meeting_id,
        Attendee.beneficiary_id.in_(set(people)),
        HalfDay.starts_at < within.ends_at,
        HalfDay.ends_at > within.starts_at,
    )
    made: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    about: dict[tuple[int, int], tuple[Span, str, int]] = {}
    for (span, title), one, beneficiary_id in _signatures(db, there):
        key = (one.attendee_id, one.half_day_id)
        made[key].append(one)
        about[key] = (span, title, beneficiary_id)
    stays = (coherence.stay(span, made[key], title=title, who=who) for key, (span, title, who) in about.items())
    return [one for one in stays if one is not None]


def _signatures(db: Session, where: ColumnElement[bool]) -> list[tuple[tuple[Span, str], Seen, int]]:
    query = (
        select(Signature, HalfDay, Meeting.title, Beneficiary, Drawing.path_hash)
        .join(Attendee, Attendee.id == Signature.attendee_id)
        .join(Beneficiary, Beneficiary.id == Attendee.beneficiary_id)
        .join(HalfDay, HalfDay.id == Signature.half_day_id)
        .join(Meeting, Meeting.id == HalfDay.meeting_id)
        .outerjoin(Drawing, Drawing.id == Signature.drawing_id)
        .where(where, Signature.standing == Standing.COUNTS)
        .order_by(Signature.observed_at, HalfDay.starts_at, Signature.source, Signature.key)  # not as they arrived
    )
    return [
        (
            (Span(half_day.id, half_day.starts_at, half_day.ends_at), title),
            Seen(
                one.attendee_id,
                person.full_name,
                one.half_day_id,
                one.kind.is_departure,
                one.observed_at,
                one.source,
                path_hash,
            ),
            person.id,
        )
        for one, half_day, title, person, path_hash in db.execute(query)
    ]


def facilitators_elsewhere(db: Session, meeting_id: int, within: Span) -> tuple[Sequence[Facilitator], list[Stay]]:
    """Return who leads a meeting, and what else they led meanwhile: two statements.

    The same account or mail address is the same person; so is the same name, of two without an account. Of bookings,
    only what somebody signed at counts: the others may not have taken place.
    """
    mine = db.scalars(select(Facilitator).where(Facilitator.meeting_id == meeting_id)).all()
    signed = exists().where(Signature.half_day_id == HalfDay.id, Signature.standing == Standing.COUNTS)
    query = (
        select(Facilitator, HalfDay, Meeting.title)
        .join(Meeting, Meeting.id == Facilitator.meeting_id)
        .join(HalfDay, HalfDay.meeting_id == Meeting.id)
        .where(
            Meeting.id != meeting_id,
            HalfDay.starts_at < within.ends_at,
            HalfDay.ends_at > within.starts_at,
            or_(Meeting.kind == MeetingKind.TRAINING, signed),
            or_(
                Facilitator.agent_id.in_([one.agent_id for one in mine if one.agent_id]),
                func.lower(Facilitator.email).in_([one.email.lower() for one in mine if one.email]),
                Facilitator.name.in_([one.name for one in mine]),
            ),
        )
        .order_by(HalfDay.starts_at, Facilitator.id)
    )
    stays = [
        Stay(one.id, one.name, half_day.id, title, half_day.starts_at, half_day.ends_at)
        for other, half_day, title in db.execute(query)
        for one in mine
        if _is_same(one, other)
    ]
    return mine, stays


def _is_same(one: Facilitator, other: Facilitator) -> bool:
    if one.agent_id is not None and other.agent_id is not None:
        return one.agent_id == other.agent_id
    if one.email and other.email:
        return one.email.lower() == other.email.lower()
    return one.agent_id is None and other.agent_id is None and one.name == other.name


def drawings_elsewhere(db: Session, meeting_id: int, drawings: set[str]) -> set[str]:
    """Return which of these drawings also made a signature that counts at another meeting."""
    if not drawings:
        return set()
    query = (
        select(Drawing.path_hash)
        .join(Signature, Signature.drawing_id == Drawing.id)
        .join(Attendee, Attendee.id == Signature.attendee_id)
        .where(
            Drawing.path_hash.in_(drawings), Signature.standing == Standing.COUNTS, Attendee.meeting_id != meeting_id
        )
    )
    return set(db.scalars(query))


def doubts(db: Session, half_days: Iterable[int]) -> list[Doubt]:
    """Return what devices sent about these half-days that is not simply believed: two statements."""
    wanted = list(half_days)
    return [doubt for model in (Scan, Statement) for doubt in _doubts(db, model, wanted)]


def _doubts(db: Session, model: type[Scan | Statement], half_days: list[int]) -> list[Doubt]:
    is_late = and_(Device.revoked_at.is_not(None), model.recorded_at > Device.revoked_at)
    query = (
        select(model.half_day_id, model.review, model.flags, is_late)
        .outerjoin(Device, Device.id == model.device_id)
        .where(model.half_day_id.in_(half_days), or_(model.review.is_not(None), model.flags.is_not(None), is_late))
        .order_by(model.id)
    )
    return [
        Doubt(half_day_id or 0, review is Review.AWAITING, bool(flags) and review is not Review.REJECTED, bool(late))
        for half_day_id, review, flags, late in db.execute(query)
    ]
