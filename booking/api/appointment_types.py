"""Appointment types: what one can come for."""

from __future__ import annotations

from typing import Any

from booking.domain.settings import LIMITS
from booking.models import AppointmentType, Channel, Grid
from booking.queries import types
from booking.use_cases.offer_type import TypeSettings, offer_type
from booking.use_cases.retire_type import retire_type
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("appointment-types", "What one can come for (motifs): how long, by which channels, when.")


def _minutes(name: str, **kwargs: Any) -> Whole:
    least, most = LIMITS[name]
    return Whole(least=least, most=most, **kwargs)


class NewAppointmentType(HouseSchema):
    """A reason to come. Durations are in minutes."""

    name = Text(longest=120, required=True, metadata={"example": "Aide administrative"})
    description = Text(longest=500, blank=True, load_default=TypeSettings.description)
    duration_minutes = _minutes("duration_minutes", required=True, metadata={"example": 30})
    pause_minutes = _minutes("pause_minutes", load_default=TypeSettings.pause_minutes)
    step_minutes = _minutes(
        "step_minutes",
        allow_none=True,
        load_default=TypeSettings.step_minutes,
        metadata={"description": "From one start to the next; null: the duration and the pause."},
    )
    grid = Choice(
        Grid,
        load_default=TypeSettings.grid,
        metadata={"description": "Starts counted from when somebody is free, or aligned on the wall clock."},
    )
    channels = Several(
        Choice(Channel),
        fewest=1,
        most=len(Channel),
        required=True,
        metadata={"description": "Distinct; the first is the default. A workshop has `on-site` alone."},
    )
    booking_notice_minutes = _minutes("booking_notice_minutes", load_default=TypeSettings.booking_notice_minutes)
    booking_horizon_minutes = _minutes("booking_horizon_minutes", load_default=TypeSettings.booking_horizon_minutes)
    cancel_notice_minutes = _minutes("cancel_notice_minutes", load_default=TypeSettings.cancel_notice_minutes)
    needs_room = Flag(load_default=TypeSettings.needs_room)
    is_workshop = Flag(load_default=TypeSettings.is_workshop)
    is_discreet = Flag(
        load_default=TypeSettings.is_discreet,
        metadata={"description": "Not named in SMS, subjects and calendar titles."},
    )
    what_to_bring = Text(longest=500, blank=True, load_default=TypeSettings.what_to_bring)
    position = _minutes("position", load_default=TypeSettings.position)


class AppointmentTypeAnswer(HouseSchema):
    """A reason to come; once `retired_at` it is not offered any more."""

    id = Identifier(required=True)
    name = Text(longest=120, required=True)
    description = Text(longest=500, blank=True, required=True)
    duration_minutes = _minutes("duration_minutes", required=True)
    pause_minutes = _minutes("pause_minutes", required=True)
    step_minutes = _minutes("step_minutes", required=True, allow_none=True)
    grid = Choice(Grid, required=True)
    channels = Several(Choice(Channel), fewest=1, most=len(Channel), required=True)
    booking_notice_minutes = _minutes("booking_notice_minutes", required=True)
    booking_horizon_minutes = _minutes("booking_horizon_minutes", required=True)
    cancel_notice_minutes = _minutes("cancel_notice_minutes", required=True)
    needs_room = Flag(required=True)
    is_workshop = Flag(required=True)
    is_discreet = Flag(required=True)
    what_to_bring = Text(longest=500, blank=True, required=True)
    position = _minutes("position", required=True)
    retired_at = Instant(required=True, allow_none=True)


@blueprint.get("/appointment-types", program(), query=PageAsked, answer=page_of(AppointmentTypeAnswer))
def list_types(asked: dict[str, Any]) -> dict[str, Any]:
    """List the appointment types, those that are retired too."""
    with reading() as db:
        items, following = take_page(db, types.select_every(), AppointmentType.id, **asked)
    return {"items": [_told(kind) for kind in items], "next": following}


@blueprint.post(
    "/appointment-types",
    program(Permission.ADMINISTER),
    body=NewAppointmentType,
    answer=AppointmentTypeAnswer,
    status=201,
)
def post_type(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Offer an appointment type."""
    kind = perform(offer_type, now=now(), settings=TypeSettings(**body))
    return _told(kind), 201, located(f"/appointment-types/{ids.to_text(kind.id)}")


@blueprint.get("/appointment-types/<id:type_id>", program(), answer=AppointmentTypeAnswer)
def show_type(type_id: int) -> dict[str, Any]:
    """Show one appointment type."""
    with reading() as db:
        return _told(types.by_id(db, type_id))


@blueprint.post(
    "/appointment-types/<id:type_id>/retirement", program(Permission.ADMINISTER), answer=AppointmentTypeAnswer
)
def post_retirement(type_id: int) -> dict[str, Any]:
    """Offer it no more; what is booked stays, and a second time changes nothing."""
    return _told(perform(retire_type, now=now(), type_id=type_id))


def _told(kind: AppointmentType) -> dict[str, Any]:
    names = AppointmentTypeAnswer().fields
    return {name: getattr(kind, name) for name in names} | {"channels": [Channel(text) for text in kind.channels]}
