"""Attendance sheets: read as JSON or PDF, closed, and what is sent to have them signed."""

from __future__ import annotations

from typing import Any

from flask import Response

from attendance.api.meetings import MeetingAnswer, shown
from attendance.api.sheet_shapes import SheetAnswer, written
from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import SheetView
from attendance.sheet.document import sheet_document
from attendance.steps.personal_links import LinksSent
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.send_countersign_links import send_countersign_links
from attendance.use_cases.send_sign_links import send_sign_links
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation.web.api.fields import HouseSchema, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading

PDF = "application/pdf"

blueprint = ApiBlueprint("sheets", "Feuilles d'émargement: who signed what, when, how, and how strong that is.")


class LinksSentAnswer(HouseSchema):
    """How many links leave, and who has neither a telephone number nor a mail address."""

    count = Whole(required=True)
    unreachable = Several(Text(longest=170), most=1000, required=True)


@blueprint.get("/meetings/<id:meeting_id>/sheet", program(Permission.SEE_DAY), answer=SheetAnswer)
def show_sheet(meeting_id: int) -> dict[str, Any]:
    """Show the whole sheet, as it stands now."""
    return written(_view(meeting_id))


@blueprint.get("/meetings/<id:meeting_id>/sheet.pdf", program(Permission.SEE_DAY), content_type=PDF)
def show_sheet_as_pdf(meeting_id: int) -> Response:
    """Give the sheet as a PDF that one files, in the language that was asked for."""
    document = sheet_document(_view(meeting_id), say, locale())
    headers = {"Content-Disposition": f'inline; filename="{document.file_name}"'}
    return Response(document.pdf, mimetype=PDF, headers=headers)


@blueprint.post("/meetings/<id:meeting_id>/sign-links", program(Permission.MANAGE_MEETINGS), answer=LinksSentAnswer)
def post_sign_links(meeting_id: int) -> LinksSent:
    """Send each attendee the personal link by which they sign from afar."""
    return perform(send_sign_links, now=now(), meeting_id=meeting_id)


@blueprint.post(
    "/meetings/<id:meeting_id>/countersign-links", program(Permission.MANAGE_MEETINGS), answer=LinksSentAnswer
)
def post_countersign_links(meeting_id: int) -> LinksSent:
    """Send each facilitator the personal link by which they countersign."""
    return perform(send_countersign_links, now=now(), meeting_id=meeting_id)


@blueprint.post("/meetings/<id:meeting_id>/closing", program(Permission.CLOSE_SHEET), answer=MeetingAnswer)
def post_closing(meeting_id: int) -> dict[str, Any]:
    """Close the sheet, once its last half-day is over."""
    perform(close_sheet, now=now(), meeting_id=meeting_id)
    return shown(meeting_id)


def _view(meeting_id: int) -> SheetView:
    with reading() as db:
        return sheets.of_meeting(db, meeting_id, now=now())
