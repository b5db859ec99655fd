"""Workshops: dated, with a number of seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from booking.api.appointments import CancellationBody
from booking.domain.refusals import WorkshopNotFound
from booking.domain.settings import SEATS
from booking.models import Workshop
from booking.queries import workshops
from booking.queries.workshops import ComingWorkshop
from booking.use_cases.cancel_workshop import cancel_workshop
from booking.use_cases.change_workshop import change_workshop
from booking.use_cases.plan_workshop import plan_workshop
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.times import local
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Day, Flag, HouseSchema, Identifier, Instant, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("workshops", "Appointments in a group (ateliers): a date, an agent, a number of seats.")


MOST_BESIDE = 10


class NewWorkshop(HouseSchema):
    """A workshop to plan; it lasts as long as its type says."""

    type_id = Identifier(required=True)
    venue_id = Identifier(required=True)
    agent_resource_id = Identifier(required=True, metadata={"description": "The `resource_id` of who leads it."})
    resource_ids = Several(
        Identifier(),
        most=MOST_BESIDE,
        load_default=list,
        metadata={"description": "What it takes beside: rooms and vehicles of the venue, other agents."},
    )
    title = Text(longest=160, required=True, metadata={"example": "Atelier CV"})
    starts_at = Instant(required=True)
    capacity = Whole(least=SEATS[0], most=SEATS[1], required=True)


class WorkshopChanges(HouseSchema):
    """What is to be different; the rest stays, its length too. Whoever must come at another time or place is told."""

    venue_id = Identifier()
    agent_resource_id = Identifier()
    resource_ids = Several(Identifier(), most=MOST_BESIDE)
    title = Text(longest=160)
    starts_at = Instant()
    capacity = Whole(least=SEATS[0], most=SEATS[1])


class WorkshopAnswer(HouseSchema):
    """A workshop, in the time of its venue. In a series, an exception is one that was changed by hand."""

    id = Identifier(required=True)
    type_id = Identifier(required=True)
    venue_id = Identifier(required=True)
    agent_resource_id = Identifier(required=True)
    resource_ids = Several(Identifier(), required=True)
    title = Text(longest=160, required=True)
    time_zone = Text(longest=60, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    capacity = Whole(least=SEATS[0], most=SEATS[1], required=True)
    free_seats = Whole(most=SEATS[1], required=True)
    cancelled_at = Instant(required=True, allow_none=True)
    series_id = Identifier(required=True, allow_none=True)
    rule_day = Day(
        required=True, allow_none=True, metadata={"description": "The day on which the rule of its series puts it."}
    )
    is_exception = Flag(required=True)


class WorkshopsAsked(PageAsked):
    """Which workshops: those that start in `[since, until)`."""

    since = Instant(load_default=None)
    until = Instant(load_default=None)
    type_id = Identifier(load_default=None)
    series_id = Identifier(load_default=None)


@blueprint.get("/workshops", program(), query=WorkshopsAsked, answer=page_of(WorkshopAnswer))
def list_workshops(asked: dict[str, Any]) -> dict[str, Any]:
    """List the workshops with their free seats."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with reading() as db:
        items, following = take_page(db, workshops.select_every(**asked), Workshop.id, **page)
        return {"items": _told(db, [one.id for one in items]), "next": following}


@blueprint.post("/workshops", program(Permission.MANAGE_MEETINGS), body=NewWorkshop, answer=WorkshopAnswer, status=201)
def post_workshop(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a workshop: it takes the time of its agent."""
    planned = perform(plan_workshop, now=now(), **body)
    return _shown(planned.id), 201, located(f"/workshops/{ids.to_text(planned.id)}")


@blueprint.get("/workshops/<id:workshop_id>", program(), answer=WorkshopAnswer)
def show_workshop(workshop_id: int) -> dict[str, Any]:
    """Show one workshop with its free seats."""
    return _shown(workshop_id)


@blueprint.patch(
    "/workshops/<id:workshop_id>",
    program(Permission.MANAGE_MEETINGS),
    body=WorkshopChanges,
    answer=WorkshopAnswer,
)
def patch_workshop(body: dict[str, Any], workshop_id: int) -> dict[str, Any]:
    """Change one workshop; in a series it is an exception from then on."""
    perform(change_workshop, now=now(), workshop_id=workshop_id, changes=body)
    return _shown(workshop_id)


@blueprint.post(
    "/workshops/<id:workshop_id>/cancellation",
    program(Permission.MANAGE_MEETINGS),
    body=CancellationBody,
    answer=WorkshopAnswer,
)
def post_workshop_cancellation(body: dict[str, Any], workshop_id: int) -> dict[str, Any]:
    """Cancel a workshop: everybody who has a seat is told, and its time is free at once."""
    perform(cancel_workshop, now=now(), workshop_id=workshop_id, reason=body["reason"])
    return _shown(workshop_id)


def _shown(workshop_id: int) -> dict[str, Any]:
    with reading() as db:
        found = _told(db, [workshop_id])
    if not found:
        raise WorkshopNotFound
    return found[0]


def _told(db: Session, workshop_ids: Sequence[int]) -> list[dict[str, Any]]:
    taking = workshops.resources_of(db, workshop_ids)
    return [_answer(one, taking[one.workshop.id]) for one in workshops.with_free_seats(db, workshop_ids, now=now())]


def _answer(one: ComingWorkshop, resource_ids: set[int]) -> dict[str, Any]:
    plain = ("id", "type_id", "venue_id", "agent_resource_id", "title", "capacity", "cancelled_at")
    in_series = ("series_id", "rule_day", "is_exception")
    zone = one.venue.time_zone
    return {
        **{name: getattr(one.workshop, name) for name in (*plain, *in_series)},
        "resource_ids": sorted(resource_ids - {one.workshop.agent_resource_id}),
        "time_zone": zone,
        "starts_at": local(one.workshop.starts_at, zone),
        "ends_at": local(one.workshop.ends_at, zone),
        "free_seats": one.free_seats,
    }
