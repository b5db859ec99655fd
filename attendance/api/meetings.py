"""Meetings (séances): trainings, workshops and appointments, once somebody may sign there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE, HalfDayAnswer, sheet_state
from attendance.models import MeetingKind
from attendance.queries import agenda, meetings
from attendance.queries import sheet as sheets
from attendance.use_cases.open_sheet import open_sheet, open_sheet_of_appointment
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, perform, reading

MOST = 200
AROUND = timedelta(days=92)
NOTHING_YET = {"description": "Null for a workshop that nothing has touched yet."}
NOT_YET = {"description": "Null for somebody who has booked and whom nothing has touched yet."}

blueprint = ApiBlueprint("meetings", "Séances: one or more half-days, who is expected, who leads.")


class MeetingsAsked(HouseSchema):
    """Which span of time, 366 days at most: without either end six months from the other, without both around now."""

    since = Instant(load_default=None)
    until = Instant(load_default=None)


class MeetingLineAnswer(HouseSchema):
    """A training or a workshop in a list."""

    meeting_id = Identifier(required=True, allow_none=True, metadata=NOTHING_YET)
    workshop_id = Identifier(required=True, allow_none=True)
    kind = Choice(MeetingKind, required=True)
    title = Text(longest=200, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    video_room = Text(longest=300, required=True, allow_none=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    half_days = Whole(required=True, metadata={"description": "How many."})
    signatures = Whole(required=True, metadata={"description": "How many arrivals are signed."})
    sheet_state = sheet_state()


class MeetingsAnswer(HouseSchema):
    """The first 200 meetings of the span by their start; ask for a shorter span to see others."""

    items = Several(Part(MeetingLineAnswer), most=MOST, required=True)


class MeetingAttendeeAnswer(HouseSchema):
    """Somebody who is expected."""

    id = Identifier(required=True, allow_none=True, metadata=NOT_YET)
    beneficiary_id = Identifier(required=True)
    name = Text(longest=170, required=True)


class MeetingFacilitatorAnswer(HouseSchema):
    """Somebody who leads, and the half-days that they have countersigned."""

    id = Identifier(required=True)
    name = Text(longest=160, required=True)
    countersigned = Several(Identifier(), required=True)


class MeetingAnswer(HouseSchema):
    """A meeting."""

    id = Identifier(required=True)
    kind = Choice(MeetingKind, required=True)
    title = Text(longest=200, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    video_room = Text(longest=300, required=True, allow_none=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    sheet_state = sheet_state()
    agreement_title = Text(longest=200, required=True, allow_none=True)
    reference = Text(longest=80, required=True, allow_none=True)
    needs_drawing = Flag(required=True, metadata={"description": "A badge alone does not sign."})
    invites = Flag(required=True, metadata={"description": "People are asked to sign by themselves."})
    seats = Whole(least=1, required=True, allow_none=True)
    half_days = Several(Part(HalfDayAnswer), required=True)
    attendees = Several(Part(MeetingAttendeeAnswer), most=1000, required=True)
    facilitators = Several(Part(MeetingFacilitatorAnswer), required=True)


_PLANNED = ("agreement_title", "reference", "needs_drawing", "invites", "seats")


def shown(meeting_id: int) -> dict[str, Any]:
    """Return a meeting as it is answered; raise MeetingNotFound."""
    with reading() as db:
        view = sheets.of_meeting(db, meeting_id, now=now())
        meeting = meetings.by_id(db, meeting_id)
    spans = view.half_days
    return {
        "id": view.meeting_id,
        "kind": view.kind,
        "title": view.title,
        "venue_id": view.venue_id,
        "video_room": view.video_room,
        "time_zone": view.time_zone,
        "sheet_state": view.state,
        **{name: getattr(meeting, name) for name in _PLANNED},
        "half_days": localised(spans, view.time_zone),
        "attendees": [
            {"id": one.attendee_id, "beneficiary_id": one.beneficiary_id, "name": one.name} for one in view.people
        ],
        "facilitators": [
            {
                "id": who.id,
                "name": who.name,
                "countersigned": [
                    span.id for span, done in zip(spans, who.countersignatures, strict=True) if done is not None
                ],
            }
            for who in view.facilitators
        ],
    }


@blueprint.get("/meetings", program(Permission.SEE_DAY), query=MeetingsAsked, answer=MeetingsAnswer)
def list_meetings(asked: dict[str, Any]) -> dict[str, Any]:
    """List the trainings and workshops of a span of time."""
    since, until = _span(**asked)
    with reading() as db:
        lines = agenda.lines(db, since=since, until=until)[:MOST]
    return {"items": [localised(one, one.time_zone) | {"sheet_state": one.state} for one in lines]}


def _span(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    if since is None:
        since = now() - AROUND if until is None else until - 2 * AROUND
    return since, until or since + 2 * AROUND


@blueprint.get("/meetings/<id:meeting_id>", program(Permission.SEE_DAY), answer=MeetingAnswer)
def show_meeting(meeting_id: int) -> dict[str, Any]:
    """Show one meeting."""
    return shown(meeting_id)


@blueprint.post("/workshops/<id:workshop_id>/meeting", program(Permission.MANAGE_MEETINGS), answer=MeetingAnswer)
def open_meeting_of_workshop(workshop_id: int) -> dict[str, Any]:
    """Show the meeting of a workshop, made now where it is missing."""
    return shown(perform(open_sheet, now=now(), workshop_id=workshop_id))


@blueprint.post("/appointments/<id:appointment_id>/meeting", program(Permission.MANAGE_MEETINGS), answer=MeetingAnswer)
def open_meeting_of_appointment(appointment_id: int) -> dict[str, Any]:
    """Show the meeting of an appointment, made now where it is missing."""
    return shown(perform(open_sheet_of_appointment, now=now(), appointment_id=appointment_id))
