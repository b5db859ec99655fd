"""The attendance sheet of a meeting: everything that the page and the PDF print, and nothing that they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.refusals import MeetingNotFound
from attendance.domain.windows import minutes_retained
from attendance.models import (
    Attendee,
    Countersignature,
    Facilitator,
    HalfDay,
    Meeting,
    MeetingKind,
    Signature,
    SignatureKind,
    Standing,
    Statement,
)
from attendance.queries import expected, half_days, meetings
from attendance.queries.sheet_view import (
    CellView,
    CountersignatureView,
    FacilitatorView,
    HalfDayView,
    PersonView,
    SheetView,
    SignatureView,
    StatementView,
)
from directory.models import Agent, Beneficiary, Venue
from directory.queries import organisations

Cell = tuple[int, int]
"""(attendee, half-day): what a signature or a statement is filed under."""


def of_meeting(db: Session, meeting_id: int, *, now: datetime) -> SheetView:
    """Return the sheet of a meeting; raise MeetingNotFound."""
    meeting = meetings.by_id(db, meeting_id)
    organisation = organisations.by_id(db, meeting.organisation_id)
    venue = db.get(Venue, meeting.venue_id) if meeting.venue_id is not None else None
    closer = db.get(Agent, meeting.closed_by) if meeting.closed_by is not None else None
    spans = half_days.of_meeting(db, meeting_id)
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
        people=_people(db, meeting, spans, now=now),
        facilitators=_facilitators(db, meeting_id, spans),
        state=meeting.sheet_state,
        closed_at=meeting.closed_at,
        closed_by=closer.name if closer else None,
        made_at=now,
    )


def _people(db: Session, meeting: Meeting, spans: Sequence[HalfDay], *, now: datetime) -> tuple[PersonView, ...]:
    signed, stated = _signatures(db, meeting.id), _statements(db, meeting.id)
    enrolled = {person.id: (attendee.id, person) for attendee, person in meetings.attendees(db, meeting.id)}
    lines: list[tuple[int | None, Beneficiary]] = list(enrolled.values())
    coming = _coming(db, meeting)
    if coming is not None:
        # Whoever cancelled stays on the sheet only if they had signed or somebody had spoken for them.
        kept = {attendee for attendee, _ in (*signed, *stated)}
        lines = [line for line in lines if line[1].id in coming or line[0] in kept]
        missing = select(Beneficiary).where(Beneficiary.id.in_(coming - enrolled.keys()))
        lines += [(None, person) for person in db.scalars(missing)]
    lines.sort(key=lambda line: (line[1].searched_name, line[1].id))
    return tuple(
        PersonView(
            attendee_id,
            person.id,
            person.full_name,
            tuple(
                cell(
                    one,
                    signed.get((attendee_id or 0, one.id), []),
                    stated.get((attendee_id or 0, one.id), []),
                    now=now,
                )
                for one in spans
            ),
        )
        for attendee_id, person in lines
    )


def cell(
    half_day: HalfDay, signed: Sequence[SignatureView], stated: Sequence[StatementView], *, now: datetime
) -> CellView:
    """Return what stands in one cell, the minutes retained included; statements count no minutes."""
    by_kind = {one.kind: one for one in signed}
    arrival, departure = by_kind.get(SignatureKind.ARRIVAL), by_kind.get(SignatureKind.DEPARTURE)
    is_over = half_day.ends_at <= now
    minutes = None
    if arrival is not None and (is_over or departure is not None):
        minutes = minutes_retained(
            starts_at=half_day.starts_at,
            ends_at=half_day.ends_at,
            arrived_at=arrival.observed_at,
            left_at=departure.observed_at if departure else None,
        )
    return CellView(tuple(signed), tuple(stated), minutes, is_absent=is_over and not signed and not stated)


def _coming(db: Session, meeting: Meeting) -> set[int] | None:
    if meeting.kind is MeetingKind.TRAINING:
        return None
    booked = expected.of_meeting(db, appointment_id=meeting.appointment_id, workshop_id=meeting.workshop_id)
    return {one.beneficiary_id for one in booked if not one.is_cancelled or _is_after(one.cancelled_at, meeting)}


def _is_after(cancelled_at: datetime | None, meeting: Meeting) -> bool:
    # What was booked when the sheet was closed stays on it: an absence cannot be taken away by cancelling afterwards.
    return meeting.closed_at is not None and cancelled_at is not None and cancelled_at > meeting.closed_at


def _signatures(db: Session, meeting_id: int) -> dict[Cell, list[SignatureView]]:
    query = (
        select(Signature, Agent.name)
        .join(Attendee, Attendee.id == Signature.attendee_id)
        .outerjoin(Agent, Agent.id == Signature.agent_id)
        .where(Attendee.meeting_id == meeting_id, Signature.standing == Standing.COUNTS)
        .order_by(Signature.kind, Signature.id)
    )
    found: dict[Cell, list[SignatureView]] = defaultdict(list)
    for one, agent in db.execute(query):
        view = SignatureView(one.kind, one.method.value, one.grade.value, one.observed_at, one.recorded_at, agent)
        found[one.attendee_id, one.half_day_id].append(view)
    return found


def _statements(db: Session, meeting_id: int) -> dict[Cell, list[StatementView]]:
    query = (
        select(Statement, Agent.name, Facilitator.name)
        .join(Attendee, Attendee.id == Statement.attendee_id)
        .outerjoin(Agent, Agent.id == Statement.agent_id)
        .outerjoin(Facilitator, Facilitator.id == Statement.facilitator_id)
        .where(Attendee.meeting_id == meeting_id)
        .order_by(Statement.id)
    )
    found: dict[Cell, list[StatementView]] = defaultdict(list)
    for one, agent, facilitator in db.execute(query):
        view = StatementView(one.kind, agent or facilitator or "", one.reason, one.stated_at)
        found[one.attendee_id, one.half_day_id].append(view)
    return found


def _facilitators(db: Session, meeting_id: int, spans: Sequence[HalfDay]) -> tuple[FacilitatorView, ...]:
    people = meetings.facilitators(db, meeting_id)
    query = select(Countersignature).where(Countersignature.facilitator_id.in_([one.id for one in people]))
    made = {
        (one.facilitator_id, one.half_day_id): CountersignatureView(one.headcount, one.signed_at)
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
