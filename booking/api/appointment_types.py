"""Appointment types: what one can come for."""

from __future__ import annotations

from typing import Any

from booking.domain.settings import LIMITS
from booking.models import AppointmentType, Audience, Channel, Grid
from booking.queries import types
from booking.use_cases.change_type import change_type
from booking.use_cases.offer_type import TypeSettings, offer_type
from booking.use_cases.retire_type import retire_type
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.etags import refuse_stale
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("appointment-types", "What one can come for (motifs): how long, by which channels, when.")


def _minutes(name: str, **kwargs: Any) -> Whole:
    least, most = LIMITS[name]
    return Whole(least=least, most=most, **kwargs)


def _most(what: str) -> Any:
    return {"allow_none": True, "metadata": {"description": f"The most {what}; null: no limit."}}


class _Settings(HouseSchema):
    """What both a new reason and changes of one may say."""

    description = Text(longest=500, blank=True)
    pause_minutes = _minutes("pause_minutes")
    step_minutes = _minutes(
        "step_minutes",
        allow_none=True,
        metadata={"description": "From one start to the next; null: the duration and the pause."},
    )
    grid = Choice(
        Grid, metadata={"description": "Starts counted from when somebody is free, or aligned on the wall clock."}
    )
    booking_notice_minutes = _minutes("booking_notice_minutes")
    booking_horizon_minutes = _minutes("booking_horizon_minutes")
    cancel_notice_minutes = _minutes("cancel_notice_minutes")
    agents_needed = _minutes("agents_needed", metadata={"description": "How many agents serve together."})
    needs_room = Flag()
    needs_vehicle = Flag()
    needs_approval = Flag(metadata={"description": "What the public books is a request until staff approve it."})
    audience = Choice(Audience, metadata={"description": "Who may book; staff always may."})
    most_people = _minutes("most_people", metadata={"description": "How many may come together."})
    people_share_time = Flag(
        metadata={"description": "Several people take the duration once; otherwise, as many times as they are."}
    )
    most_a_day = _minutes("most_a_day", **_most("appointments of this type in a local day of the organisation"))
    most_a_week = _minutes("most_a_week", **_most("in a week, from Monday"))
    person_most_a_day = _minutes("person_most_a_day", **_most("that one person may have of this type in a day"))
    person_most_a_week = _minutes("person_most_a_week", **_most("that one person may have of this type in a week"))
    offer_minutes = _minutes("offer_minutes", metadata={"description": "How long an offer of the waiting list lasts."})
    is_workshop = Flag()
    is_discreet = Flag(metadata={"description": "Not named in SMS, subjects and calendar titles."})
    what_to_bring = Text(longest=500, blank=True)
    position = _minutes("position")


def _channels(**kwargs: Any) -> Several:
    described = "Distinct; the first is the default. A workshop has `on-site` alone."
    return Several(Choice(Channel), fewest=1, most=len(Channel), metadata={"description": described}, **kwargs)


class NewAppointmentType(_Settings):
    """A reason to come. Durations are in minutes; what is left out has its usual value."""

    name = Text(longest=120, required=True, metadata={"example": "Aide administrative"})
    duration_minutes = _minutes("duration_minutes", required=True, metadata={"example": 30})
    channels = _channels(required=True)


class AppointmentTypeChanges(_Settings):
    """What is to be different; the rest stays. What is booked stays as it is."""

    name = Text(longest=120)
    duration_minutes = _minutes("duration_minutes")
    channels = _channels()


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
    agents_needed = _minutes("agents_needed", required=True)
    needs_room = Flag(required=True)
    needs_vehicle = Flag(required=True)
    needs_approval = Flag(required=True)
    audience = Choice(Audience, required=True)
    most_people = _minutes("most_people", required=True)
    people_share_time = Flag(required=True)
    most_a_day = _minutes("most_a_day", required=True, allow_none=True)
    most_a_week = _minutes("most_a_week", required=True, allow_none=True)
    person_most_a_day = _minutes("person_most_a_day", required=True, allow_none=True)
    person_most_a_week = _minutes("person_most_a_week", required=True, allow_none=True)
    offer_minutes = _minutes("offer_minutes", required=True)
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


@blueprint.get("/appointment-types/<id:type_id>", program(), answer=AppointmentTypeAnswer, tagged=True)
def show_type(type_id: int) -> dict[str, Any]:
    """Show one appointment type."""
    with reading() as db:
        return _told(types.by_id(db, type_id))


@blueprint.patch(
    "/appointment-types/<id:type_id>",
    program(Permission.ADMINISTER),
    body=AppointmentTypeChanges,
    answer=AppointmentTypeAnswer,
    tagged=True,
)
def patch_type(body: dict[str, Any], type_id: int) -> dict[str, Any]:
    """Change an appointment type; with `If-Match`, only if nobody else has meanwhile."""

    def compare(kind: AppointmentType) -> None:
        refuse_stale(AppointmentTypeAnswer, _told(kind))

    return _told(perform(change_type, now=now(), type_id=type_id, changes=body, compare=compare))


@blueprint.post(
    "/appointment-types/<id:type_id>/retirement", program(Permission.ADMINISTER), answer=AppointmentTypeAnswer
)
def post_retirement(type_id: int) -> dict[str, Any]:
    """Offer it no more; what is booked stays, and a second time changes nothing."""
    return _told(perform(retire_type, now=now(), type_id=type_id))


def _told(kind: AppointmentType) -> dict[str, Any]:
    names = AppointmentTypeAnswer().fields
    return {name: getattr(kind, name) for name in names} | {"channels": [Channel(text) for text in kind.channels]}
