"""Staff type a training in with names: whoever is known is met again, whoever is not is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.refusals import UnreadableTraining
from attendance.use_cases.add_walk_in import WalkIn
from attendance.use_cases.plan_training import MOST_PEOPLE, Training, plan_training
from directory.domain.contacts import UnreadableContact, parse_email, parse_phone
from directory.domain.permissions import Permission, require
from directory.queries import organisations, venues
from directory.steps.people import known_or_new
from foundation.actors import Actor


def type_training(db: Session, actor: Actor, *, now: datetime, training: Training, people: Sequence[WalkIn]) -> int:
    """Return the id of the new meeting; raise what `plan_training` does, with `people` for a line that is wrong."""
    require(actor, Permission.MANAGE_MEETINGS)
    training.check()
    if len(people) > MOST_PEOPLE:
        raise UnreadableTraining({"people": "training.too_many_people"})
    venue = venues.by_id(db, training.venue_id) if training.venue_id is not None else None
    region = venue.region if venue is not None else organisations.by_id(db, actor.organisation_id).region
    met = [_meet(db, actor, one, region, now=now) for one in people]
    return plan_training(db, actor, now=now, training=replace(training, beneficiary_ids=met))


def _meet(db: Session, actor: Actor, one: WalkIn, region: str, *, now: datetime) -> int:
    try:
        email = parse_email(one.email) if one.email else None
        phone = parse_phone(one.phone, region) if one.phone else None
    except UnreadableContact as refusal:
        raise UnreadableTraining({"people": next(iter(refusal.fields.values()))}) from refusal
    names = {"first_name": one.first_name, "last_name": one.last_name}
    return known_or_new(db, actor, **names, email=email, phone=phone, language=one.language, now=now).id
