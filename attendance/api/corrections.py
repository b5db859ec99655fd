"""Corrections: a program says that a sheet is wrong; a person decides, whose name is printed, and so not by a key."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.shapes import ZONE
from attendance.api.sheet_shapes import SheetCorrectionAnswer
from attendance.domain.corrections import LONGEST_REASON
from attendance.models import CorrectionAction, SignatureKind
from attendance.queries import corrections
from attendance.queries.corrections import CorrectionLine
from attendance.use_cases.propose_correction import Proposal, propose_correction
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import ids
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Part, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("corrections", "Corrections: they add to a sheet and erase nothing.")


class NewCorrection(HouseSchema):
    """What is wrong of one person at one half-day; a withdrawal says no time."""

    attendee_id = Identifier(required=True)
    half_day_id = Identifier(required=True)
    kind = Choice(SignatureKind, required=True)
    action = Choice(CorrectionAction, required=True)
    reason = Text(longest=LONGEST_REASON, required=True, metadata={"example": "Emargé dans la mauvaise salle"})
    observed_at = Instant(load_default=None, allow_none=True)


class CorrectionAnswer(HouseSchema):
    """A correction, with whom and what it is about."""

    meeting_id = Identifier(required=True)
    attendee_id = Identifier(required=True)
    half_day_id = Identifier(required=True)
    name = Text(longest=170, required=True)
    title = Text(longest=200, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    correction = Part(SheetCorrectionAnswer, required=True)


CorrectionPage = page_of(CorrectionAnswer)


@blueprint.get("/corrections/waiting", program(Permission.MANAGE_MEETINGS), query=PageAsked, answer=CorrectionPage)
def list_waiting_corrections(asked: dict[str, Any]) -> dict[str, Any]:
    """List what waits for a second person, the oldest first."""
    with reading() as db:
        items, following = corrections.waiting(db, **asked)
    return {"items": [_told(one) for one in items], "next": following}


@blueprint.post(
    "/meetings/<id:meeting_id>/corrections",
    program(Permission.MANAGE_MEETINGS),
    body=NewCorrection,
    answer=CorrectionAnswer,
    status=201,
)
def post_correction(body: dict[str, Any], meeting_id: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Propose a correction: it waits for a person, who decides it on the pages of staff."""
    made = perform(propose_correction, now=now(), meeting_id=meeting_id, proposal=Proposal(**body))
    return _shown(made), 201, located(f"/corrections/{ids.to_text(made)}")


@blueprint.get("/corrections/<id:correction_id>", program(Permission.SEE_DAY), answer=CorrectionAnswer)
def show_correction(correction_id: int) -> dict[str, Any]:
    """Show one correction."""
    return _shown(correction_id)


def _shown(correction_id: int) -> dict[str, Any]:
    with reading() as db:
        return _told(corrections.by_id(db, correction_id))


def _told(one: CorrectionLine) -> dict[str, Any]:
    told: dict[str, Any] = localised(one, one.time_zone)
    return told
