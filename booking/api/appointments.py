"""Appointments: booked, shown, moved, cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking.api.answers import AppointmentAnswer, told_appointment
from booking.api.holds import HoldAnswer, told_hold
from booking.api.persons import PersonBody, faults_below_person, person_of
from booking.api.public import client
from booking.models import Appointment, AppointmentStatus, Channel, EngagementKind
from booking.queries import conflicts, expected, holds, unserved
from booking.steps.engagements import Override
from booking.steps.holds import MOST_OF_A_PROGRAM
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.cancel_appointment import cancel_appointment
from booking.use_cases.confirm_move import confirm_move
from booking.use_cases.decide_request import approve_request, refuse_request
from booking.use_cases.hold_move import hold_move
from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.here import current_organisation
from directory.queries import venues
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Part, Secret, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("appointments", "Who is expected: shown to staff, and booked, moved and cancelled by them.")
staff = program(Permission.SEE_DAY)


class AppointmentsAsked(PageAsked):
    """Which appointments: those that start in `[since, until)`."""

    since = Instant(load_default=None)
    until = Instant(load_default=None)
    venue_id = Identifier(load_default=None)
    status = Choice(AppointmentStatus, load_default=None)


class OverrideBody(HouseSchema):
    """Booking on purpose over opening hours, caps and whatever is named here."""

    reason = Text(longest=300, required=True)
    over = Several(
        Identifier(),
        most=50,
        load_default=list,
        metadata={"description": "The appointments, workshops and holds that it may overlap: what was seen."},
    )


class NewStaffAppointment(HouseSchema):
    """What staff book for somebody: notice, horizon and grid do not bind them, and nobody has to be reachable."""

    type_id = Identifier(required=True)
    channel = Choice(Channel, required=True)
    venue_id = Identifier(load_default=None, allow_none=True)
    starts_at = Instant(required=True)
    person = Part(PersonBody, required=True)
    resource_id = Identifier(
        load_default=None, allow_none=True, metadata={"description": "Which agent; null: whoever is free."}
    )
    people = Whole(least=1, most=20, load_default=1)
    override = Part(OverrideBody, load_default=None, allow_none=True)


class CancellationBody(HouseSchema):
    """Why: the person is told."""

    may_be_absent = True

    reason = Text(longest=300, blank=True, load_default="")


class ConflictsAsked(HouseSchema):
    """Whose time, from when until when."""

    resource_id = Identifier(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class UnservedAsked(HouseSchema):
    """Whose appointments."""

    resource_id = Identifier(required=True)


class UnservedAnswer(HouseSchema):
    """The appointments that nobody is open for any more, the soonest first, 200 at most."""

    items = Several(Part(AppointmentAnswer), most=200, required=True)


class ConflictAnswer(HouseSchema):
    """What takes the time: name its `id` in an override to book over it."""

    id = Identifier(required=True)
    kind = Choice(EngagementKind, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, metadata={"description": "With the pause that follows."})


class ConflictsAnswer(HouseSchema):
    """What takes the time, in order."""

    items = Several(Part(ConflictAnswer), most=1_000, required=True)


class NewMoveHold(HouseSchema):
    """Where an appointment would move."""

    venue_id = Identifier(required=True, allow_none=True)
    starts_at = Instant(required=True)


class NewMove(HouseSchema):
    """The move that a hold has kept."""

    hold = Secret(required=True, metadata={"description": "The token of the hold."})


@blueprint.get("/appointments", staff, query=AppointmentsAsked, answer=page_of(AppointmentAnswer))
def list_appointments(asked: dict[str, Any]) -> dict[str, Any]:
    """List appointments, in the order in which they were booked."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with reading() as db:
        items, following = take_page(db, expected.select_every(**asked), Appointment.id, **page)
        found = expected.with_people(db, items)
    return {"items": [told_appointment(one) for one in found], "next": following}


