"""Staff plan a training: its half-days, who is enrolled, and who leads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from attendance.domain.refusals import UnreadableTraining
from attendance.models import Attendee, Facilitator, HalfDay, Meeting, MeetingKind
from directory.domain.permissions import Permission, require
from directory.queries import organisations, people, venues
from foundation import audit
from foundation.actors import Actor


@dataclass(frozen=True)
class Span:
    """A half-day: its hours, and the title of its module if it has its own."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True)
class Leader:
    """Who leads it, with an account or without."""

    name: str
    email: str | None = None
    phone: str | None = None
    agent_id: int | None = None
    language: str = "fr"


@dataclass(frozen=True)
class Training:
    """What is planned: at a venue, or in a video room."""

    title: str
    half_days: Sequence[Span]
    beneficiary_ids: Sequence[int]
    leaders: Sequence[Leader]
    venue_id: int | None = None
    video_room: str | None = None

    def check(self) -> None:
        """Raise UnreadableTraining with what is wrong."""
        spans = sorted(self.half_days, key=lambda one: one.starts_at)
        wrong = {}
        if not self.title.strip():
            wrong["title"] = "training.title_needed"
        if self.venue_id is None and not self.video_room:
            wrong["venue"] = "training.venue_needed"
        if not spans or any(one.ends_at <= one.starts_at for one in spans):
            wrong["half_days"] = "training.half_days_needed"
        elif any(later.starts_at < former.ends_at for former, later in pairwise(spans)):
            wrong["half_days"] = "training.half_days_overlap"
        if not self.leaders or any(not one.name.strip() for one in self.leaders):
            wrong["leaders"] = "training.leader_needed"
        if wrong:
            raise UnreadableTraining(wrong)


def plan_training(db: Session, actor: Actor, *, now: datetime, training: Training) -> int:
    """Return the id of the new meeting. Raises UnreadableTraining, VenueNotFound or BeneficiaryNotFound."""
    require(actor, Permission.MANAGE_MEETINGS)
    training.check()
    meeting = Meeting(
        organisation_id=actor.organisation_id,
        kind=MeetingKind.TRAINING,
        title=training.title.strip(),
        venue_id=training.venue_id,
        video_room=training.video_room,
        time_zone=_zone(db, actor, training.venue_id),
        created_at=now,
    )
    db.add(meeting)
    db.flush()
    _add_people(db, actor, meeting.id, training)
    audit.record(db, actor, action="training.planned", subject=("meeting", meeting.id), now=now)
    return meeting.id


def _zone(db: Session, actor: Actor, venue_id: int | None) -> str:
    if venue_id is None:
        return organisations.by_id(db, actor.organisation_id).time_zone
    return venues.by_id(db, venue_id).time_zone


def _add_people(db: Session, actor: Actor, meeting_id: int, training: Training) -> None:
    of_this = {"organisation_id": actor.organisation_id, "meeting_id": meeting_id}
    for span in training.half_days:
        db.add(HalfDay(**of_this, title=span.title, starts_at=span.starts_at, ends_at=span.ends_at))
    for beneficiary_id in dict.fromkeys(training.beneficiary_ids):
        db.add(Attendee(**of_this, beneficiary_id=people.by_id(db, beneficiary_id).id))
    for one in training.leaders:
        db.add(
            Facilitator(
                **of_this,
                agent_id=one.agent_id,
                name=one.name.strip(),
                email=one.email,
                phone=one.phone,
                language=one.language,
            )
        )
    db.flush()
