"""The room's screen: the present code, its word and the counts, for whoever holds the display's link. Nobody's name."""

from __future__ import annotations

import base64
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from attendance.domain import windows
from attendance.pages.blueprint import blueprint
from attendance.queries import rooms
from attendance.queries.rooms import RoomState, RoomView
from attendance.use_cases.open_display import open_display
from attendance.use_cases.renew_room_code import renew_room_code
from directory.domain.permissions import Permission
from directory.pages.gates import holder_of, staff
from foundation import times
from foundation.actors import ActorKind
from foundation.links import link_token
from foundation.qr import qr_svg
from foundation.web.access import followed_link, open_to
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading, services

SECONDS_WITHOUT_A_CODE = 15
"""How often a screen without a code asks whether there is one."""


@blueprint.get("/salle/<token>", endpoint="room")
@open_to(holder_of(rooms.DISPLAY, ActorKind.VISITOR))
def show_room(token: str) -> str:
    """Show the room's code, or when the next half-day opens; `token` is the display's link."""
    with reading() as db:
        view = rooms.view(db, followed_link().subject_id, keys=services().keys, now=now())
    return render_template("attendance/room.html", link=token, view=view, **_shown(view))


@blueprint.post("/equipe/seances/<id:meeting_id>/salle", endpoint="open_display")
@open_to(staff(Permission.MANAGE_MEETINGS))
def show_code(meeting_id: int) -> Response:
    """Give the room's screen its link, and go there."""
    link = perform(open_display, now=now(), meeting_id=meeting_id)
    return redirect(url_for("attendance.room", token=link_token(link, services().keys)), 303)


@blueprint.post("/equipe/seances/<id:meeting_id>/salle/renouveler", endpoint="renew_room_code")
@open_to(staff(Permission.MANAGE_MEETINGS))
def renew(meeting_id: int) -> Response:
    """Withdraw the display and change the secret."""
    perform(renew_room_code, now=now(), meeting_id=meeting_id)
    return redirect(url_for("attendance.sheet", meeting_id=meeting_id, room="renewed"), 303)


def presence_address(code: str) -> str:
    """Return what the room's QR says: where a phone's camera leads."""
    return services().base_url + url_for("attendance.presence", token=code)


def _shown(view: RoomView) -> dict[str, Any]:
    if view.code is None or view.word is None:
        return {"picture": None, "seconds": SECONDS_WITHOUT_A_CODE, "sentence": _sentence(view)}
    drawing = base64.b64encode(qr_svg(presence_address(view.code.text)).encode()).decode()
    return {
        "picture": f"data:image/svg+xml;base64,{drawing}",
        "seconds": min(view.code.seconds_left, view.word.seconds_left),
        "sentence": None,
    }


def _sentence(view: RoomView) -> str:
    if view.state is not RoomState.LATER or view.half_day is None:
        return say(f"room.{RoomState.CANCELLED if view.state is RoomState.CANCELLED else RoomState.OVER}")
    opens = windows.opens_at(view.half_day.starts_at)
    return say("room.later", at=times.say_moment(opens, view.time_zone, say, locale()))
