"""Signing in the room: for whoever holds their personal link, with the code on the screen or the word said aloud."""

from __future__ import annotations

from typing import Any

from attendance.api.shapes import HalfDayNamed
from attendance.domain.room_codes import RoomCodeRefused, RoomProofNeeded, RoomVerdict, Way
from attendance.models import SignatureKind
from attendance.queries import links, rooms
from attendance.steps import room_codes
from attendance.steps.room_codes import Shown
from attendance.use_cases.sign_in_room import sign_in_room
from directory.api.gates import LinkGate
from foundation.actors import ActorKind
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Part, Secret, Several
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import current_actor, now, perform, reading, services

blueprint = ApiBlueprint("signing-in-room", "Émarger in the room: a personal link with the room's code or its word.")

_HOLDER = LinkGate("sign", ActorKind.BENEFICIARY)


class RoomCodeScanned(HouseSchema):
    """What follows `/presence/` in the address that the room's QR says."""

    code = Secret(longest=64, required=True)


class RoomIntentAnswer(HouseSchema):
    """What can be signed now, with the intent that signs it, good for five minutes and for the holder alone."""

    half_day_id = Identifier(required=True)
    kind = Choice(SignatureKind, required=True)
    intent = Secret(required=True)


class RoomIntentsAnswer(HouseSchema):
    """One for each half-day that can be signed now; none when there is nothing to sign. A code is used once for all."""

    intents = Several(Part(RoomIntentAnswer), required=True)


class RoomProof(HalfDayNamed):
    """What is signed, with either an `intent` or the `word`; the other is null or left out."""

    intent = Secret(load_default=None, allow_none=True)
    word = Secret(longest=64, load_default=None, allow_none=True, metadata={"example": "mésange 47"})


class RoomVerdictAnswer(HouseSchema):
    """The verdict. `refused` is said alike of what is wrong, old, not yet good, or used."""

    verdict = Choice(RoomVerdict, required=True)


@blueprint.post("/signing/room-intents", _HOLDER, body=RoomCodeScanned, answer=RoomIntentsAnswer)
def post_room_intents(body: dict[str, Any]) -> dict[str, Any]:
    """Show the code that was scanned; nothing is signed yet."""
    keys, attendee_id = services().keys, current_actor().identifier or 0
    with reading() as db:
        room = rooms.by_code(db, body["code"], keys=keys, now=now())
        page = links.signing_page(db, attendee_id)
    if page.meeting.id != room.meeting.id:
        raise RoomCodeRefused
    offers = room_codes.offers(page, room.step, keys, attendee_id=attendee_id, now=now())
    return {"intents": [{"half_day_id": one.half_day.id, "kind": one.kind, "intent": one.intent} for one in offers]}


@blueprint.post("/signing/room-signatures", _HOLDER, body=RoomProof, answer=RoomVerdictAnswer)
def post_room_signature(body: dict[str, Any]) -> dict[str, RoomVerdict]:
    """Sign with an intent, or with the word."""
    intent, word = body.pop("intent"), body.pop("word")
    if (intent is None) == (word is None):
        raise RoomProofNeeded({"intent": "room.proof_needed", "word": "room.proof_needed"})
    shown = Shown(Way.CODE, intent) if intent is not None else Shown(Way.WORD, word)
    return {"verdict": perform(sign_in_room, now=now(), **body, shown=shown, keys=services().keys)}
