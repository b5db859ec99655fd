"""Time off: when a resource is away, whatever its opening hours say."""

from __future__ import annotations

from typing import Any

from booking.models import TimeOff
from booking.queries import time_offs
from booking.use_cases.take_time_off import take_time_off
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import HouseSchema, Identifier, Instant, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("time-offs", "When an agent is away, or a room is not to be had.")


class NewTimeOff(HouseSchema):
    """An absence of a year at most."""

    resource_id = Identifier(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    reason = Text(longest=200, blank=True, load_default="")


class TimeOffAnswer(HouseSchema):
    """An absence."""

    id = Identifier(required=True)
    resource_id = Identifier(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    reason = Text(longest=200, blank=True, required=True)


class TimeOffsAsked(PageAsked):
    """Which absences: those that share some time with `[since, until)`."""

    resource_id = Identifier(load_default=None)
    since = Instant(load_default=None)
    until = Instant(load_default=None)


@blueprint.get("/time-offs", program(Permission.SEE_DAY), query=TimeOffsAsked, answer=page_of(TimeOffAnswer))
def list_time_offs(asked: dict[str, Any]) -> dict[str, Any]:
    """List the absences."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with reading() as db:
        items, following = take_page(db, time_offs.select_every(**asked), TimeOff.id, **page)
    return {"items": items, "next": following}


@blueprint.post("/time-offs", program(Permission.ADMINISTER), body=NewTimeOff, answer=TimeOffAnswer, status=201)
def post_time_off(body: dict[str, Any]) -> tuple[TimeOff, int, dict[str, str]]:
    """Write an absence down; what is booked in it stays, for staff to see to."""
    absence = perform(take_time_off, now=now(), **body)
    return absence, 201, located(f"/time-offs/{ids.to_text(absence.id)}")


@blueprint.get("/time-offs/<id:time_off_id>", program(Permission.SEE_DAY), answer=TimeOffAnswer)
def show_time_off(time_off_id: int) -> TimeOff:
    """Show one absence."""
    with reading() as db:
        return time_offs.by_id(db, time_off_id)
