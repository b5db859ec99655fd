"""Staff change a training that is planned: what it is called, its half-days, who is enrolled and who leads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound
from attendance.domain.trainings import FacilitatorNotFound, Leader, MeetingIsBooked, Span, Training
from attendance.models import Facilitator, HalfDay, Meeting, MeetingKind
from attendance.queries import training_rows
from attendance.queries.training_rows import TrainingRows
from attendance.steps import trainings as steps
from attendance.steps.evidence import open_meeting
from attendance.steps.invitations import announce_invitations
from attendance.steps.training_changes import TakenOut, move, take_out
from attendance.use_cases.add_walk_in import WalkIn
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor

R = TypeVar("R")
CHANGEABLE = ("title", "agreement_title", "seats", "needs_drawing", "invites")


@dataclass(frozen=True)
class SpanChange:
    """A half-day of the training that is to be different; what is None stays."""

    half_day_id: int
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    title: str | None = None


@dataclass(frozen=True)
class TrainingChanges:
    """What is to be different; whoever and whatever is not named stays, so that two who change at once lose nothing.

    `values` are some of CHANGEABLE. `people` are typed by name, `beneficiary_ids` are known.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    half_days: Sequence[SpanChange] = ()
    new_half_days: Sequence[Span] = ()
    new_leaders: Sequence[Leader] = ()
    beneficiary_ids: Sequence[int] = ()
    people: Sequence[WalkIn] = ()
    out: TakenOut = field(default_factory=TakenOut)


def change_training(db: Session, actor: Actor, *, now: datetime, meeting_id: int, changes: TrainingChanges) -> None:
    """Change a training while its sheet is open, all of it or nothing, and ask to sign by its new hours and people.

    What somebody has signed, stated, counted or countersigned keeps its hours and stays. Raises MeetingNotFound,
    SheetIsClosed, MeetingIsBooked, UnreadableTraining, HalfDayNotFound, FacilitatorNotFound, AttendeeNotFound,
    BeneficiaryNotFound, AgentNotFound, HalfDayHasEvidence, FacilitatorHasEvidence or AttendeeHasEvidence.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    meeting = open_meeting(db, meeting_id)
    if meeting.kind is not MeetingKind.TRAINING:
        raise MeetingIsBooked
    rows = training_rows.of_meeting(db, meeting_id)
    _refuse_strangers(rows, changes)
    _, region = steps.clock_and_region(db, actor, meeting.venue_id)
    leaders = steps.reachable(db, changes.new_leaders, region)
    people = [*changes.beneficiary_ids, *(_meet(db, actor, one, region, now=now) for one in changes.people)]
    spans = {one.half_day_id: _changed(rows.half_days[one.half_day_id], one) for one in changes.half_days}
    _as_it_will_be(meeting, rows, changes, spans=spans, leaders=leaders, people=people).check()
    changed = _fill(meeting, changes.values)
    take_out(db, changes.out)
    kept = {one: span for one, span in spans.items() if one not in changes.out.half_day_ids}
    move(db, rows.half_days, kept)
    steps.add_half_days(db, meeting, changes.new_half_days)
    steps.add_leaders(db, meeting, leaders)
    enrolled = steps.enrol(db, meeting, people)
    announce_invitations(db, actor, now=now, meeting_id=meeting_id)
    told: dict[str, str | int] = {
        "changed": " ".join(changed),
        "half_days": len(kept) + len(changes.new_half_days) + len(changes.out.half_day_ids),
        "leaders": len(leaders) + len(changes.out.facilitator_ids),
        "people": enrolled + len(changes.out.attendee_ids),
    }
    if any(told.values()):
        audit.record(db, actor, action="training.changed", subject=("meeting", meeting_id), now=now, **told)


def _refuse_strangers(rows: TrainingRows, changes: TrainingChanges) -> None:
    named = {one.half_day_id for one in changes.half_days} | set(changes.out.half_day_ids)
    if not named <= rows.half_days.keys():
        raise HalfDayNotFound
    if not set(changes.out.facilitator_ids) <= rows.facilitators.keys():
        raise FacilitatorNotFound
    if not set(changes.out.attendee_ids) <= rows.attendees.keys():
        raise AttendeeNotFound


def _meet(db: Session, actor: Actor, one: WalkIn, region: str, *, now: datetime) -> int:
    typed = asdict(one)
    typed.pop("beneficiary_id")
    return steps.meet(db, actor, **typed, region=region, now=now)


def _changed(half_day: HalfDay, change: SpanChange) -> Span:
    return Span(
        change.starts_at or half_day.starts_at,
        change.ends_at or half_day.ends_at,
        half_day.title if change.title is None else change.title,
    )


def _as_it_will_be(
    meeting: Meeting,
    rows: TrainingRows,
    changes: TrainingChanges,
    *,
    spans: Mapping[int, Span],
    leaders: Sequence[Leader],
    people: Sequence[int],
) -> Training:
    values = {name: changes.values.get(name, getattr(meeting, name)) for name in CHANGEABLE}
    enrolled = {one.beneficiary_id for one in _kept(rows.attendees, changes.out.attendee_ids)}
    led = [_leader(one) for one in _kept(rows.facilitators, changes.out.facilitator_ids)]
    planned = [
        spans.get(one.id) or Span(one.starts_at, one.ends_at, one.title)
        for one in _kept(rows.half_days, changes.out.half_day_ids)
    ]
    return Training(
        **values,
        half_days=[*planned, *changes.new_half_days],
        beneficiary_ids=[*enrolled.union(people)],
        leaders=[*led, *leaders],
        venue_id=meeting.venue_id,
        video_room=meeting.video_room,
    )


def _kept(rows: Mapping[int, R], out: Collection[int]) -> list[R]:
    return [row for identifier, row in rows.items() if identifier not in out]


def _leader(one: Facilitator) -> Leader:
    return Leader(one.name, one.email, one.phone, one.agent_id, one.language)


def _fill(meeting: Meeting, values: Mapping[str, Any]) -> list[str]:
    tidy = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "agreement_title" in tidy:
        tidy["agreement_title"] = tidy["agreement_title"] or None
    changed = sorted(name for name, value in tidy.items() if getattr(meeting, name) != value)
    for name in changed:
        setattr(meeting, name, tidy[name])
    return changed
