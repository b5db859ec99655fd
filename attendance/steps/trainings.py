"""The rows of a training, for whichever use case plans it or adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import UnreadableTraining
from attendance.domain.trainings import Leader, Span, Training
from attendance.models import Attendee, Facilitator, HalfDay, Meeting, MeetingKind
from attendance.steps.invitations import announce_invitations
from directory.domain.contacts import UnreadableContact, parse_email, parse_phone
from directory.domain.refusals import BeneficiaryNotFound
from directory.models import Beneficiary
from directory.queries import agents, organisations, venues
from directory.steps.people import known_or_new
from foundation import audit
from foundation.actors import Actor


def plan(db: Session, actor: Actor, *, now: datetime, training: Training) -> int:
    """Return the id of the new meeting, and promise to ask its people to sign.

    Raises UnreadableTraining, VenueNotFound, BeneficiaryNotFound, or AgentNotFound for a leader who does not work here.
    """
    training.check()
    zone, region = clock_and_region(db, actor, training.venue_id)
    leaders = reachable(db, training.leaders, region)
    meeting = Meeting(
        organisation_id=actor.organisation_id,
        kind=MeetingKind.TRAINING,
        title=training.title.strip(),
        venue_id=training.venue_id,
        video_room=training.video_room,
        time_zone=zone,
        created_at=now,
        agreement_title=(training.agreement_title or "").strip() or None,
        reference=(training.reference or "").strip() or None,
        needs_drawing=training.needs_drawing,
        invites=training.video_room is not None if training.invites is None else training.invites,
        seats=training.seats,
    )
    db.add(meeting)
    db.flush()
    add_half_days(db, meeting, training.half_days)
    add_leaders(db, meeting, leaders)
    enrol(db, meeting, training.beneficiary_ids)
    announce_invitations(db, actor, now=now, meeting_id=meeting.id)
    audit.record(db, actor, action="training.planned", subject=("meeting", meeting.id), now=now)
    return meeting.id


def clock_and_region(db: Session, actor: Actor, venue_id: int | None) -> tuple[str, str]:
    """Return whose wall clock rules, and from where telephone numbers are typed; raise VenueNotFound."""
    if venue_id is None:
        organisation = organisations.by_id(db, actor.organisation_id)
        return organisation.time_zone, organisation.region
    venue = venues.by_id(db, venue_id)
    return venue.time_zone, venue.region


def reachable(db: Session, leaders: Sequence[Leader], region: str) -> list[Leader]:
    """Return leaders with the ways to reach them as they are kept; raise UnreadableTraining or AgentNotFound."""
    return [_reachable(db, leader, number, region) for number, leader in enumerate(leaders)]


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


def add_half_days(db: Session, meeting: Meeting, spans: Iterable[Span]) -> None:
    """Add half-days to a meeting."""
    of_this = {"organisation_id": meeting.organisation_id, "meeting_id": meeting.id}
    db.add_all(
        HalfDay(**of_this, title=span.title.strip(), starts_at=span.starts_at, ends_at=span.ends_at) for span in spans
    )
    db.flush()


def add_leaders(db: Session, meeting: Meeting, leaders: Iterable[Leader]) -> None:
    """Add facilitators to a meeting."""
    of_this = {"organisation_id": meeting.organisation_id, "meeting_id": meeting.id}
    db.add_all(Facilitator(**of_this, **asdict(leader)) for leader in leaders)
    db.flush()


def enrol(db: Session, meeting: Meeting, beneficiary_ids: Iterable[int]) -> int:
    """Enrol people in a training, new or locked, and return how many were not; raise BeneficiaryNotFound."""
    wanted = dict.fromkeys(beneficiary_ids)
    known = set(db.scalars(select(Beneficiary.id).where(Beneficiary.id.in_(wanted))))
    if known != wanted.keys():
        raise BeneficiaryNotFound
    there = set(db.scalars(select(Attendee.beneficiary_id).where(Attendee.meeting_id == meeting.id)))
    of_this = {"organisation_id": meeting.organisation_id, "meeting_id": meeting.id}
    missing = [one for one in wanted if one not in there]
    db.add_all(Attendee(**of_this, beneficiary_id=beneficiary_id) for beneficiary_id in missing)
    db.flush()
    return len(missing)


def meet(
    db: Session,
    actor: Actor,
    *,
    first_name: str,
    last_name: str,
    email: str | None,
    phone: str | None,
    language: str,
    region: str,
    now: datetime,
) -> int:
    """Return who a typed line speaks of, known or written down now; raise UnreadableTraining about `people`."""
    try:
        mail = parse_email(email) if email else None
        number = parse_phone(phone, region) if phone else None
    except UnreadableContact as refusal:
        raise UnreadableTraining({"people": next(iter(refusal.fields.values()))}) from refusal
    names = {"first_name": first_name, "last_name": last_name}
    return known_or_new(db, actor, **names, email=mail, phone=number, language=language, now=now).id
