"""Staff write down when people were connected to the video room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.connections import Span, UnreadableConnections, half_days_of, is_in_order
from attendance.models import ConnectionOrigin, HalfDay
from attendance.steps.connections import keep_connection
from attendance.steps.evidence import check_belong, open_meeting
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


@dataclass(frozen=True)
class Connection:
    """One person was connected during one half-day."""

    attendee_id: int
    half_day_id: int
    connected_at: datetime
    disconnected_at: datetime


def record_connections(
    db: Session, actor: Actor, *, now: datetime, meeting_id: int, connections: Sequence[Connection]
) -> int:
    """Keep them and return how many are new; one that begins when a known one does is known already.

    Raises MeetingNotFound, SheetIsClosed, AttendeeNotFound, HalfDayNotFound or UnreadableConnections.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    open_meeting(db, meeting_id)
    check_belong(
        db,
        meeting_id,
        attendee_ids={one.attendee_id for one in connections},
        half_day_ids={one.half_day_id for one in connections},
    )
    spans = {
        one.id: Span(one.id, one.starts_at, one.ends_at)
        for one in db.scalars(select(HalfDay).where(HalfDay.meeting_id == meeting_id))
    }
    for one in connections:
        during = half_days_of(one.connected_at, one.disconnected_at, [spans[one.half_day_id]])
        if not is_in_order(one.connected_at, one.disconnected_at) or one.disconnected_at > now or not during:
            raise UnreadableConnections({"connected_at": "evidence.connection_unreadable"})
    kept = [
        keep_connection(
            db,
            actor,
            attendee_id=one.attendee_id,
            half_day_id=one.half_day_id,
            connected_at=one.connected_at,
            disconnected_at=one.disconnected_at,
            origin=ConnectionOrigin.TYPED,
            now=now,
        )
        for one in connections
    ]
    audit.record(db, actor, action="connections.recorded", subject=("meeting", meeting_id), now=now, kept=sum(kept))
    return sum(kept)
