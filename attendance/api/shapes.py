"""Shapes that several subjects of attendance share."""

from __future__ import annotations

from attendance.models import SheetState, SignatureKind
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Text

ZONE = {"example": "Europe/Paris", "description": "The IANA zone whose hours rule here; times are given in it."}


class HalfDayAnswer(HouseSchema):
    """One span of a meeting: what a signature is for."""

    id = Identifier(required=True)
    title = Text(longest=200, blank=True, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class HalfDayNamed(HouseSchema):
    """Which half-day, arrival or departure."""

    half_day_id = Identifier(required=True)
    kind = Choice(SignatureKind, required=True)


def sheet_state() -> Choice:
    """Return the field that says how far a sheet has gone."""
    told = {"description": "A sheet goes one way; a closed one takes nothing more."}
    return Choice(SheetState, required=True, metadata=told)
