"""Somebody has found their own name on the kiosk, and signs by finger (grade C): nobody was looking."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.models import Method
from attendance.steps.drawn import SentDrawing, sign_online
from attendance.steps.scans import Answer
from attendance.steps.statements import Person
from directory.domain.permissions import Permission, require
from foundation.actors import Actor


def sign_at_kiosk(db: Session, actor: Actor, *, now: datetime, sent: SentDrawing, person: Person) -> Answer:
    """Judge it as a scan is: a «no» is kept and returned, and the same request hears its first answer again."""
    require(actor, Permission.KIOSK)
    return sign_online(db, actor, sent, person, method=Method.DRAWN_AT_KIOSK, now=now)
