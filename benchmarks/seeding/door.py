"""Who comes: people with badges, enrolled in trainings that are open to signing for the next hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.targets import Target, TargetKind
from attendance.domain.trainings import Leader, Span, Training
from attendance.models import HalfDay, SignatureKind
from attendance.steps.scans import SentScan
from attendance.use_cases.plan_training import plan_training
from attendance.use_cases.scan_badge import scan_badge
from benchmarks.seeding.people import who
from benchmarks.world import Size
from directory.domain.permissions import Permission
from directory.models import Agent, Beneficiary, Venue
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from foundation.actors import Actor, ActorKind
from foundation.keys import MasterKeys

BEGAN = timedelta(minutes=5)
LASTS = timedelta(hours=4)
GOOD_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Coming:
    """Who comes, what their badges say, and to which half-days."""

    people: list[int]
    badges: list[str]
    half_days: list[int]


def furnish(
    db: Session, actor: Actor, host: tuple[Agent, Venue], *, keys: MasterKeys, now: datetime, size: Size
) -> Coming:
    """Enrol everybody in every training, and have some sign the first."""
    agent, venue = host
    people = [known_or_new(db, actor, **who(number), now=now) for number in range(size.people)]
    texts = [_badge(db, actor, person, keys, now) for person in people]
    half_days = [_plan(db, actor, people, f"Groupe {number + 1}", venue, now=now) for number in range(size.trainings)]
    scanner = Actor(ActorKind.AGENT, actor.organisation_id, agent.id, agent.id, frozenset({Permission.SCAN}))
    target = Target(TargetKind.HALF_DAY, half_days[0])
    for number, text in enumerate(texts[: size.signed]):
        sent = SentScan(f"seed-{number:06}", text, target, SignatureKind.ARRIVAL, now)
        scan_badge(db, scanner, now=now, sent=sent)
    return Coming([person.id for person in people], texts, half_days)


def _badge(db: Session, actor: Actor, person: Beneficiary, keys: MasterKeys, now: datetime) -> str:
    badge = badge_until(db, actor, beneficiary_id=person.id, until=now + GOOD_FOR, now=now)
    return badges.text_of(db, badge, keys)


def _plan(db: Session, actor: Actor, people: Sequence[Beneficiary], title: str, venue: Venue, *, now: datetime) -> int:
    training = Training(
        title=title,
        half_days=[Span(now - BEGAN, now + LASTS)],
        beneficiary_ids=[person.id for person in people],
        leaders=[Leader("Élodie Grondin")],
        venue_id=venue.id,
    )
    meeting_id = plan_training(db, actor, now=now, training=training)
    return db.scalars(select(HalfDay.id).where(HalfDay.meeting_id == meeting_id)).one()
