"""Rooms: staff open a display and renew its secret; whoever holds the display's link shows the present code."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE, HalfDayAnswer
from attendance.domain import windows
from attendance.domain.room_codes import Way
from attendance.queries import rooms
from attendance.queries.rooms import CodeShown, RoomState
from attendance.use_cases.open_display import open_display
from attendance.use_cases.renew_room_code import renew_room_code
from directory.api.gates import LinkGate, program
from directory.domain.permissions import Permission
from foundation import times
from foundation.actors import ActorKind
from foundation.links import link_token
from foundation.web.access import followed_link
from foundation.web.api.fields import Choice, HouseSchema, Instant, Part, Secret, Text, Whole
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, perform, reading, services

blueprint = ApiBlueprint("rooms", "Codes tournants: a screen in the room shows a code that changes every 15 seconds.")

_DISPLAY = LinkGate(rooms.DISPLAY, ActorKind.VISITOR)


class DisplayAnswer(HouseSchema):
    """The link of a room's screen: as a page for a browser, and as the token with which a program asks."""

    token = Secret(required=True, metadata={"description": "The bearer token of `GET /display`."})
    address = Text(longest=400, required=True)
    expires_at = Instant(required=True)


class RoomRenewedAnswer(HouseSchema):
    """How often the secret was renewed, this time included; no display is open any more."""

    issue = Whole(required=True)


class RoomCodeAnswer(HouseSchema):
    """What the QR says, and the text in it that `POST /signing/room-intents` takes."""

    text = Secret(required=True)
    address = Text(longest=400, required=True)
    seconds_left = Whole(least=1, most=Way.CODE.seconds, required=True)


class RoomWordAnswer(HouseSchema):
    """The word to say aloud."""

    text = Text(longest=40, required=True, metadata={"example": "mésange 47"})
    seconds_left = Whole(least=1, most=Way.WORD.seconds, required=True)


class RoomAnswer(HouseSchema):
    """A room's screen: counts and no names. `code` and `word` are null while no half-day is open."""

    title = Text(longest=200, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    state = Choice(RoomState, required=True)
    half_day = Part(HalfDayAnswer, required=True, allow_none=True)
    opens_at = Instant(required=True, allow_none=True, metadata={"description": "When the next half-day opens."})
    signed = Whole(required=True)
    expected = Whole(required=True)
    code = Part(RoomCodeAnswer, required=True, allow_none=True)
    word = Part(RoomWordAnswer, required=True, allow_none=True)


@blueprint.post(
    "/meetings/<id:meeting_id>/display", program(Permission.MANAGE_MEETINGS), answer=DisplayAnswer, status=201
)
def post_display(meeting_id: int) -> dict[str, Any]:
    """Open the display of a room; asked again, it is the same one until it is withdrawn."""
    link = perform(open_display, now=now(), meeting_id=meeting_id)
    token = link_token(link, services().keys)
    return {"token": token, "address": f"{services().base_url}/salle/{token}", "expires_at": link.expires_at}


@blueprint.post(
    "/meetings/<id:meeting_id>/room-renewals", program(Permission.MANAGE_MEETINGS), answer=RoomRenewedAnswer, status=201
)
def post_room_renewal(meeting_id: int) -> dict[str, int]:
    """Withdraw the display of a room and change its secret: what was shown is of no use any more."""
    return {"issue": perform(renew_room_code, now=now(), meeting_id=meeting_id)}


@blueprint.get("/display", _DISPLAY, answer=RoomAnswer)
def show_display() -> dict[str, Any]:
    """Show the present code of the room; a later one is never told."""
    with reading() as db:
        view = rooms.view(db, followed_link().subject_id, keys=services().keys, now=now())
    is_later = view.state is RoomState.LATER and view.half_day is not None
    opens_at = windows.opens_at(view.half_day.starts_at) if view.half_day is not None and is_later else None
    return {
        "title": view.title,
        "time_zone": view.time_zone,
        "state": view.state,
        "half_day": localised(view.half_day, view.time_zone),
        "opens_at": times.local(opens_at, view.time_zone) if opens_at is not None else None,
        "signed": view.signed,
        "expected": view.expected,
        "code": _code(view.code),
        "word": view.word,
    }


def _code(code: CodeShown | None) -> dict[str, Any] | None:
    if code is None:
        return None
    address = f"{services().base_url}/presence/{code.text}"
    return {"text": code.text, "address": address, "seconds_left": code.seconds_left}
