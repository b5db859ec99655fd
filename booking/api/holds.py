"""Holds: a slot or a seat kept for ten minutes, while somebody is asked who they are."""

from __future__ import annotations

from typing import Any

from booking.api.public import as_the_public, client
from booking.models import Channel
from booking.queries import holds
from booking.queries.holds import Kept
from booking.steps.holds import MOST_OF_A_PROGRAM
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.release_hold import release_hold
from booking.use_cases.renew_hold import renew_hold
from foundation.times import local
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Secret, Text, Whole
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint(
    "holds",
    "A slot or a seat kept for ten minutes (thirty when renewed) while somebody says who they are. Its token is the "
    "proof: it is told once and kept nowhere, so what was made has no `Location`.",
)


class NewHold(HouseSchema):
    """A slot that was listed. The seat of a workshop is held at `/workshops/{workshop_id}/holds`."""

    type_id = Identifier(required=True)
    channel = Choice(Channel, required=True)
    venue_id = Identifier(load_default=None, allow_none=True)
    starts_at = Instant(required=True)
    people = Whole(least=1, most=20, load_default=1, metadata={"description": "How many come together."})
    client = Text(
        longest=64,
        load_default=None,
        allow_none=True,
        metadata={"description": "Your name for who is typing: each keeps three slots or seats at most."},
    )


class HoldAnswer(HouseSchema):
    """What is kept, and until when."""

    token = Secret(required=True)
    id = Identifier(required=True)
    type_id = Identifier(required=True)
    channel = Choice(Channel, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    workshop_id = Identifier(required=True, allow_none=True)
    moves_appointment_id = Identifier(
        required=True, allow_none=True, metadata={"description": "Which appointment would move there."}
    )
    time_zone = Text(longest=60, required=True)
    people = Whole(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    expires_at = Instant(required=True)


@blueprint.post("/holds", as_the_public(), body=NewHold, answer=HoldAnswer, status=201)
def post_hold(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Keep a listed slot for ten minutes."""
    typing = client(body.pop("client"))
    held = perform(hold_slot, now=now(), client=typing, most_of_network=MOST_OF_A_PROGRAM, **body)
    with reading() as db:
        return told_hold(held.token, holds.kept_by(db, held.token)), 201


@blueprint.get("/holds/<token>", as_the_public(), answer=HoldAnswer)
def show_hold(token: str) -> dict[str, Any]:
    """Show what is kept; 404 once it lapsed, was given back or was booked."""
    with reading() as db:
        return told_hold(token, holds.live_by(db, token, now=now()))


@blueprint.post("/holds/<token>/renewal", as_the_public(), answer=HoldAnswer)
def post_renewal(token: str) -> dict[str, Any]:
    """Keep it ten minutes more, thirty in all."""
    perform(renew_hold, now=now(), token=token)
    with reading() as db:
        return told_hold(token, holds.kept_by(db, token))


@blueprint.delete("/holds/<token>", as_the_public(), status=204)
def delete_hold(token: str) -> tuple[str, int]:
    """Give it back at once; a second time changes nothing."""
    perform(release_hold, now=now(), token=token)
    return "", 204


def told_hold(token: str, kept: Kept) -> dict[str, Any]:
    """Return the answer about a hold, in the time of its place."""
    plain = ("id", "type_id", "channel", "venue_id", "workshop_id", "moves_appointment_id", "people")
    times = ("starts_at", "ends_at", "expires_at")
    return {
        "token": token,
        **{name: getattr(kept.hold, name) for name in plain},
        "time_zone": kept.zone,
        **{name: local(getattr(kept.hold, name), kept.zone) for name in times},
    }
