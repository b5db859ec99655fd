"""The rows of connection times: one for each (attendee, half-day, beginning)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from attendance.models import ConnectionOrigin, ConnectionTime
from foundation.actors import Actor
from foundation.rows import insert_if_absent


def keep_connection(
    db: Session,
    actor: Actor,
    *,
    attendee_id: int,
    half_day_id: int,
    connected_at: datetime,
    disconnected_at: datetime,
    origin: ConnectionOrigin,
    now: datetime,
) -> bool:
    """Keep a connection and say whether it is new."""
    kept = insert_if_absent(
        db,
        ConnectionTime,
        organisation_id=actor.organisation_id,
        attendee_id=attendee_id,
        half_day_id=half_day_id,
        connected_at=connected_at,
        disconnected_at=disconnected_at,
        origin=origin,
        added_at=now,
        added_by=actor.agent_id,
    )
    return kept is not None
