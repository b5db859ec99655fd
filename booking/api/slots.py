"""Slots: what can be held now. They are computed and never stored, so there is nothing to page through."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from booking.domain.intervals import Interval, minute_from
from booking.domain.refusals import UnfitValues
from booking.models import Channel
from booking.queries import offers, types
from booking.queries.finding import Question
from booking.queries.offers import Offer
from booking.steps.offered import slots_of_type
from directory.api.gates import program
from foundation.times import local
from foundation.web.api.fields import AskedNumber, Choice, HouseSchema, Identifier, Instant, Part, Several, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, reading

blueprint = ApiBlueprint("slots", "What can be held now; a start is listed once, whoever would serve it.")

A_WEEK = timedelta(days=7)
LONGEST = timedelta(days=31)
_MOST = 1_000_000


class NextSlotAsked(HouseSchema):
    """Of which type; by its first channel and at every venue unless they are named."""

    type_id = Identifier(required=True)
    channel = Choice(Channel, load_default=None)
    venue_id = Identifier(load_default=None)
    people = AskedNumber(least=1, most=20, load_default=1, metadata={"description": "How many come together."})


class SlotsAsked(NextSlotAsked):
    """Which starts: those in `[since, until)`, a week from now by default, 31 days at most."""

    since = Instant(load_default=None)
    until = Instant(load_default=None)


class SlotAnswer(HouseSchema):
    """A start that can be held, in the time of its place."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    venue_id = Identifier(required=True, allow_none=True)
    time_zone = Text(longest=60, required=True)


class SlotsAnswer(HouseSchema):
    """The slots in order; `time_zone` is the organisation's own."""

    items = Several(Part(SlotAnswer), most=_MOST, required=True)
    time_zone = Text(longest=60, required=True)


class NextSlotAnswer(HouseSchema):
    """The next slot, or null when nothing is free up to the horizon; `time_zone` is the organisation's own."""

    slot = Part(SlotAnswer, required=True, allow_none=True)
    time_zone = Text(longest=60, required=True)


@blueprint.get("/slots", program(), query=SlotsAsked, answer=SlotsAnswer)
def list_slots(asked: dict[str, Any]) -> dict[str, Any]:
    """List the slots that the public may book."""
    starts = _starts(asked["since"] or now(), asked["until"])
    with reading() as db:
        found = offers.between(db, _question(db, asked), starts=starts, now=now())
    return {"items": [_told(one) for one in found.found], "time_zone": found.own_zone}


@blueprint.get("/slots/next", program(), query=NextSlotAsked, answer=NextSlotAnswer)
def show_next_slot(asked: dict[str, Any]) -> dict[str, Any]:
    """Find the next slot, from now to the horizon of the type."""
    with reading() as db:
        found = offers.first(db, _question(db, asked), now=now())
    return {"slot": next((_told(one) for one in found.found), None), "time_zone": found.own_zone}


def _starts(since: datetime, until: datetime | None) -> Interval:
    end = since + A_WEEK if until is None else until
    if end <= since:
        raise UnfitValues({"until": "booking.unfit.ends_before"})
    if end - since > LONGEST:
        raise UnfitValues({"until": "booking.unfit.too_long"})
    return Interval(minute_from(since), minute_from(end))


def _question(db: Session, asked: dict[str, Any]) -> Question:
    channel = asked["channel"] or Channel(types.offered_by_id(db, asked["type_id"]).channels[0])
    kind = slots_of_type(db, asked["type_id"], channel, people=asked["people"])
    venue_id = asked["venue_id"]
    venues = None if venue_id is None else (venue_id,)
    return Question(kind, channel, Interval(0, 1), venues=venues, people=asked["people"])


def _told(offer: Offer) -> dict[str, Any]:
    return {
        "starts_at": local(offer.starts_at, offer.zone),
        "ends_at": local(offer.ends_at, offer.zone),
        "venue_id": None if offer.venue is None else offer.venue.id,
        "time_zone": offer.zone,
    }
