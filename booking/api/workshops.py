"""Workshops: dated, with a number of seats."""

from __future__ import annotations

from typing import Any

from booking.api.holds import HoldAnswer, told_hold
from booking.api.public import as_the_public, client
from booking.domain.refusals import WorkshopNotFound
from booking.domain.settings import SEATS
from booking.models import Workshop
from booking.queries import holds, workshops
from booking.queries.workshops import ComingWorkshop
from booking.steps.holds import MOST_OF_A_PROGRAM
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.plan_workshop import plan_workshop
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.times import local
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import HouseSchema, Identifier, Instant, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("workshops", "Appointments in a group (ateliers): a date, an agent, a number of seats.")


class NewWorkshop(HouseSchema):
    """A workshop to plan; it lasts as long as its type says."""

    type_id = Identifier(required=True)
    venue_id = Identifier(required=True)
    agent_resource_id = Identifier(required=True, metadata={"description": "The `resource_id` of who leads it."})
    title = Text(longest=160, required=True, metadata={"example": "Atelier CV"})
    starts_at = Instant(required=True)
    capacity = Whole(least=SEATS[0], most=SEATS[1], required=True)


class WorkshopAnswer(HouseSchema):
    """A workshop, in the time of its venue."""

    id = Identifier(required=True)
    type_id = Identifier(required=True)
    venue_id = Identifier(required=True)
    agent_resource_id = Identifier(required=True)
    title = Text(longest=160, required=True)
    time_zone = Text(longest=60, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    capacity = Whole(least=SEATS[0], most=SEATS[1], required=True)
    free_seats = Whole(most=SEATS[1], required=True)
    cancelled_at = Instant(required=True, allow_none=True)


class WorkshopsAsked(PageAsked):
    """Which workshops: those that start in `[since, until)`."""

    since = Instant(load_default=None)
    until = Instant(load_default=None)
    type_id = Identifier(load_default=None)


class NewSeatHold(HouseSchema):
    """Who wants a seat."""

    client = Text(
        longest=64,
        load_default=None,
        allow_none=True,
        metadata={"description": "Your name for who is typing: each keeps three slots or seats at most."},
    )


@blueprint.get("/workshops", program(), query=WorkshopsAsked, answer=page_of(WorkshopAnswer))
def list_workshops(asked: dict[str, Any]) -> dict[str, Any]:
    """List the workshops with their free seats."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with reading() as db:
        items, following = take_page(db, workshops.select_every(**asked), Workshop.id, **page)
        found = workshops.with_free_seats(db, [one.id for one in items], now=now())
    return {"items": [_told(one) for one in found], "next": following}


@blueprint.post("/workshops", program(Permission.MANAGE_MEETINGS), body=NewWorkshop, answer=WorkshopAnswer, status=201)
def post_workshop(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a workshop: it takes the time of its agent."""
    planned = perform(plan_workshop, now=now(), **body)
    return _shown(planned.id), 201, located(f"/workshops/{ids.to_text(planned.id)}")


@blueprint.get("/workshops/<id:workshop_id>", program(), answer=WorkshopAnswer)
def show_workshop(workshop_id: int) -> dict[str, Any]:
    """Show one workshop with its free seats."""
    return _shown(workshop_id)


@blueprint.post("/workshops/<id:workshop_id>/holds", as_the_public(), body=NewSeatHold, answer=HoldAnswer, status=201)
def post_seat_hold(body: dict[str, Any], workshop_id: int) -> tuple[dict[str, Any], int]:
    """Keep a seat for ten minutes; the last one is kept for exactly one person."""
    with reading() as db:
        type_id = workshops.by_id(db, workshop_id).type_id
    held = perform(
        hold_seat,
        now=now(),
        client=client(body["client"]),
        type_id=type_id,
        workshop_id=workshop_id,
        most_of_network=MOST_OF_A_PROGRAM,
    )
    with reading() as db:
        return told_hold(held.token, holds.kept_by(db, held.token)), 201


def _shown(workshop_id: int) -> dict[str, Any]:
    with reading() as db:
        found = workshops.with_free_seats(db, [workshop_id], now=now())
    if not found:
        raise WorkshopNotFound
    return _told(found[0])


def _told(one: ComingWorkshop) -> dict[str, Any]:
    plain = ("id", "type_id", "venue_id", "agent_resource_id", "title", "capacity", "cancelled_at")
    zone = one.venue.time_zone
    return {
        **{name: getattr(one.workshop, name) for name in plain},
        "time_zone": zone,
        "starts_at": local(one.workshop.starts_at, zone),
        "ends_at": local(one.workshop.ends_at, zone),
        "free_seats": one.free_seats,
    }
