"""What a search needs, with one statement a table at most, whatever the number of agents, venues and weeks.

The same search lists, holds, confirms and moves, so that what is shown is what can be booked and nothing else is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from booking.domain import slots as engine
from booking.domain.intervals import MINUTES_A_DAY, Interval, instant_of, minute_from, minute_of
from booking.domain.slots import Diary
from booking.models import Engagement, OpeningOccurrence, TimeOff, opening_hours_type
from booking.queries.finding import Finding, Question
from directory.models import Organisation, Resource, ResourceKind, Venue

# Free time is known exactly around a start when two days on each side are read: one that is longer than a day is cut
# at midnights, so nothing farther away can move a slot.
MARGIN = 2 * MINUTES_A_DAY
RECENT = 30 * MINUTES_A_DAY

Openings = Mapping[int, Mapping[int | None, Sequence[Interval]]]


def search(db: Session, question: Question, *, now: datetime) -> Finding:
    """Read the openings, the absences and the engagements around `question.starts`, and the zones."""
    around = _around(question)
    openings, rooms = _read_openings(db, question, around)
    away = _read_absences(db, list(openings), around)
    taken = _read_engagements(db, question, list(openings), around, now)
    agents: list[Diary] = []
    with_rooms: list[Diary] = []
    for resource_id in sorted(openings):
        diary = Diary(resource_id, openings[resource_id], away[resource_id], taken[resource_id])
        (with_rooms if resource_id in rooms else agents).append(diary)
    teams = list(engine.teams(agents, with_rooms if question.type.needs_room else None))
    own = select(Organisation.time_zone).where(Organisation.id == question.type.organisation_id)
    venues = {venue.id: venue for venue in db.scalars(select(Venue))}
    return Finding(question, teams, db.scalars(own).one(), venues, taken)


def who_may_serve(db: Session, question: Question) -> list[int]:
    """Return the resources that are open for the question around its starts, in id order: those a writer locks."""
    return sorted({row.resource_id for row in db.execute(_openings(question, _around(question)))})


def last_booked(db: Session, resource_ids: Sequence[int], *, now: datetime) -> dict[int, int]:
    """Return a rank of each resource's last booking of late: ids are given in the order of time."""
    query = (
        select(Engagement.resource_id, func.max(Engagement.id).label("latest"))
        .where(Engagement.resource_id.in_(resource_ids), Engagement.end_minute > minute_of(now) - RECENT)
        .group_by(Engagement.resource_id)
    )
    return {row.resource_id: row.latest for row in db.execute(query)}


def _around(question: Question) -> Interval:
    return Interval(question.starts.start - MARGIN, question.starts.end + MARGIN)


def _read_openings(db: Session, question: Question, around: Interval) -> tuple[Openings, set[int]]:
    found: dict[int, dict[int | None, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    rooms: set[int] = set()
    for row in db.execute(_openings(question, around)):
        venue_id = row.venue_id
        if row.kind is ResourceKind.ROOM:
            rooms.add(row.resource_id)
            venue_id = venue_id if venue_id is not None else row.home_id
        if question.has_venue(venue_id):
            # Cut at the margin: what lies beyond was not read, and must not be taken for free time.
            span = Interval(max(minute_of(row.starts_at), around.start), min(minute_from(row.ends_at), around.end))
            found[row.resource_id][venue_id].append(span)
    return found, rooms


def _openings(
    question: Question, around: Interval
) -> Select[int, int | None, datetime, datetime, ResourceKind, int | None]:
    occurrence, serves = OpeningOccurrence, opening_hours_type.c
    columns = (occurrence.resource_id, occurrence.venue_id, occurrence.starts_at, occurrence.ends_at)
    return (
        select(*columns, Resource.kind, Resource.venue_id.label("home_id"))
        .join(Resource, Resource.id == occurrence.resource_id)
        .join(opening_hours_type, serves.opening_hours_id == occurrence.opening_hours_id)
        .where(
            serves.appointment_type_id == question.type.id,
            occurrence.is_cancelled.is_(False),
            Resource.retired_at.is_(None),
            occurrence.ends_at > instant_of(around.start),
            occurrence.starts_at < instant_of(around.end),
        )
    )


def _read_absences(db: Session, resource_ids: Sequence[int], around: Interval) -> dict[int, list[Interval]]:
    found: dict[int, list[Interval]] = defaultdict(list)
    query = select(TimeOff.resource_id, TimeOff.starts_at, TimeOff.ends_at).where(
        TimeOff.resource_id.in_(resource_ids),
        TimeOff.ends_at > instant_of(around.start),
        TimeOff.starts_at < instant_of(around.end),
    )
    for row in db.execute(query) if resource_ids else ():
        found[row.resource_id].append(Interval(minute_of(row.starts_at), minute_from(row.ends_at)))
    return found


def _read_engagements(
    db: Session, question: Question, resource_ids: Sequence[int], around: Interval, now: datetime
) -> dict[int, list[Interval]]:
    found: dict[int, list[Interval]] = defaultdict(list)
    query = select(Engagement.resource_id, Engagement.start_minute, Engagement.end_minute).where(
        Engagement.resource_id.in_(resource_ids),
        Engagement.end_minute > around.start,
        Engagement.start_minute < around.end,
        or_(Engagement.expires_minute.is_(None), Engagement.expires_minute > minute_of(now)),
    )
    for column, own in (
        (Engagement.hold_id, question.own_hold),
        (Engagement.appointment_id, question.own_appointment),
    ):
        if own is not None:
            query = query.where(or_(column.is_(None), column != own))
    for row in db.execute(query) if resource_ids else ():
        found[row.resource_id].append(Interval(row.start_minute, row.end_minute))
    return found
