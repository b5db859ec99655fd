"""Resources: whatever can be in one place at a time."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Any

from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.models import Resource, ResourceKind
from directory.queries import resources
from directory.use_cases.add_resource import add_resource
from directory.use_cases.change_resource import change_resource
from directory.use_cases.retire_resource import retire_resource
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.etags import refuse_stale
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Text, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("resources", "What can be in one place at a time: an agent's time, a room, a vehicle.")


class ThingKind(StrEnum):
    """What is added by itself; an agent's time comes with the agent."""

    ROOM = "room"
    VEHICLE = "vehicle"


class ResourcesAsked(PageAsked):
    """Which resources."""

    kind = Choice(ResourceKind, load_default=None)


class NewResource(HouseSchema):
    """A room or a vehicle to add. An agent's time is added with the agent."""

    kind = Choice(ThingKind, required=True)
    name = Text(longest=120, required=True, metadata={"example": "Salle Garonne"})
    venue_id = Identifier(required=True)


def _most(span: str, **kwargs: Any) -> Whole:
    told = f"The most appointments of an agent in a local {span} of the organisation; null: no limit."
    return Whole(least=1, most=1_000, allow_none=True, metadata={"description": told}, **kwargs)


class ResourceChanges(HouseSchema):
    """What is to be different; the rest stays. Caps are for agents."""

    name = Text(longest=120)
    most_a_day = _most("day")
    most_a_week = _most("week")


class ResourceAnswer(HouseSchema):
    """A resource. `venue_id` is null for an agent who works at every venue."""

    id = Identifier(required=True)
    kind = Choice(ResourceKind, required=True)
    name = Text(longest=120, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    most_a_day = _most("day", required=True)
    most_a_week = _most("week", required=True)
    retired_at = Instant(required=True, allow_none=True)


@blueprint.get("/resources", program(Permission.SEE_DAY), query=ResourcesAsked, answer=page_of(ResourceAnswer))
def list_resources(asked: dict[str, Any]) -> dict[str, Any]:
    """List the resources, retired ones included."""
    chosen = resources.select_every(asked.pop("kind"))
    with reading() as db:
        items, following = take_page(db, chosen, Resource.id, **asked)
    return {"items": items, "next": following}


@blueprint.post("/resources", program(Permission.ADMINISTER), body=NewResource, answer=ResourceAnswer, status=201)
def post_resource(body: dict[str, Any]) -> tuple[Resource, int, dict[str, str]]:
    """Add a room or a vehicle."""
    kind = ResourceKind(body.pop("kind").value)
    row = perform(add_resource, now=now(), kind=kind, **body)
    return row, 201, located(f"/resources/{ids.to_text(row.id)}")


@blueprint.patch(
    "/resources/<id:resource_id>",
    program(Permission.ADMINISTER),
    body=ResourceChanges,
    answer=ResourceAnswer,
    tagged=True,
)
def patch_resource(body: dict[str, Any], resource_id: int) -> Resource:
    """Change a resource; with `If-Match`, only if nobody else has meanwhile."""
    compare = partial(refuse_stale, ResourceAnswer)
    return perform(change_resource, now=now(), resource_id=resource_id, changes=body, compare=compare)


@blueprint.get("/resources/<id:resource_id>", program(Permission.SEE_DAY), answer=ResourceAnswer, tagged=True)
def show_resource(resource_id: int) -> Resource:
    """Show one resource."""
    with reading() as db:
        return resources.by_id(db, resource_id)


@blueprint.post("/resources/<id:resource_id>/retirement", program(Permission.ADMINISTER), answer=ResourceAnswer)
def post_resource_retirement(resource_id: int) -> Resource:
    """Retire a room or a vehicle: nothing new is planned in it. An agent's time goes with the agent."""
    return perform(retire_resource, now=now(), resource_id=resource_id)
