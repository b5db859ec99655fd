"""Staff plan a training: its half-days, who is enrolled, and who leads it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.trainings import Training
from attendance.steps.trainings import plan
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def plan_training(db: Session, actor: Actor, *, now: datetime, training: Training) -> int:
    """Return the id of the new meeting.

    Raises UnreadableTraining, VenueNotFound, BeneficiaryNotFound, ReferenceTaken, or AgentNotFound for a leader who
    does not work here.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    return plan(db, actor, now=now, training=training)
