"""The live board: who is in the house now, at one venue or at one meeting; one statement a table, whoever is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from attendance.domain import corrections
from attendance.domain.board import Whereabouts, whereabouts
from attendance.domain.corrections import Applied
from attendance.domain.expectations import Expectation
from attendance.models import (
    Correction,
    CorrectionState,
    Meeting,
    Review,
    Signature,
    SignatureKind,
    Standing,
    Statement,
)
from attendance.queries import expected, half_days, meetings
from directory.models import Beneficiary
from directory.queries import venues
from foundation.times import local

_Cell = tuple[int | None, int | None, SignatureKind]


@dataclass(frozen=True)
class BoardLine:
    """One person, at the half-day that says most of where they are now; times are None where nothing was said."""

    beneficiary_id: int
    name: str
    where: Whereabouts
    title: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    arrived_at: datetime | None
    left_at: datetime | None
    is_stated: bool
    """Somebody else said so, and the person has not signed."""


@dataclass(frozen=True)
class Board:
    """Everybody of the local day, by name; `meetings` are those with a sheet to which somebody can be added."""

    title: str
    time_zone: str
    made_at: datetime
    lines: Sequence[BoardLine]
    meetings: Sequence[tuple[int, str]]

    def of(self, where: Whereabouts) -> list[BoardLine]:
        """Return who is there, expected, or gone."""
        return [one for one in self.lines if one.where is where]


@dataclass(frozen=True)
class _Said:
    """What was signed, stated and corrected, by cell."""

    signed: dict[_Cell, datetime]
    stated: dict[_Cell, list[Statement]]
    corrected: dict[_Cell, list[Applied]]

    def at(self, one: Expectation, kind: SignatureKind) -> tuple[datetime | None, bool]:
        """Return when an arrival or a departure was, and whether it is only a statement."""
        cell = (one.attendee_id, one.half_day_id, kind)
        made = self.corrected.get(cell, [])
        known = corrections.effective(self.signed.get(cell), made)
        if known is not None:
            return known, False
        void = corrections.withdrawn_at(made)
        live = [said.stated_at for said in self.stated.get(cell, []) if void is None or said.recorded_at > void]
        return min(live, default=None), bool(live)


def of_venue(db: Session, venue_id: int, *, now: datetime) -> Board:
    """Return the board of a venue's local day, its appointments, workshops and trainings; raise VenueNotFound."""
    venue = venues.by_id(db, venue_id)
    begin = local(now, venue.time_zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    since, until = (one.astimezone(now.tzinfo) for one in (begin, begin + timedelta(days=1)))
    people = expected.at_desk(db, venue_id=venue_id, now=now)
    people += half_days.everybody_near(db, venue_id, since=since, until=until - timedelta(microseconds=1))
    return _board(db, venue.name, venue.time_zone, people, now=now)


def of_meeting(db: Session, meeting_id: int, *, now: datetime) -> Board:
    """Return the board of one meeting, all its half-days of today; raise MeetingNotFound."""
    meeting = meetings.by_id(db, meeting_id)
    today = local(now, meeting.time_zone).date()
    people = [
        one
        for one in half_days.everybody_of(db, meeting)
        if local(one.starts_at, one.time_zone).date() <= today <= local(one.ends_at, one.time_zone).date()
    ]
    return _board(db, meeting.title, meeting.time_zone, people, now=now)


def _board(db: Session, title: str, zone: str, people: Iterable[Expectation], *, now: datetime) -> Board:
    coming = [one for one in people if not one.is_cancelled]
    said = _said(db, {one.half_day_id for one in coming if one.half_day_id is not None})
    query = select(Beneficiary).where(Beneficiary.id.in_({one.beneficiary_id for one in coming}))
    names = {one.id: one for one in db.scalars(query)}
    best: dict[int, BoardLine] = {}
    for one in sorted(coming, key=lambda one: one.starts_at):
        line = _line(one, names[one.beneficiary_id], said, now=now)
        if line is not None:
            known = best.get(one.beneficiary_id)
            best[one.beneficiary_id] = line if known is None else min(known, line, key=_weight)
    lines = sorted(best.values(), key=lambda one: (names[one.beneficiary_id].searched_name, one.beneficiary_id))
    sheets = {one.meeting_id for one in coming if one.meeting_id is not None and one.appointment_id is None}
    titles = db.execute(select(Meeting.id, Meeting.title).where(Meeting.id.in_(sheets)).order_by(Meeting.id))
    return Board(title, zone, now, lines, [(number, name) for number, name in titles])


def _line(one: Expectation, person: Beneficiary, said: _Said, *, now: datetime) -> BoardLine | None:
    arrived_at, is_stated = said.at(one, SignatureKind.ARRIVAL)
    left_at, _ = said.at(one, SignatureKind.DEPARTURE)
    where = whereabouts(arrived_at=arrived_at, left_at=left_at, ends_at=one.ends_at, now=now)
    if where is None:
        return None
    what = (one.title, one.time_zone, one.starts_at, one.ends_at)
    return BoardLine(person.id, person.full_name, where, *what, arrived_at, left_at, is_stated)


def _weight(line: BoardLine) -> int:
    return list(Whereabouts).index(line.where)


def _said(db: Session, ids: set[int]) -> _Said:
    signed = select(Signature).where(Signature.half_day_id.in_(ids), Signature.standing == Standing.COUNTS)
    # What a device sent and a person has yet to look at, or has rejected, is no statement.
    is_live = or_(Statement.review.is_(None), Statement.review == Review.ACCEPTED)
    stated: dict[_Cell, list[Statement]] = defaultdict(list)
    for said in db.scalars(select(Statement).where(Statement.half_day_id.in_(ids), is_live)):
        stated[said.attendee_id, said.half_day_id, said.kind].append(said)
    applied = select(Correction).where(
        Correction.half_day_id.in_(ids), Correction.state == CorrectionState.APPLIED, Correction.decided_at.is_not(None)
    )
    corrected: dict[_Cell, list[Applied]] = defaultdict(list)
    for made in db.scalars(applied):
        if made.decided_at is not None:
            one = Applied(made.action, made.observed_at, made.decided_at)
            corrected[made.attendee_id, made.half_day_id, made.kind].append(one)
    at: dict[_Cell, datetime] = {
        (one.attendee_id, one.half_day_id, one.kind): one.observed_at for one in db.scalars(signed)
    }
    return _Said(at, stated, corrected)
