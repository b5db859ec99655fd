"""The attendance sheet as JSON: what the page and the PDF print, as values."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE, HalfDayAnswer, sheet_state
from attendance.models import Grade, MeetingKind, Method, SignatureKind
from attendance.queries.sheet_view import CellView, FacilitatorView, SheetView
from attendance.use_cases.countersign import MOST_HEADS
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text, Whole


class SheetSignatureAnswer(HouseSchema):
    """A signature: observed is when it was seen, recorded is when it was heard of."""

    kind = Choice(SignatureKind, required=True)
    method = Choice(Method, required=True)
    grade = Choice(Grade, required=True)
    observed_at = Instant(required=True)
    recorded_at = Instant(required=True)
    shown_to = Text(longest=120, required=True, allow_none=True, metadata={"description": "The agent, for a badge."})


class SheetStatementAnswer(HouseSchema):
    """What somebody else said (grade E): never that person's signature."""

    kind = Choice(SignatureKind, required=True)
    author = Text(longest=160, blank=True, required=True)
    reason = Text(longest=300, required=True)
    stated_at = Instant(required=True)


class SheetCellAnswer(HouseSchema):
    """One person at one half-day."""

    half_day_id = Identifier(required=True)
    signatures = Several(Part(SheetSignatureAnswer), required=True)
    statements = Several(Part(SheetStatementAnswer), required=True)
    minutes = Whole(
        required=True, allow_none=True, metadata={"description": "Retained, once it is over or the person has left."}
    )
    is_absent = Flag(required=True, metadata={"description": "It is over, and nobody signed or stated anything."})


class SheetPersonAnswer(HouseSchema):
    """One line of the sheet."""

    attendee_id = Identifier(required=True, allow_none=True)
    beneficiary_id = Identifier(required=True)
    name = Text(longest=170, required=True)
    cells = Several(Part(SheetCellAnswer), required=True)


class SheetCountersignatureAnswer(HouseSchema):
    """A facilitator's signature of one half-day."""

    half_day_id = Identifier(required=True)
    headcount = Whole(most=MOST_HEADS, required=True)
    signed_at = Instant(required=True)


class SheetFacilitatorAnswer(HouseSchema):
    """Who led, and what they countersigned."""

    id = Identifier(required=True)
    name = Text(longest=160, required=True)
    countersignatures = Several(Part(SheetCountersignatureAnswer), required=True)


class SheetAnswer(HouseSchema):
    """The attendance sheet of a meeting, as it stands at the time of the answer."""

    meeting_id = Identifier(required=True)
    kind = Choice(MeetingKind, required=True)
    organisation = Text(longest=120, required=True)
    organisation_address = Text(longest=300, required=True)
    siret = Text(longest=14, blank=True, required=True)
    activity_declaration = Text(longest=20, blank=True, required=True)
    title = Text(longest=200, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    venue = Text(longest=120, required=True, allow_none=True)
    venue_address = Text(longest=300, required=True, allow_none=True)
    video_room = Text(longest=300, required=True, allow_none=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    state = sheet_state()
    closed_at = Instant(required=True, allow_none=True)
    closed_by = Text(longest=120, required=True, allow_none=True)
    half_days = Several(Part(HalfDayAnswer), required=True)
    people = Several(Part(SheetPersonAnswer), most=1000, required=True)
    facilitators = Several(Part(SheetFacilitatorAnswer), required=True)


def written(view: SheetView) -> dict[str, Any]:
    """Return a sheet as `SheetAnswer` takes it."""
    sheet: dict[str, Any] = localised(view, view.time_zone)
    spans = [one.id for one in view.half_days]
    for line, person in zip(sheet["people"], view.people, strict=True):
        line["cells"] = [_cell(view, *one) for one in zip(spans, person.cells, strict=True)]
    for line, who in zip(sheet["facilitators"], view.facilitators, strict=True):
        line["countersignatures"] = _countersignatures(view, spans, who)
    return sheet


def _cell(view: SheetView, half_day_id: int, cell: CellView) -> dict[str, Any]:
    written_cell: dict[str, Any] = localised(cell, view.time_zone)
    for one in written_cell["signatures"]:
        one["method"], one["grade"] = Method(one["method"]), Grade(one["grade"])
    return {"half_day_id": half_day_id, **written_cell}


def _countersignatures(view: SheetView, spans: list[int], who: FacilitatorView) -> list[dict[str, Any]]:
    return [
        {"half_day_id": half_day_id, **localised(one, view.time_zone)}
        for half_day_id, one in zip(spans, who.countersignatures, strict=True)
        if one is not None
    ]