@blueprint.post("/appointments/by-staff", staff, body=NewStaffAppointment, answer=AppointmentAnswer, status=201)
def post_by_staff(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Book for somebody who is there or on the telephone."""
    with faults_below_person():
        person = person_of(body.pop("person"), _region(body["venue_id"]))
        override = body.pop("override")
        if override is not None:
            override = Override(override["reason"], tuple(override["over"]))
        made = perform(book_for_person, now=now(), person=person, override=override, **body)
    return _shown(made.id), 201, located(f"/appointments/{ids.to_text(made.id)}")


@blueprint.get("/appointments/<id:appointment_id>", staff, answer=AppointmentAnswer)
def show_appointment(appointment_id: int) -> dict[str, Any]:
    """Show one appointment."""
    return _shown(appointment_id)


@blueprint.post(
    "/appointments/<id:appointment_id>/cancellation", staff, body=CancellationBody, answer=AppointmentAnswer
)
def post_cancellation(body: dict[str, Any], appointment_id: int) -> dict[str, Any]:
    """Cancel it: the time is free at once, and the person is told."""
    perform(cancel_appointment, now=now(), appointment_id=appointment_id, reason=body["reason"])
    return _shown(appointment_id)


@blueprint.post("/appointments/<id:appointment_id>/approval", staff, answer=AppointmentAnswer)
def post_approval(appointment_id: int) -> dict[str, Any]:
    """Approve a request: the person is told that they are expected."""
    perform(approve_request, now=now(), appointment_id=appointment_id)
    return _shown(appointment_id)


@blueprint.post("/appointments/<id:appointment_id>/refusal", staff, body=CancellationBody, answer=AppointmentAnswer)
def post_refusal(body: dict[str, Any], appointment_id: int) -> dict[str, Any]:
    """Refuse a request: its time is free at once, and the person is told."""
    perform(refuse_request, now=now(), appointment_id=appointment_id, reason=body["reason"])
    return _shown(appointment_id)


@blueprint.get("/appointments/unserved", staff, query=UnservedAsked, answer=UnservedAnswer)
def list_unserved(asked: dict[str, Any]) -> dict[str, Any]:
    """List what an edit of opening hours, or an absence, has left without anybody who is open."""
    with reading() as db:
        found = expected.with_people(db, unserved.of_resource(db, asked["resource_id"], now=now()))
    return {"items": [told_appointment(one) for one in found]}


@blueprint.get("/conflicts", staff, query=ConflictsAsked, answer=ConflictsAnswer)
def list_conflicts(asked: dict[str, Any]) -> dict[str, Any]:
    """List what takes somebody's time, for whoever is about to book over it."""
    with reading() as db:
        return {"items": conflicts.of_resource(db, now=now(), **asked)}


@blueprint.post("/appointments/<id:appointment_id>/holds", staff, body=NewMoveHold, answer=HoldAnswer, status=201)
def post_move_hold(body: dict[str, Any], appointment_id: int) -> tuple[dict[str, Any], int]:
    """Keep another time for it, as long as it is; its own time stays until the move is made."""
    venue_id: int | None = body["venue_id"]
    starts_at: datetime = body["starts_at"]
    held = perform(
        hold_move,
        now=now(),
        client=client(),
        appointment_id=appointment_id,
        venue_id=venue_id,
        starts_at=starts_at,
        most_of_network=MOST_OF_A_PROGRAM,
    )
    with reading() as db:
        return told_hold(held.token, holds.kept_by(db, held.token)), 201


@blueprint.post("/appointments/<id:appointment_id>/move", staff, body=NewMove, answer=AppointmentAnswer)
def post_move(body: dict[str, Any], appointment_id: int) -> dict[str, Any]:
    """Move it to what the hold has kept; the person is told."""
    perform(confirm_move, now=now(), appointment_id=appointment_id, token=body["hold"])
    return _shown(appointment_id)


def _shown(appointment_id: int) -> dict[str, Any]:
    with reading() as db:
        return told_appointment(expected.by_id(db, appointment_id))


def _region(venue_id: int | None) -> str:
    if venue_id is None:
        return current_organisation().region
    with reading() as db:
        return venues.by_id(db, venue_id).region
