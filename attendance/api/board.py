"""Who is there now, and who came without being expected."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE
from attendance.domain.board import Whereabouts
from attendance.domain.refusals import UnreadableTarget
from attendance.queries import board as boards
from attendance.use_cases.add_walk_in import LONGEST_NAME, WalkIn, add_walk_in
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids, times
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading
from foundation.wording import Language

MOST = 5000

blueprint = ApiBlueprint("board", "Présents: who is in the house now, and people who walk in.")


class BoardAsked(HouseSchema):
    """One venue, or one meeting: exactly one of the two."""

    venue_id = Identifier(load_default=None)
    meeting_id = Identifier(load_default=None)


class BoardLineAnswer(HouseSchema):
    """One person, at the half-day of today that says most of where they are now."""

    beneficiary_id = Identifier(required=True)
    name = Text(longest=170, required=True)
    where = Choice(Whereabouts, required=True)
    title = Text(longest=200, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    arrived_at = Instant(required=True, allow_none=True)
    left_at = Instant(required=True, allow_none=True)
    is_stated = Flag(required=True, metadata={"description": "Somebody else said that they came; no signature."})


class BoardAnswer(HouseSchema):
    """Everybody of the local day who is there, expected or gone."""

    title = Text(longest=200, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    made_at = Instant(required=True)
    people = Several(Part(BoardLineAnswer), most=MOST, required=True)


class NewWalkIn(HouseSchema):
    """Who came: somebody known by `beneficiary_id`, or a first and a last name; a telephone and a mail if they have."""

    beneficiary_id = Identifier(load_default=None, allow_none=True)
    first_name = Text(longest=LONGEST_NAME, blank=True, load_default="")
    last_name = Text(longest=LONGEST_NAME, blank=True, load_default="")
    phone = Text(longest=30, load_default=None, allow_none=True)
    email = Text(longest=254, load_default=None, allow_none=True)
    language = Choice(Language, load_default=Language.FRENCH)


class WalkInAnswer(HouseSchema):
    """Who is on the sheet now."""

    attendee_id = Identifier(required=True)
    name = Text(longest=170, required=True)
    is_new = Flag(required=True, metadata={"description": "False for somebody who was expected already."})
    is_over_full = Flag(required=True, metadata={"description": "There are more people than seats; told, not refused."})


@blueprint.get("/board", program(Permission.SEE_DAY), query=BoardAsked, answer=BoardAnswer)
def show_board(asked: dict[str, Any]) -> dict[str, Any]:
    """Show who is there now."""
    venue_id, meeting_id = asked["venue_id"], asked["meeting_id"]
    if (venue_id is None) == (meeting_id is None):
        raise UnreadableTarget({"venue_id": "board.choose"})
    with reading() as db:
        if venue_id is not None:
            board = boards.of_venue(db, venue_id, now=now())
        else:
            board = boards.of_meeting(db, meeting_id, now=now())
    return {
        "title": board.title,
        "time_zone": board.time_zone,
        "made_at": times.local(board.made_at, board.time_zone),
        "people": [localised(one, one.time_zone) for one in board.lines[:MOST]],
    }


@blueprint.post(
    "/meetings/<id:meeting_id>/walk-ins",
    program(Permission.MANAGE_MEETINGS),
    body=NewWalkIn,
    answer=WalkInAnswer,
    status=201,
)
def post_walk_in(body: dict[str, Any], meeting_id: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Add somebody who came without being expected to a meeting of today."""
    walk_in = WalkIn(**{**body, "language": body["language"].value})
    added = perform(add_walk_in, now=now(), meeting_id=meeting_id, walk_in=walk_in)
    told = {
        "attendee_id": added.attendee_id,
        "name": added.name,
        "is_new": added.is_new,
        "is_over_full": added.is_over_full,
    }
    return told, 201, located(f"/meetings/{ids.to_text(meeting_id)}")
