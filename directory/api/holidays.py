"""Public holidays: those of a territory, and what an organisation decides about single days."""

from __future__ import annotations

from typing import Any

from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.here import current_organisation
from directory.models import HolidayChoice
from directory.queries import holidays, venues
from directory.use_cases.choose_holiday import choose_holiday, forget_holiday_choice
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import AskedNumber, Day, Flag, HouseSchema, Identifier, Part, Several, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("holidays", "Public holidays, by territory; single days can be unticked or added.")


class HolidaysAsked(HouseSchema):
    """Of which year, at which venue; without one, the organisation's."""

    year = AskedNumber(least=2000, most=2199, required=True)
    venue_id = Identifier(load_default=None)


class HolidayAnswer(HouseSchema):
    """A day that the calendar or the organisation names."""

    day = Day(required=True)
    name = Text(longest=80, blank=True, required=True)
    is_statutory = Flag(required=True)
    is_closed = Flag(required=True)
    is_chosen = Flag(required=True, metadata={"description": "Somebody has decided about it here."})


class HolidaysAnswer(HouseSchema):
    """The days, in order."""

    items = Several(Part(HolidayAnswer), most=800, required=True)


class NewHolidayChoice(HouseSchema):
    """Closed or open on a day, everywhere or at one venue: a venue's word is stronger."""

    day = Day(required=True)
    is_closed = Flag(required=True)
    venue_id = Identifier(load_default=None, allow_none=True)
    name = Text(longest=80, blank=True, load_default="")


class HolidayChoiceAnswer(HouseSchema):
    """What was decided about a day."""

    id = Identifier(required=True)
    day = Day(required=True)
    is_closed = Flag(required=True)
    venue_id = Identifier(required=True, allow_none=True)
    name = Text(longest=80, blank=True, required=True)


@blueprint.get("/holidays", program(), query=HolidaysAsked, answer=HolidaysAnswer)
def list_holidays(asked: dict[str, Any]) -> dict[str, Any]:
    """List the holidays of a year."""
    with reading() as db:
        venue = None if asked["venue_id"] is None else venues.by_id(db, asked["venue_id"])
        found = holidays.of_year(db, asked["year"], venue=venue, organisation=current_organisation())
    return {"items": found}


@blueprint.get("/holiday-choices", program(), query=PageAsked, answer=page_of(HolidayChoiceAnswer))
def list_holiday_choices(asked: dict[str, Any]) -> dict[str, Any]:
    """List what was decided about single days."""
    with reading() as db:
        items, following = take_page(db, holidays.select_choices(), HolidayChoice.id, **asked)
    return {"items": items, "next": following}


@blueprint.post("/holiday-choices", program(Permission.ADMINISTER), body=NewHolidayChoice, answer=HolidayChoiceAnswer)
def post_holiday_choice(body: dict[str, Any]) -> HolidayChoice:
    """Decide about a day; said again, it replaces what was decided before."""
    return perform(choose_holiday, now=now(), **body)


@blueprint.delete("/holiday-choices/<id:holiday_choice_id>", program(Permission.ADMINISTER), status=204)
def delete_holiday_choice(holiday_choice_id: int) -> tuple[str, int]:
    """Let the day be again what the calendar says."""
    perform(forget_holiday_choice, now=now(), choice_id=holiday_choice_id)
    return "", 204
