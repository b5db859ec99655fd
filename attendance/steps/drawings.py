"""The rows of drawings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.drawings import parse_drawing, path_hash
from attendance.models import Drawing
from foundation.actors import Actor


def keep_drawing(db: Session, actor: Actor, text: str, *, now: datetime) -> int:
    """Keep what was drawn, and return its id; raise DrawingUnreadable."""
    path = parse_drawing(text)
    row = Drawing(organisation_id=actor.organisation_id, path=path, path_hash=path_hash(path), drawn_at=now)
    db.add(row)
    db.flush()
    return row.id
