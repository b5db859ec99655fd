"""Venues: where people are received, each with its own clock."""

from __future__ import annotations

from functools import partial
from typing import Any

from directory.api.gates import program
from directory.domain.holidays import HolidayCalendar
from directory.domain.permissions import Permission
from directory.models import Venue
from directory.queries import venues
from directory.use_cases.add_venue import add_venue
from directory.use_cases.change_venue import change_venue
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.etags import refuse_stale
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("venues", "Where people are received; its wall clock rules what happens there.")


class NewVenue(HouseSchema):
    """A venue to add."""

    name = Text(longest=120, required=True, metadata={"example": "Bordeaux Saint-Michel"})
    address = Text(longest=300, required=True, metadata={"example": "12 rue des Faures, 33000 Bordeaux"})
    time_zone = Text(longest=60, required=True, metadata={"example": "Europe/Paris", "description": "An IANA zone."})
    region = Text(
        longest=2,
        required=True,
        metadata={"example": "FR", "description": "Where telephone numbers typed there are from: FR, RE, GP…"},
    )
    directions = Text(longest=500, blank=True, load_default="")
    holiday_calendar = Choice(HolidayCalendar, load_default=HolidayCalendar.METROPOLITAN)


class VenueChanges(HouseSchema):
    """What is to be different; the rest stays. Appointments keep the instant that they were given."""

    name = Text(longest=120)
    address = Text(longest=300)
    time_zone = Text(longest=60)
    region = Text(longest=2)
    directions = Text(longest=500, blank=True)
    holiday_calendar = Choice(HolidayCalendar)


class VenueAnswer(NewVenue):
    """A venue."""

    id = Identifier(required=True)
    directions = Text(longest=500, blank=True, required=True)
    holiday_calendar = Choice(HolidayCalendar, required=True)


@blueprint.get("/venues", program(), query=PageAsked, answer=page_of(VenueAnswer))
def list_venues(asked: dict[str, Any]) -> dict[str, Any]:
    """List the venues."""
    with reading() as db:
        items, following = take_page(db, venues.select_every(), Venue.id, **asked)
    return {"items": items, "next": following}


@blueprint.post("/venues", program(Permission.ADMINISTER), body=NewVenue, answer=VenueAnswer, status=201)
def post_venue(body: dict[str, Any]) -> tuple[Venue, int, dict[str, str]]:
    """Add a venue."""
    venue = perform(add_venue, now=now(), **body)
    return venue, 201, located(f"/venues/{ids.to_text(venue.id)}")


@blueprint.get("/venues/<id:venue_id>", program(), answer=VenueAnswer, tagged=True)
def show_venue(venue_id: int) -> Venue:
    """Show one venue."""
    with reading() as db:
        return venues.by_id(db, venue_id)


@blueprint.patch(
    "/venues/<id:venue_id>", program(Permission.ADMINISTER), body=VenueChanges, answer=VenueAnswer, tagged=True
)
def patch_venue(body: dict[str, Any], venue_id: int) -> Venue:
    """Change a venue; with `If-Match`, only if nobody else has meanwhile."""
    compare = partial(refuse_stale, VenueAnswer)
    return perform(change_venue, now=now(), venue_id=venue_id, changes=body, compare=compare)
