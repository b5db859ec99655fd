"""Venues: where people are received, each with its own clock."""

from __future__ import annotations

from typing import Any

from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.models import Venue
from directory.queries import venues
from directory.use_cases.add_venue import add_venue
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import HouseSchema, Identifier, Text
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


class VenueAnswer(NewVenue):
    """A venue."""

    id = Identifier(required=True)
    directions = Text(longest=500, blank=True, required=True)


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


@blueprint.get("/venues/<id:venue_id>", program(), answer=VenueAnswer)
def show_venue(venue_id: int) -> Venue:
    """Show one venue."""
    with reading() as db:
        return venues.by_id(db, venue_id)
