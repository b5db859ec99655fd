"""Countersigning: for a facilitator who holds their personal link."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE, HalfDayAnswer, sheet_state
from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import FacilitatorView, SheetView
from attendance.use_cases.countersign import MOST_HEADS, countersign
from directory.api.gates import LinkGate
from foundation.actors import ActorKind
from foundation.web.api.fields import Flag, HouseSchema, Identifier, Instant, Part, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import current_actor, now, perform, reading

blueprint = ApiBlueprint("countersigning", "Contreseings: who led a half-day signs it, with the heads they counted.")

_HOLDER = LinkGate("countersign", ActorKind.FACILITATOR)


class OwnCountersignatureAnswer(HouseSchema):
    """The facilitator's own countersignature of a half-day."""

    headcount = Whole(most=MOST_HEADS, required=True)
    signed_at = Instant(required=True)


class HalfDayToCountersignAnswer(HalfDayAnswer):
    """A half-day and its people, by name: signed; stated present by somebody; neither."""

    present = Several(Text(longest=170), most=1000, required=True)
    stated = Several(Text(longest=170), most=1000, required=True)
    absent = Several(Text(longest=170), most=1000, required=True)
    can_be_countersigned = Flag(required=True)
    countersignature = Part(OwnCountersignatureAnswer, required=True, allow_none=True)


class CountersigningAnswer(HouseSchema):
    """The meeting of a personal link, as the facilitator who holds it sees it."""

    title = Text(longest=200, required=True)
    name = Text(longest=160, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    sheet_state = sheet_state()
    half_days = Several(Part(HalfDayToCountersignAnswer), required=True)


class NewCountersignature(HouseSchema):
    """Which half-day, and how many people were in the room."""

    half_day_id = Identifier(required=True)
    headcount = Whole(most=MOST_HEADS, required=True)


@blueprint.get("/countersigning", _HOLDER, answer=CountersigningAnswer)
def show_countersigning() -> dict[str, Any]:
    """Show each half-day with who signed and who did not."""
    view, mine = _sheet()
    half_days = [_line(view, mine, number) for number in range(len(view.half_days))]
    return {
        "title": view.title,
        "name": mine.name,
        "time_zone": view.time_zone,
        "sheet_state": view.state,
        "half_days": half_days,
    }


@blueprint.post(
    "/countersigning/countersignatures",
    _HOLDER,
    body=NewCountersignature,
    answer=HalfDayToCountersignAnswer,
    status=201,
)
def post_countersignature(body: dict[str, Any]) -> dict[str, Any]:
    """Countersign a half-day, once."""
    perform(countersign, now=now(), **body)
    view, mine = _sheet()
    number = next(at for at, one in enumerate(view.half_days) if one.id == body["half_day_id"])
    return _line(view, mine, number)


def _sheet() -> tuple[SheetView, FacilitatorView]:
    with reading() as db:
        return sheets.of_facilitator(db, current_actor().identifier or 0, now=now())


def _line(view: SheetView, mine: FacilitatorView, number: int) -> dict[str, Any]:
    zone = view.time_zone
    half_day: dict[str, Any] = localised(view.half_days[number], zone)
    return half_day | {
        **localised(view.roll(number), zone),
        "can_be_countersigned": view.can_be_countersigned(number, mine),
        "countersignature": localised(mine.countersignatures[number], zone),
    }
