"""Staff plan a training: its half-days, who is enrolled, and who leads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import UnreadableTraining
from attendance.models import Attendee, Facilitator, HalfDay, Meeting, MeetingKind
from attendance.steps.invitations import announce_invitations
from directory.domain.contacts import UnreadableContact, parse_email, parse_phone
from directory.domain.permissions import Permission, require
from directory.domain.refusals import BeneficiaryNotFound
from directory.models import Beneficiary
from directory.queries import agents, organisations, venues
from foundation import audit
from foundation.actors import Actor
from foundation.wording import LANGUAGES

MOST_HALF_DAYS = 100
MOST_PEOPLE = 500
MOST_LEADERS = 20
MOST_SEATS = 10_000
LONGEST_HALF_DAY = timedelta(days=1)
LONGEST_TITLE = 200
LONGEST_NAME = 160
_VIDEO_ROOM = re.compile(r"https://[^\s\x00-\x1f\x7f]{1,292}")


@dataclass(frozen=True)
class Span:
    """A half-day: its hours, and the title of its module if it has its own."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True)
class Leader:
    """Who leads it, with an account or without; an agent named without a way to reach them is, where they log in."""

    name: str
    email: str | None = None
    phone: str | None = None
    agent_id: int | None = None
    language: str = "fr"


@dataclass(frozen=True)
class Training:
    """What is planned: at a venue, in a video room, or both. Whoever is enrolled twice is enrolled once.

    `invites` None: people are asked to sign by themselves where there is a video room.
    """

    title: str
    half_days: Sequence[Span]
    beneficiary_ids: Sequence[int]
    leaders: Sequence[Leader]
    venue_id: int | None = None
    video_room: str | None = None
    agreement_title: str | None = None
    needs_drawing: bool = False
    invites: bool | None = None
    seats: int | None = None

    def check(self) -> None:
        """Raise UnreadableTraining with what is wrong."""
        wrong = self._wrong_place() | self._wrong_half_days() | self._wrong_leaders()
        if not self.title.strip():
            wrong["title"] = "training.title_needed"
        elif len(self.title.strip()) > LONGEST_TITLE:
            wrong["title"] = "training.too_long"
        if len(self.agreement_title or "") > LONGEST_TITLE:
            wrong["agreement_title"] = "training.too_long"
        if self.seats is not None and not 0 < self.seats <= MOST_SEATS:
            wrong["seats"] = "training.seats_needed"
        if len(self.beneficiary_ids) > MOST_PEOPLE:
            wrong["beneficiary_ids"] = "training.too_many_people"
        if wrong:
            raise UnreadableTraining(wrong)

    def _wrong_place(self) -> dict[str, str]:
        if self.video_room is not None and not _VIDEO_ROOM.fullmatch(self.video_room):
            return {"video_room": "training.video_room_unreadable"}
        return {"venue_id": "training.venue_needed"} if self.venue_id is None and self.video_room is None else {}

    def _wrong_half_days(self) -> dict[str, str]:
        spans = sorted(self.half_days, key=lambda one: one.starts_at)
        if not spans or any(one.ends_at <= one.starts_at for one in spans):
            return {"half_days": "training.half_days_needed"}
        if len(spans) > MOST_HALF_DAYS:
            return {"half_days": "training.too_many_half_days"}
        if any(one.ends_at - one.starts_at > LONGEST_HALF_DAY for one in spans):
            return {"half_days": "training.half_day_too_long"}
        if any(later.starts_at < former.ends_at for former, later in pairwise(spans)):
            return {"half_days": "training.half_days_overlap"}
        return {"half_days": "training.too_long"} if any(len(one.title) > LONGEST_TITLE for one in spans) else {}

    def _wrong_leaders(self) -> dict[str, str]:
        agents = [one.agent_id for one in self.leaders if one.agent_id is not None]
        if not self.leaders or any(not one.name.strip() for one in self.leaders):
            return {"leaders": "training.leader_needed"}
        if len(self.leaders) > MOST_LEADERS:
            return {"leaders": "training.too_many_leaders"}
        if len(agents) > len(set(agents)):
            return {"leaders": "training.leader_twice"}
        if any(len(one.name.strip()) > LONGEST_NAME for one in self.leaders):
            return {"leaders": "training.too_long"}
        if any(one.language not in LANGUAGES for one in self.leaders):
            return {"leaders": "training.language_needed"}
        return {}


def plan_training(db: Session, actor: Actor, *, now: datetime, training: Training) -> int:
    """Return the id of the new meeting.

    Raises UnreadableTraining, VenueNotFound, BeneficiaryNotFound, or AgentNotFound for a leader who does not work here.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    training.check()
    zone, region = _clock_and_region(db, actor, training.venue_id)
    leaders = [_reachable(db, leader, number, region) for number, leader in enumerate(training.leaders)]
    meeting = Meeting(
        organisation_id=actor.organisation_id,
        kind=MeetingKind.TRAINING,
        title=training.title.strip(),
        venue_id=training.venue_id,
        video_room=training.video_room,
        time_zone=zone,
        created_at=now,
        agreement_title=(training.agreement_title or "").strip() or None,
        needs_drawing=training.needs_drawing,
        invites=training.video_room is not None if training.invites is None else training.invites,
        seats=training.seats,
    )
    db.add(meeting)
    db.flush()
    _add_people(db, actor, meeting.id, training, leaders)
    announce_invitations(db, actor, now=now, meeting_id=meeting.id)
    audit.record(db, actor, action="training.planned", subject=("meeting", meeting.id), now=now)
    return meeting.id


def _clock_and_region(db: Session, actor: Actor, venue_id: int | None) -> tuple[str, str]:
    if venue_id is None:
        organisation = organisations.by_id(db, actor.organisation_id)
        return organisation.time_zone, organisation.region
    venue = venues.by_id(db, venue_id)
    return venue.time_zone, venue.region


def _reachable(db: Session, leader: Leader, number: int, region: str) -> Leader:
    agent = agents.at_work_by_id(db, leader.agent_id) if leader.agent_id is not None else None
    try:
        email = parse_email(leader.email) if leader.email else None
        phone = parse_phone(leader.phone, region) if leader.phone else None
    except UnreadableContact as refusal:
        fields = {f"leaders.{number}.{name}": said for name, said in refusal.fields.items()}
        raise UnreadableTraining(fields) from refusal
    if agent is not None and email is None and phone is None:
        email = agent.email
    return replace(leader, name=leader.name.strip(), email=email, phone=phone)


def _add_people(db: Session, actor: Actor, meeting_id: int, training: Training, leaders: Sequence[Leader]) -> None:
    of_this = {"organisation_id": actor.organisation_id, "meeting_id": meeting_id}
    db.add_all(
        HalfDay(**of_this, title=span.title.strip(), starts_at=span.starts_at, ends_at=span.ends_at)
        for span in training.half_days
    )
    wanted = dict.fromkeys(training.beneficiary_ids)
    known = set(db.scalars(select(Beneficiary.id).where(Beneficiary.id.in_(wanted))))
    if known != wanted.keys():
        raise BeneficiaryNotFound
    db.add_all(Attendee(**of_this, beneficiary_id=beneficiary_id) for beneficiary_id in wanted)
    db.add_all(Facilitator(**of_this, **asdict(leader)) for leader in leaders)
    db.flush()
