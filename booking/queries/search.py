"""What a search needs, with one statement a table at most, whatever the number of agents, venues and weeks.

The same search lists, holds, confirms and moves, so that what is shown is what can be booked and nothing else is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from booking.domain import slots as engine
from booking.domain.caps import Cap, Tally
from booking.domain.intervals import MINUTES_A_DAY, Interval, instant_of, minute_from, minute_of, subtract
from booking.domain.occurrences import whole_day
from booking.domain.settings import LONGEST
from booking.domain.slots import Diary
from booking.models import Engagement, EngagementKind, OpeningOccurrence, TimeOffOccurrence, opening_hours_type
from booking.queries import counting
from booking.queries.finding import Finding, Question
from directory.models import Organisation, Resource, ResourceKind, Venue
from directory.queries.holidays import ClosedDays, closed_days_of

# Free time is known exactly around a start when two days on each side are read: one that is longer than a day is cut
# at midnights, so nothing farther away can move a slot.
MARGIN = 2 * MINUTES_A_DAY
A_WEEK = 7 * MINUTES_A_DAY
RECENT = 30 * MINUTES_A_DAY
# No opening lasts longer than a day and an hour, so those that end later than this begin after what is asked. Said to
# the database, it need not read all that is still to come.
LONGEST_OPENING = 2 * MINUTES_A_DAY
# An absence may last a year and a day.
LONGEST_ABSENCE = 367 * MINUTES_A_DAY


@dataclass
class _House:
    """Whose clocks and holidays count."""

    organisation: Organisation
    venues: Mapping[int, Venue]
    closed: ClosedDays
    _spans: dict[int | None, list[Interval]] = field(default_factory=dict)

    def closed_at(self, venue_id: int | None) -> list[Interval]:
        """Return the public holidays at a venue (None: without one) as minutes."""
        if venue_id not in self._spans:
            venue = None if venue_id is None else self.venues[venue_id]
            zone = ZoneInfo(self.organisation.time_zone if venue is None else venue.time_zone)
            days = self.closed.at(venue, self.organisation)
            self._spans[venue_id] = [whole_day(day, zone) for day in days]
        return self._spans[venue_id]


@dataclass(frozen=True)
class _Openings:
    """Who is open for the question where, and what the rows say of them."""

    spans: Mapping[int, Mapping[int | None, Sequence[Interval]]]
    kinds: Mapping[int, ResourceKind]
    caps: Mapping[int, Cap]


def search(db: Session, question: Question, *, now: datetime) -> Finding:
    """Read the openings, the absences, the holidays and the engagements around `question.starts`, and the zones."""
    around = _around(question)
    house = _read_house(db, question, around)
    openings = _read_openings(db, question, around, house)
    resource_ids = sorted(openings.spans)
    away = _read_absences(db, resource_ids, around)
    zone = ZoneInfo(house.organisation.time_zone)
    taken, tallies = _read_engagements(db, question, openings, now=now, zone=zone)
    diaries = {
        resource_id: Diary(resource_id, openings.spans[resource_id], away[resource_id], taken[resource_id])
        for resource_id in resource_ids
    }
    type_tally = counting.type_tally(db, question, zone, around=_weeks_around(around), now=now)
    teams = list(_teams(question, diaries, openings.kinds))
    own_zone = house.organisation.time_zone
    return Finding(question, teams, own_zone, house.venues, taken, type_tally, tallies)


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


def _teams(
    question: Question, diaries: Mapping[int, Diary], kinds: Mapping[int, ResourceKind]
) -> Iterable[engine.Team]:
    wanted = {ResourceKind.ROOM: question.type.needs_room, ResourceKind.VEHICLE: question.type.needs_vehicle}
    of_kind: dict[ResourceKind, list[Diary]] = defaultdict(list)
    for resource_id, diary in diaries.items():
        of_kind[kinds[resource_id]].append(diary)
    things = [of_kind[kind] for kind, is_needed in wanted.items() if is_needed]
    found = engine.teams(of_kind[ResourceKind.AGENT], things, together=question.type.agents_needed)
    return (team for team in found if question.resource_id in {None, *team.agent_ids})


def _around(question: Question) -> Interval:
    # What begins last must be seen to its end, however many come together.
    needed = question.cut.duration + question.cut.pause
    return Interval(question.starts.start - MARGIN, question.starts.end + max(MARGIN, needed + MINUTES_A_DAY))


def _weeks_around(around: Interval) -> Interval:
    return Interval(around.start - A_WEEK, around.end + A_WEEK)


def _read_house(db: Session, question: Question, around: Interval) -> _House:
    organisation = db.get_one(Organisation, question.type.organisation_id)
    venues = {venue.id: venue for venue in db.scalars(select(Venue))}
    # The local day of any zone is a UTC day or one of its neighbours.
    first, last = (instant_of(minute).date() for minute in around)
    closed = closed_days_of(db, first=first - timedelta(days=1), last=last + timedelta(days=1))
    return _House(organisation, venues, closed)


def _read_openings(db: Session, question: Question, around: Interval, house: _House) -> _Openings:
    found: dict[int, dict[int | None, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    kinds: dict[int, ResourceKind] = {}
    caps: dict[int, Cap] = {}
    for row in db.execute(_openings(question, around)):
        venue_id = row.venue_id
        if row.kind is not ResourceKind.AGENT and venue_id is None:
            venue_id = row.home_id
        if not question.has_venue(venue_id):
            continue
        kinds[row.resource_id] = row.kind
        caps[row.resource_id] = Cap(row.most_a_day, row.most_a_week)
        # Cut at the margin: what lies beyond was not read, and must not be taken for free time.
        span = Interval(max(minute_of(row.starts_at), around.start), min(minute_from(row.ends_at), around.end))
        spans = [span]
        if row.closes_on_holidays:
            spans = subtract(spans, (day for day in house.closed_at(venue_id) if day.overlaps(span)))
        found[row.resource_id][venue_id] += spans
    return _Openings(found, kinds, caps)


def _openings(question: Question, around: Interval) -> Select[*tuple[Any, ...]]:
    occurrence, serves = OpeningOccurrence, opening_hours_type.c
    return (
        select(
            occurrence.resource_id,
            occurrence.venue_id,
            occurrence.starts_at,
            occurrence.ends_at,
            occurrence.closes_on_holidays,
            Resource.kind,
            Resource.venue_id.label("home_id"),
            Resource.most_a_day,
            Resource.most_a_week,
        )
        .join(Resource, Resource.id == occurrence.resource_id)
        .join(opening_hours_type, serves.opening_hours_id == occurrence.opening_hours_id)
        .where(
            serves.appointment_type_id == question.type.id,
            occurrence.is_cancelled.is_(False),
            Resource.retired_at.is_(None),
            occurrence.ends_at > instant_of(around.start),
            occurrence.ends_at < instant_of(around.end + LONGEST_OPENING),
            occurrence.starts_at < instant_of(around.end),
        )
    )


def _read_absences(db: Session, resource_ids: Sequence[int], around: Interval) -> dict[int, list[Interval]]:
    found: dict[int, list[Interval]] = defaultdict(list)
    absence = TimeOffOccurrence
    query = select(absence.resource_id, absence.starts_at, absence.ends_at).where(
        absence.resource_id.in_(resource_ids),
        absence.is_cancelled.is_(False),
        absence.ends_at > instant_of(around.start),
        absence.ends_at < instant_of(around.end + LONGEST_ABSENCE),
        absence.starts_at < instant_of(around.end),
    )
    for row in db.execute(query) if resource_ids else ():
        found[row.resource_id].append(Interval(minute_of(row.starts_at), minute_from(row.ends_at)))
    return found


def _read_engagements(
    db: Session, question: Question, openings: _Openings, *, now: datetime, zone: ZoneInfo
) -> tuple[dict[int, list[Interval]], dict[int, Tally]]:
    capped = {resource_id: cap for resource_id, cap in openings.caps.items() if cap.binds}
    around = _around(question)
    read = _weeks_around(around) if capped else around
    resource_ids = sorted(openings.spans)
    found: dict[int, list[Interval]] = defaultdict(list)
    counted: dict[int, dict[int, int]] = defaultdict(dict)
    for row in db.execute(_engagements(question, resource_ids, read, now)) if resource_ids else ():
        found[row.resource_id].append(Interval(row.start_minute, row.end_minute))
        if row.resource_id in capped and row.kind is not EngagementKind.WORKSHOP:
            # The engagements of one cause count once: a hold may keep its time in two parts.
            cause = row.appointment_id or row.hold_id
            known = counted[row.resource_id].get(cause, row.start_minute)
            counted[row.resource_id][cause] = min(known, row.start_minute)
    tallies = {one: Tally.of(cap, zone, counted[one].values()) for one, cap in capped.items()}
    return found, tallies


def _engagements(
    question: Question, resource_ids: Sequence[int], read: Interval, now: datetime
) -> Select[*tuple[Any, ...]]:
    taken = Engagement
    query = select(
        taken.resource_id, taken.start_minute, taken.end_minute, taken.kind, taken.appointment_id, taken.hold_id
    ).where(
        taken.resource_id.in_(resource_ids),
        taken.end_minute > read.start,
        taken.end_minute < read.end + LONGEST,
        taken.start_minute < read.end,
        or_(taken.expires_minute.is_(None), taken.expires_minute > minute_of(now)),
    )
    for column, own in ((taken.hold_id, question.own_hold), (taken.appointment_id, question.own_appointment)):
        if own is not None:
            query = query.where(or_(column.is_(None), column != own))
    return query
