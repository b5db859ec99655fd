"""Countersigning: for a facilitator who holds their personal link."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE, HalfDayAnswer, HalfDayNamed, sheet_state
from attendance.domain.countersigning import LONGEST_REMARK
from attendance.models import StatementCause
from attendance.queries import findings
from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import FacilitatorView, SheetView
from attendance.sheet.finding_words import FindingWords
from attendance.steps.statements import LONGEST_REASON
from attendance.use_cases.countersign import MOST_HEADS, countersign
from attendance.use_cases.state_as_facilitator import state_as_facilitator
from directory.api.gates import LinkGate
from foundation.actors import ActorKind
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint
from foundation.web.language import locale, say
from foundation.web.services import current_actor, now, perform, reading

blueprint = ApiBlueprint("countersigning", "Contreseings: who led a half-day signs it, with the heads they counted.")

_HOLDER = LinkGate("countersign", ActorKind.FACILITATOR)


class OwnCountersignatureAnswer(HouseSchema):
    """The facilitator's own countersignature of a half-day."""

    headcount = Whole(most=MOST_HEADS, required=True)
    signed_at = Instant(required=True)
    remark = Text(longest=LONGEST_REMARK, required=True, allow_none=True)


class HalfDayToCountersignAnswer(HalfDayAnswer):
    """A half-day and its people, by name: signed; stated present by somebody; neither."""

    present = Several(Text(longest=170), most=1000, required=True)
    stated = Several(Text(longest=170), most=1000, required=True)
    absent = Several(Text(longest=170), most=1000, required=True)
    can_be_countersigned = Flag(required=True)
    findings = Several(Text(longest=2000), most=1000, required=True, metadata={"description": "What to check first."})
    countersignature = Part(OwnCountersignatureAnswer, required=True, allow_none=True)


class CountersigningAnswer(HouseSchema):
    """The meeting of a personal link, as the facilitator who holds it sees it."""

    title = Text(longest=200, required=True)
    name = Text(longest=160, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    sheet_state = sheet_state()
    half_days = Several(Part(HalfDayToCountersignAnswer), required=True)


class NewCountersignature(HouseSchema):
    """Which half-day, and how many people were in the room; a number unlike the sheet's is confirmed."""

    half_day_id = Identifier(required=True)
    headcount = Whole(most=MOST_HEADS, required=True)
    is_confirmed = Flag(load_default=False)
    remark = Text(longest=LONGEST_REMARK, blank=True, load_default="")


class NewFacilitatorStatement(HalfDayNamed):
    """Of whom, at which half-day, arrival or departure, and why somebody else speaks for them."""

    attendee_id = Identifier(required=True)
    cause = Choice(StatementCause, load_default=StatementCause.OTHER)
    reason = Text(longest=LONGEST_REASON, required=True, metadata={"example": "Téléphone déchargé"})


@blueprint.get("/countersigning", _HOLDER, answer=CountersigningAnswer)
def show_countersigning() -> dict[str, Any]:
    """Show each half-day with who signed and who did not."""
    view, mine, found = _sheet()
    half_days = [_line(view, mine, found, number) for number in range(len(view.half_days))]
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
    return _shown(body["half_day_id"])


@blueprint.post(
    "/countersigning/statements", _HOLDER, body=NewFacilitatorStatement, answer=HalfDayToCountersignAnswer, status=201
)
def post_facilitator_statement(body: dict[str, Any]) -> dict[str, Any]:
    """State that somebody who has not signed is there; it is never their signature."""
    perform(state_as_facilitator, now=now(), **body)
    return _shown(body["half_day_id"])


def _shown(half_day_id: int) -> dict[str, Any]:
    view, mine, found = _sheet()
    number = next(at for at, one in enumerate(view.half_days) if one.id == half_day_id)
    return _line(view, mine, found, number)


def _sheet() -> tuple[SheetView, FacilitatorView, list[dict[str, Any]]]:
    with reading() as db:
        view, mine = sheets.of_facilitator(db, current_actor().identifier or 0, now=now())
        found = findings.for_facilitators(findings.of_sheet(db, view, now=now()))
    return view, mine, FindingWords(view, say, locale()).written(found)


def _line(view: SheetView, mine: FacilitatorView, found: list[dict[str, Any]], number: int) -> dict[str, Any]:
    zone = view.time_zone
    half_day: dict[str, Any] = localised(view.half_days[number], zone)
    return half_day | {
        **localised(view.roll(number), zone),
        "can_be_countersigned": view.can_be_countersigned(number, mine),
        "findings": [one["sentence"] for one in found if one["half_day_id"] == view.half_days[number].id],
        "countersignature": localised(mine.countersignatures[number], zone),
    }
