"""The attendance sheet as JSON: what the page and the PDF print, as values."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE, HalfDayAnswer, sheet_state
from attendance.domain.countersigning import LONGEST_REMARK
from attendance.models import (
    AbsenceCategory,
    ConnectionOrigin,
    CorrectionAction,
    CorrectionState,
    Grade,
    MeetingKind,
    Method,
    SignatureKind,
    StatementCause,
)
from attendance.queries.cell_view import CellView
from attendance.queries.sheet_view import FacilitatorView, SheetView
from attendance.use_cases.countersign import MOST_HEADS
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text, Whole


class SheetSignatureAnswer(HouseSchema):
    """A signature: observed is when it was seen, recorded is when it was heard of."""

    kind = Choice(SignatureKind, required=True)
    method = Choice(Method, required=True)
    grade = Choice(Grade, required=True)
    observed_at = Instant(required=True)
    recorded_at = Instant(required=True)
    shown_to = Text(
        longest=120, required=True, allow_none=True, metadata={"description": "The agent before whom it was made."}
    )
    drawing = Text(
        longest=20_000, required=True, allow_none=True, metadata={"description": "Its path, 1000 by 500 (SVG)."}
    )


class SheetStatementAnswer(HouseSchema):
    """What somebody else said (grade E): never that person's signature."""

    kind = Choice(SignatureKind, required=True)
    author = Text(longest=160, blank=True, required=True)
    cause = Choice(StatementCause, required=True)
    reason = Text(longest=300, required=True)
    stated_at = Instant(required=True)
    paper_id = Identifier(required=True, allow_none=True)


class SheetCorrectionAnswer(HouseSchema):
    """Who says that the sheet is wrong, why, and who agreed; what it corrects stays written."""

    id = Identifier(required=True)
    kind = Choice(SignatureKind, required=True)
    action = Choice(CorrectionAction, required=True)
    observed_at = Instant(required=True, allow_none=True)
    reason = Text(longest=300, required=True)
    state = Choice(CorrectionState, required=True)
    proposed_at = Instant(required=True)
    proposed_by = Text(longest=120, blank=True, required=True)
    decided_at = Instant(required=True, allow_none=True)
    decided_by = Text(longest=120, required=True, allow_none=True)


class ConnectionAnswer(HouseSchema):
    """A span of time in the video room."""

    connected_at = Instant(required=True)
    disconnected_at = Instant(required=True)
    origin = Choice(ConnectionOrigin, required=True)


class DocumentAnswer(HouseSchema):
    """A file beside the meeting, by its name and the SHA-256 of its content."""

    id = Identifier(required=True)
    name = Text(longest=120, required=True)
    media_type = Text(longest=60, required=True)
    content_hash = Text(longest=64, required=True)
    added_at = Instant(required=True)
    added_by = Text(longest=120, required=True, allow_none=True)


class SheetCellAnswer(HouseSchema):
    """One person at one half-day."""

    half_day_id = Identifier(required=True)
    signatures = Several(Part(SheetSignatureAnswer), required=True)
    statements = Several(Part(SheetStatementAnswer), required=True)
    minutes = Whole(
        required=True, allow_none=True, metadata={"description": "Retained, once it is over or the person has left."}
    )
    is_absent = Flag(required=True, metadata={"description": "It is over, and nobody says that the person was there."})
    late = Whole(required=True, allow_none=True, metadata={"description": "Minutes missed at the beginning."})
    early = Whole(required=True, allow_none=True, metadata={"description": "Minutes missed at the end."})
    withdrawn_signatures = Several(Part(SheetSignatureAnswer), required=True)
    withdrawn_statements = Several(Part(SheetStatementAnswer), required=True)
    corrections = Several(Part(SheetCorrectionAnswer), required=True)
    is_corrected_present = Flag(required=True)
    absence = Choice(AbsenceCategory, required=True, allow_none=True)
    connections = Several(Part(ConnectionAnswer), required=True)
    documents = Several(Part(DocumentAnswer), required=True)
    duplicates = Whole(required=True, metadata={"description": "How often the signatures were seen besides."})


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
    remark = Text(longest=LONGEST_REMARK, required=True, allow_none=True)


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
    documents = Several(Part(DocumentAnswer), required=True)
    papers = Several(Part(DocumentAnswer), required=True)
    corrections_waiting = Whole(required=True)


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
    for one in written_cell["signatures"] + written_cell["withdrawn_signatures"]:
        one["method"], one["grade"] = Method(one["method"]), Grade(one["grade"])
    return {"half_day_id": half_day_id, **written_cell}


def _countersignatures(view: SheetView, spans: list[int], who: FacilitatorView) -> list[dict[str, Any]]:
    return [
        {"half_day_id": half_day_id, **localised(one, view.time_zone)}
        for half_day_id, one in zip(spans, who.countersignatures, strict=True)
        if one is not None
    ]
