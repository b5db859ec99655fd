"""A phone has scanned the room's screen: if its holder has made it known, one button signs; else it says what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from attendance.domain.refusals import AttendeeNotFound, HalfDayNotFound
from attendance.domain.room_codes import RoomVerdict, Way
from attendance.models import SignatureKind
from attendance.pages import phones
from attendance.pages.blueprint import blueprint
from attendance.queries import links, rooms
from attendance.queries.links import SigningPage
from attendance.queries.rooms import Room
from attendance.steps import room_codes
from attendance.steps.room_codes import Offer, Shown
from attendance.use_cases.sign_in_room import sign_in_room
from directory.here import enter
from directory.queries import organisations
from foundation import ids
from foundation.actors import Actor, ActorKind
from foundation.database import EVERY_ORGANISATION
from foundation.links import link_token
from foundation.web.access import everyone, followed_link, open_to
from foundation.web.services import current_actor, now, perform, reading, services

_KINDS = {kind.value: kind for kind in SignatureKind}


def in_room(arguments: Mapping[str, Any]) -> Actor:
    """Let in whoever has just scanned a room's screen: `token` is the code; raise RoomCodeRefused."""
    with services().database.reading(EVERY_ORGANISATION) as db:
        room = rooms.by_code(db, arguments["token"], keys=services().keys, now=now())
        enter(organisations.by_id(db, room.meeting.organisation_id))
    g.room = room
    return Actor(ActorKind.VISITOR, room.meeting.organisation_id, room.meeting.id)


@blueprint.get(f"{phones.PATH}/<token>", endpoint="presence")
@open_to(in_room)
def show_presence(token: str) -> str:  # noqa: ARG001 - the gate has looked at it
    """Show a phone that is known what it can sign, and any other how to say whose it is."""
    room: Room = g.room
    found = _known_here(room)
    if found is None:
        return render_template("attendance/presence.html", page=None, meeting_id=room.meeting.id)
    page, attendee_id = found
    offers = room_codes.offers(page, room.step, services().keys, attendee_id=attendee_id, now=now())
    return _page(page, offers)


@blueprint.post(f"{phones.PATH}/<id:meeting_id>/emarger", endpoint="sign_in_room")
@open_to(phones.known_phone)
def sign(meeting_id: int) -> Response | tuple[str, int]:  # noqa: ARG001 - the gate has looked at it
    """Sign with the intent that the scanned code was given; pressed twice, it is signed."""
    half_day_id, kind = _asked()
    shown = Shown(Way.CODE, request.form.get("intent", ""))
    keys = services().keys
    verdict = perform(sign_in_room, now=now(), half_day_id=half_day_id, kind=kind, shown=shown, keys=keys)
    with reading() as db:
        page = links.signing_page(db, current_actor().identifier or 0)
    is_signed = any(one.half_day_id == half_day_id and one.kind is kind for one in page.signatures)
    if verdict is RoomVerdict.SIGNED or is_signed:
        return redirect(url_for("attendance.sign", token=link_token(followed_link(), keys), fait=1), 303)
    return _page(page, (), "not_open" if verdict is RoomVerdict.NOT_OPEN else "code_refused"), 422


@blueprint.post("/telephone/<id:meeting_id>/oublier", endpoint="forget_phone")
@open_to(everyone)
def forget(meeting_id: int) -> Response:
    """Forget whose phone this is; whoever holds it may."""
    response = Response(render_template("attendance/forgotten.html"), mimetype="text/html")
    phones.forget(response, meeting_id)
    return response


def _known_here(room: Room) -> tuple[SigningPage, int] | None:
    """Return what the phone's holder sees and who they are in this room, or None when the phone is not known here."""
    with reading() as db:
        link = phones.known(db, room.meeting.id)
        if link is None:
            return None
        try:
            page = links.signing_page(db, link.subject_id)
        except AttendeeNotFound:
            return None
    return (page, link.subject_id) if page.meeting.id == room.meeting.id else None


def _page(page: SigningPage, offers: Sequence[Offer], wrong: str | None = None) -> str:
    return render_template(
        "attendance/presence.html", page=page, meeting_id=page.meeting.id, offers=offers, wrong=wrong
    )


def _asked() -> tuple[int, SignatureKind]:
    kind = _KINDS.get(request.form.get("kind", ""))
    try:
        half_day_id = ids.from_text(request.form.get("half_day", ""))
    except ValueError as error:
        raise HalfDayNotFound from error
    if kind is None:
        raise HalfDayNotFound
    return half_day_id, kind
