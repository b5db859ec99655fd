"""Which meetings there are in a span of time, those that nothing has touched yet included."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.domain.refusals import UnreadablePeriod
from attendance.models import MeetingKind, SheetState
from attendance.queries import expected, meetings
from attendance.queries.meetings import MeetingLine
from directory.queries import venues

LONGEST = timedelta(days=366)


def lines(db: Session, *, since: datetime, until: datetime) -> list[MeetingLine]:
    """Return the trainings and workshops that overlap `[since, until)`, by start; at most 366 days at once.

    Raises UnreadablePeriod.
    """
    if not since < until <= since + LONGEST:
        raise UnreadablePeriod({"until": "meetings.period_unreadable"})
    touched = meetings.lines(db, since=since, until=until)
    known = {one.workshop_id for one in touched}
    names = {one.id: one.name for one in venues.every(db)}
    untouched = [
        MeetingLine(
            meeting_id=None,
            workshop_id=one.workshop_id,
            title=one.title,
            kind=MeetingKind.WORKSHOP,
            venue_id=one.venue_id,
            venue=names.get(one.venue_id or 0),
            video_room=None,
            time_zone=one.time_zone,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            half_days=1,
            signatures=0,
            state=SheetState.OPEN,
        )
        for one in expected.workshops(db, since=since, until=until)
        if one.workshop_id not in known
    ]
    return sorted(touched + untouched, key=lambda one: one.starts_at)
