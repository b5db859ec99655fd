"""Opening hours: weekly rules on the wall clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from booking.domain.occurrences import WeeklyHours
from booking.domain.settings import MOST_WEEKS_APART
from booking.models import OpeningHours
from booking.queries import hours
from booking.use_cases.open_hours import open_hours
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Day, HouseSchema, Identifier, Several, WallClock, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("opening-hours", "When an agent is open for what, or a room: weekly rules on the wall clock.")

_MOST_TYPES = 100
_RULE = ("weekday", "opens_at", "closes_at", "first_day", "last_day", "every_weeks")


class NewOpeningHours(HouseSchema):
    """A weekly rule, in the zone of its venue (of the organisation without one)."""

    resource_id = Identifier(required=True)
    venue_id = Identifier(required=True, allow_none=True)
    type_ids = Several(Identifier(), fewest=1, most=_MOST_TYPES, required=True)
    weekday = Whole(least=0, most=6, required=True, metadata={"description": "Monday is 0.", "example": 1})
    every_weeks = Whole(least=1, most=MOST_WEEKS_APART, load_default=1)
    opens_at = WallClock(required=True, metadata={"example": "09:00"})
    closes_at = WallClock(
        required=True,
        metadata={"example": "12:30", "description": "Before `opens_at` it is the next day; midnight is `00:00`."},
    )
    first_day = Day(required=True)
    last_day = Day(load_default=None, allow_none=True, metadata={"description": "Included; null: no end."})


class OpeningHoursAnswer(HouseSchema):
    """A weekly rule."""

    id = Identifier(required=True)
    resource_id = Identifier(required=True)
    venue_id = Identifier(required=True, allow_none=True)
    type_ids = Several(Identifier(), most=_MOST_TYPES, required=True)
    weekday = Whole(least=0, most=6, required=True)
    every_weeks = Whole(least=1, most=MOST_WEEKS_APART, required=True)
    opens_at = WallClock(required=True)
    closes_at = WallClock(required=True)
    first_day = Day(required=True)
    last_day = Day(required=True, allow_none=True)


class OpeningHoursAsked(PageAsked):
    """Which rules."""

    resource_id = Identifier(load_default=None)


@blueprint.get("/opening-hours", program(), query=OpeningHoursAsked, answer=page_of(OpeningHoursAnswer))
def list_opening_hours(asked: dict[str, Any]) -> dict[str, Any]:
    """List the opening hours, of one resource or of all."""
    query = hours.select_every(resource_id=asked.pop("resource_id"))
    with reading() as db:
        items, following = take_page(db, query, OpeningHours.id, **asked)
        return {"items": _told(db, items), "next": following}


@blueprint.post(
    "/opening-hours", program(Permission.ADMINISTER), body=NewOpeningHours, answer=OpeningHoursAnswer, status=201
)
def post_opening_hours(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Open a resource, every week or every few, for some appointment types."""
    rule = WeeklyHours(**{name: body.pop(name) for name in _RULE})
    made = perform(open_hours, now=now(), hours=rule, **body)
    with reading() as db:
        (told,) = _told(db, [made])
    return told, 201, located(f"/opening-hours/{ids.to_text(made.id)}")


@blueprint.get("/opening-hours/<id:opening_hours_id>", program(), answer=OpeningHoursAnswer)
def show_opening_hours(opening_hours_id: int) -> dict[str, Any]:
    """Show one rule."""
    with reading() as db:
        (told,) = _told(db, [hours.by_id(db, opening_hours_id)])
    return told


def _told(db: Session, rules: Sequence[OpeningHours]) -> list[dict[str, Any]]:
    served = hours.types_of(db, [rule.id for rule in rules])
    plain = ("id", "resource_id", "venue_id", *_RULE)
    return [{name: getattr(rule, name) for name in plain} | {"type_ids": served[rule.id]} for rule in rules]
