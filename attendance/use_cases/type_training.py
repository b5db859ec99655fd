"""Staff type a training in with names: whoever is known is met again, whoever is not is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.refusals import UnreadableTraining
from attendance.domain.trainings import MOST_PEOPLE, Training
from attendance.steps.trainings import clock_and_region, meet, plan
from attendance.use_cases.add_walk_in import WalkIn
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def type_training(db: Session, actor: Actor, *, now: datetime, training: Training, people: Sequence[WalkIn]) -> int:
    """Return the id of the new meeting; raise what `plan_training` does, with `people` for a line that is wrong."""
    require(actor, Permission.MANAGE_MEETINGS)
    training.check()
    if len(people) > MOST_PEOPLE:
        raise UnreadableTraining({"people": "training.too_many_people"})
    _, region = clock_and_region(db, actor, training.venue_id)
    met = [_meet(db, actor, one, region, now=now) for one in people]
    return plan(db, actor, now=now, training=replace(training, beneficiary_ids=met))


def _meet(db: Session, actor: Actor, one: WalkIn, region: str, *, now: datetime) -> int:
    typed = asdict(one)
    typed.pop("beneficiary_id")
    return meet(db, actor, **typed, region=region, now=now)
