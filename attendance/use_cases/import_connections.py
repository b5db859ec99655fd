"""Connection times come in from the file that a video service gives: all of it, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain.connections import Span, half_days_of, is_in_order, names_of, read_moment
from attendance.models import ConnectionOrigin, Meeting
from attendance.queries import half_days, meetings
from attendance.steps.connections import keep_connection
from attendance.steps.evidence import open_meeting
from directory.domain.import_lines import Fate, Outcome, Reading, Report, refused
from directory.domain.permissions import Permission, require
from directory.steps.importing import whole_or_not_at_all
from foundation import times
from foundation.actors import Actor
from foundation.tables import Line, bare

STAFF = 0
"""Stands for a facilitator, whose lines change nothing."""


def import_connections(
    db: Session, actor: Actor, *, now: datetime, meeting_id: int, lines: Sequence[Line], is_dry_run: bool
) -> Report:
    """Keep each line as the connection of whom it names; facilitators' lines are known, and change nothing.

    Raises MeetingNotFound or SheetIsClosed; what becomes of each line is in the report.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    meeting = open_meeting(db, meeting_id)
    known = _People(db, meeting)

    def work() -> list[Outcome]:
        return [_taken(db, actor, line, known, now=now) for line in lines]

    return whole_or_not_at_all(db, actor, work, now=now, action="connections-imported", is_dry_run=is_dry_run)


class _People:
    """Who is of this meeting, by each way to write their name, and by mail address."""

    def __init__(self, db: Session, meeting: Meeting) -> None:
        """Read the attendees, the facilitators and the half-days."""
        self.zone = meeting.time_zone
        self.spans = [Span(one.id, one.starts_at, one.ends_at) for one in half_days.of_meeting(db, meeting.id)]
        self.days = {times.local(one.starts_at, self.zone).date() for one in self.spans}
        self.by_name: dict[str, set[int]] = defaultdict(set)
        self.by_email: dict[str, set[int]] = defaultdict(set)
        for attendee, person in meetings.attendees(db, meeting.id):
            for name in names_of(person.first_name, person.last_name):
                self.by_name[name].add(attendee.id)
            self.by_email[(person.email or "").casefold()].add(attendee.id)
        for leader in meetings.facilitators(db, meeting.id):
            first, _, last = leader.name.partition(" ")
            for name in names_of(first, last):
                self.by_name[name].add(STAFF)
            self.by_email[(leader.email or "").casefold()].add(STAFF)

    def named(self, said: Reading) -> int | None:
        """Return the attendee whom a line names, by mail first; what is wrong stands in the line's faults."""
        name = bare(said.line.cells.get("first_name", "") + said.line.cells.get("name", ""))
        email = said.line.cells.get("email", "").casefold()
        found = (self.by_email.get(email) if email else None) or self.by_name.get(name, set())
        if len(found) == 1:
            return next(iter(found))
        said.blame("name", "evidence.import_several" if found else "evidence.import_nobody")
        return None


def _taken(db: Session, actor: Actor, line: Line, known: _People, *, now: datetime) -> Outcome:
    said = Reading(line)

    def moment(text: str) -> datetime:
        return read_moment(text, days=known.days, zone=known.zone)

    connected_at = said.needed("connected", moment, fault="evidence.import_moment")
    disconnected_at = said.needed("disconnected", moment, fault="evidence.import_moment")
    attendee_id = known.named(said)
    spans: list[int] = []
    if connected_at is not None and disconnected_at is not None:
        spans = half_days_of(connected_at, disconnected_at, known.spans)
        if not is_in_order(connected_at, disconnected_at) or disconnected_at > now:
            said.blame("disconnected", "evidence.connection_unreadable")
        elif not spans:
            said.blame("connected", "evidence.import_outside")
    if said.faults or connected_at is None or disconnected_at is None or attendee_id is None:
        return refused(line, said.faults)
    if attendee_id == STAFF:
        return Outcome(line.number, Fate.KNOWN)
    is_new = [
        keep_connection(
            db,
            actor,
            attendee_id=attendee_id,
            half_day_id=half_day_id,
            connected_at=connected_at,
            disconnected_at=disconnected_at,
            origin=ConnectionOrigin.IMPORTED,
            now=now,
        )
        for half_day_id in spans
    ]
    return Outcome(line.number, Fate.CREATED if any(is_new) else Fate.KNOWN)
