"""Somebody without a badge is found by name, and signs by finger on the tablet before an agent (grade A)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.refusals import WitnessNeeded
from attendance.models import Method
from attendance.steps.drawn import SentDrawing, sign_online
from attendance.steps.scans import Answer
from attendance.steps.statements import Person
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def sign_before_agent(db: Session, actor: Actor, *, now: datetime, sent: SentDrawing, person: Person) -> Answer:
    """Judge it as a scan is; raise WitnessNeeded when no agent answers for it."""
    require(actor, Permission.SCAN)
    if actor.agent_id is None:
        raise WitnessNeeded
    return sign_online(db, actor, sent, person, method=Method.DRAWN_BEFORE_AGENT, now=now)
