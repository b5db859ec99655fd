"""The attendance sheet of a meeting: everything that the page and the PDF print, and nothing that they do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import MeetingNotFound
from attendance.models import Countersignature, Facilitator, HalfDay, Meeting, MeetingKind
from attendance.queries import expected, half_days, meetings, sheet_cells
from attendance.queries.sheet_cells import Known
from attendance.queries.sheet_view import CountersignatureView, FacilitatorView, HalfDayView, PersonView, SheetView
from directory.models import Agent, Beneficiary, Venue
from directory.queries import organisations


def of_meeting(db: Session, meeting_id: int, *, now: datetime) -> SheetView:
    """Return the sheet of a meeting; raise MeetingNotFound."""
    meeting = meetings.by_id(db, meeting_id)
    organisation = organisations.by_id(db, meeting.organisation_id)
    venue = db.get(Venue, meeting.venue_id) if meeting.venue_id is not None else None
    closer = db.get(Agent, meeting.closed_by) if meeting.closed_by is not None else None
    spans = half_days.of_meeting(db, meeting_id)
    known = sheet_cells.of_meeting(db, meeting_id)
    return SheetView(
        meeting_id=meeting.id,
        kind=meeting.kind,
        organisation=organisation.name,
        organisation_address=organisation.address,
        siret=organisation.siret,
        activity_declaration=organisation.activity_declaration,
        title=meeting.title,
        venue_id=meeting.venue_id,
        venue=venue.name if venue else None,
        venue_address=venue.address if venue else None,
        video_room=meeting.video_room,
        time_zone=meeting.time_zone,
        half_days=tuple(HalfDayView(one.id, one.title, one.starts_at, one.ends_at) for one in spans),
        people=_people(db, meeting, spans, known, now=now),
        facilitators=_facilitators(db, meeting_id, spans),
        state=meeting.sheet_state,
        closed_at=meeting.closed_at,
        closed_by=closer.name if closer else None,
        made_at=now,
        documents=known.documents,
        papers=known.papers,
        corrections_waiting=known.waiting,
    )


def _people(
    db: Session, meeting: Meeting, spans: Sequence[HalfDay], known: Known, *, now: datetime
) -> tuple[PersonView, ...]:
    people = meetings.attendees(db, meeting.id)
    enrolled = {person.id: (attendee.id, person) for attendee, person in people}
    lines: list[tuple[int | None, Beneficiary]] = list(enrolled.values())
    walked_in = {one.id for one, _ in people if one.is_walk_in}
    coming = _coming(db, meeting)
    if coming is not None:
        # Whoever cancelled stays on the sheet only if they had signed or somebody had spoken for them.
        kept = known.attendees | walked_in
        lines = [line for line in lines if line[1].id in coming or line[0] in kept]
        missing = select(Beneficiary).where(Beneficiary.id.in_(coming - enrolled.keys()))
        lines += [(None, person) for person in db.scalars(missing)]
    lines.sort(key=lambda line: (line[1].searched_name, line[1].id))
    return tuple(
        PersonView(
            attendee_id,
            person.id,
            person.full_name,
            tuple(known.cell(attendee_id or 0, one, now=now) for one in spans),
            is_walk_in=attendee_id in walked_in,
        )
        for attendee_id, person in lines
    )


def _coming(db: Session, meeting: Meeting) -> set[int] | None:
    if meeting.kind is MeetingKind.TRAINING:
        return None
    booked = expected.of_meeting(db, appointment_id=meeting.appointment_id, workshop_id=meeting.workshop_id)
    return {one.beneficiary_id for one in booked if not one.is_cancelled or _is_after(one.cancelled_at, meeting)}


def _is_after(cancelled_at: datetime | None, meeting: Meeting) -> bool:
    # What was booked when the sheet was closed stays on it: an absence cannot be taken away by cancelling afterwards.
    return meeting.closed_at is not None and cancelled_at is not None and cancelled_at > meeting.closed_at


def _facilitators(db: Session, meeting_id: int, spans: Sequence[HalfDay]) -> tuple[FacilitatorView, ...]:
    people = meetings.facilitators(db, meeting_id)
    query = select(Countersignature).where(Countersignature.facilitator_id.in_([one.id for one in people]))
    made = {
        (one.facilitator_id, one.half_day_id): CountersignatureView(one.headcount, one.signed_at, one.remark)
        for one in db.scalars(query)
    }
    return tuple(
        FacilitatorView(who.id, who.name, tuple(made.get((who.id, one.id)) for one in spans)) for who in people
    )


def of_facilitator(db: Session, facilitator_id: int, *, now: datetime) -> tuple[SheetView, FacilitatorView]:
    """Return the sheet that a facilitator countersigns, and their own line on it; raise MeetingNotFound."""
    found = db.get(Facilitator, facilitator_id)
    if found is None:
        raise MeetingNotFound
    view = of_meeting(db, found.meeting_id, now=now)
    return view, next(one for one in view.facilitators if one.id == facilitator_id)
