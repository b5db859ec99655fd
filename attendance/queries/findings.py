"""What does not fit together on a sheet? Eleven statements at most beside the sheet's, however many people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from attendance.domain import coherence
from attendance.domain.findings import FOR_FACILITATORS, Code, Finding, Heads, Seen, Span, Stay
from attendance.models import Facilitator, Meeting, MeetingKind
from attendance.queries import finding_rows, meetings
from attendance.queries.sheet_view import SheetView
from directory.models import Venue
from directory.queries import organisations
from directory.queries.holidays import closed_days_of
from foundation.times import local


def of_sheet(db: Session, view: SheetView, *, now: datetime) -> list[Finding]:
    """Return the findings of a sheet that was just read: of the whole meeting first, then by half-day."""
    spans = [Span(one.id, one.starts_at, one.ends_at) for one in view.half_days]
    if not spans:
        return []
    meeting, heads = meetings.by_id(db, view.meeting_id), heads_of(view)
    seen, people = finding_rows.seen(db, meeting.id)
    drawings = {one.drawing for one in seen if one.drawing is not None}
    found = [
        *coherence.title_differs(meeting.title, meeting.agreement_title),
        *coherence.on_closed_days(spans, meeting.time_zone, _closed_days(db, meeting, spans)),
        *_in_two_places(db, meeting, spans, seen, people),
        *coherence.too_many(heads, meeting.seats),
        *coherence.headcounts(heads),
        *coherence.in_a_row(seen),
        *coherence.same_drawings(seen, finding_rows.drawings_elsewhere(db, meeting.id, drawings)),
        *coherence.outside_hours(spans, seen),
        *coherence.doubts(finding_rows.doubts(db, [one.half_day_id for one in spans])),
    ]
    if meeting.kind is not MeetingKind.APPOINTMENT:
        found += coherence.not_countersigned(spans, heads, now=now)
    order = {one.half_day_id: number for number, one in enumerate(spans)}
    return sorted(found, key=lambda one: order.get(one.half_day_id or 0, -1))


def for_facilitators(found: list[Finding]) -> list[Finding]:
    """Return those that a facilitator can judge: nothing of where else somebody was."""
    return [one for one in found if one.code in FOR_FACILITATORS]


def heads_of(view: SheetView) -> list[Heads]:
    """Return how many people each half-day had, and as facilitators counted them."""
    return [
        Heads(one.id, told_at(view, number), tuple(_counted(view, number))) for number, one in enumerate(view.half_days)
    ]


def told_at(view: SheetView, number: int) -> int:
    """Return how many people signed half-day `number`, or were said to be there."""
    roll = view.roll(number)
    return len(roll.present) + len(roll.stated)


def _counted(view: SheetView, number: int) -> Iterator[int]:
    for who in view.facilitators:
        made = who.countersignatures[number]
        if made is not None:
            yield made.headcount


def _closed_days(db: Session, meeting: Meeting, spans: list[Span]) -> list[date]:
    days = [local(one.starts_at, meeting.time_zone).date() for one in spans]
    venue = db.get(Venue, meeting.venue_id) if meeting.venue_id is not None else None
    closed = closed_days_of(db, first=min(days), last=max(days))
    return closed.at(venue, organisations.by_id(db, meeting.organisation_id))


def _in_two_places(
    db: Session, meeting: Meeting, spans: list[Span], seen: list[Seen], people: dict[int, int]
) -> list[Finding]:
    whole = Span(0, min(one.starts_at for one in spans), max(one.ends_at for one in spans))
    leaders, led = finding_rows.facilitators_elsewhere(db, meeting.id, whole)
    attended = finding_rows.stays_elsewhere(db, meeting.id, people.values(), whole) if people else []
    return [
        *coherence.in_two_places(Code.FACILITATOR_TWICE, _led(leaders, spans), led),
        *coherence.in_two_places(Code.ATTENDEE_TWICE, _stays(spans, seen, people), attended),
    ]


def _led(leaders: Sequence[Facilitator], spans: list[Span]) -> list[Stay]:
    return [
        Stay(one.id, one.name, span.half_day_id, "", span.starts_at, span.ends_at) for one in leaders for span in spans
    ]


def _stays(spans: list[Span], seen: list[Seen], people: dict[int, int]) -> list[Stay]:
    hours = {one.half_day_id: one for one in spans}
    made: dict[tuple[int, int], list[Seen]] = defaultdict(list)
    for one in seen:
        made[one.attendee_id, one.half_day_id].append(one)
    found = (
        coherence.stay(hours[half_day_id], signed, title="", who=people[attendee_id])
        for (attendee_id, half_day_id), signed in made.items()
    )
    return [one for one in found if one is not None]
