"""What is known beside signatures: files, paper sheets, connection times, absences."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import Response

from attendance.domain.connections import CONNECTION_COLUMNS
from attendance.domain.evidence import LONGEST_NAME
from attendance.models import AbsenceCategory, AttachmentKind, SignatureKind
from attendance.queries import evidence, meetings
from attendance.queries import sheet as sheets
from attendance.sheet.files import MEDIA_TYPE, handed_out
from attendance.sheet.paper import paper_document
from attendance.steps.statements import LONGEST_REASON
from attendance.use_cases.attach_file import Upload, attach_file
from attendance.use_cases.import_connections import import_connections
from attendance.use_cases.record_connections import Connection, record_connections
from attendance.use_cases.tell_absence import tell_absence
from attendance.use_cases.transcribe_paper import MOST_CELLS, transcribe_paper
from directory.api.gates import program
from directory.api.imports import FileBody, ImportAnswer, lines_of, told_report
from directory.domain.permissions import Permission
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Part, Secret, Several, Text, Whole
from foundation.web.api.operations import ApiBlueprint, UnreadableRequest
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading, services
from foundation.web.uploads import MOST_OF_A_LARGE_FILE, takes_a_file, takes_a_large_file

PDF = "application/pdf"
_MANAGES = program(Permission.MANAGE_MEETINGS)
_PICTURE = base64.b64encode(b"%PDF-1.7\n").decode()

blueprint = ApiBlueprint("evidence", "Preuves: what is known beside signatures, and sheets signed by hand.")


class NewAttachment(HouseSchema):
    """A JPEG or PNG picture or a PDF, of 8 MB at most: of the meeting, or of somebody at one of its half-days."""

    kind = Choice(AttachmentKind, required=True)
    name = Text(longest=LONGEST_NAME, required=True, metadata={"example": "feuille.pdf"})
    content = Secret(longest=MOST_OF_A_LARGE_FILE, required=True, metadata={"example": _PICTURE})
    half_day_id = Identifier(load_default=None, allow_none=True)
    attendee_id = Identifier(load_default=None, allow_none=True)


class AttachmentAnswer(HouseSchema):
    """The file's id."""

    id = Identifier(required=True)


class CellNamed(HouseSchema):
    """One person at one half-day."""

    attendee_id = Identifier(required=True)
    half_day_id = Identifier(required=True)


class Transcription(HouseSchema):
    """Who signed the paper whose photograph is attached."""

    attachment_id = Identifier(required=True)
    kind = Choice(SignatureKind, required=True)
    reason = Text(longest=LONGEST_REASON, required=True, metadata={"example": "Feuille signée à la main"})
    cells = Several(Part(CellNamed), fewest=1, most=MOST_CELLS, required=True)


class KeptAnswer(HouseSchema):
    """How many are new; what was known already stays as it is."""

    kept = Whole(required=True)


class NewConnection(CellNamed):
    """When one person was in the video room."""

    connected_at = Instant(required=True)
    disconnected_at = Instant(required=True)


class NewConnections(HouseSchema):
    """Several of them."""

    connections = Several(Part(NewConnection), fewest=1, required=True)


class AbsenceTold(CellNamed):
    """How an absence was told, never why; null takes back what was told."""

    category = Choice(AbsenceCategory, required=True, allow_none=True)


@blueprint.post(
    "/meetings/<id:meeting_id>/attachments", _MANAGES, body=NewAttachment, answer=AttachmentAnswer, status=201
)
@takes_a_large_file
def post_attachment(body: dict[str, Any], meeting_id: int) -> dict[str, int]:
    """Attach a file; the very same one is kept once."""
    try:
        content = base64.b64decode(body.pop("content"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableRequest({"content": "api.field.unreadable"}) from error
    upload = Upload(content=content, **body)
    return {"id": perform(attach_file, now=now(), meeting_id=meeting_id, upload=upload)}


@blueprint.get("/attachments/<id:attachment_id>/content", program(Permission.SEE_DAY), content_type=MEDIA_TYPE)
def show_attachment(attachment_id: int) -> Response:
    """Give a file as it was attached."""
    with reading() as db:
        told = handed_out(evidence.attachment(db, attachment_id))
    return Response(told.content, mimetype=MEDIA_TYPE, headers=told.headers)


@blueprint.get("/meetings/<id:meeting_id>/paper-sheet.pdf", program(Permission.SEE_DAY), content_type=PDF)
def show_paper_sheet(meeting_id: int) -> Response:
    """Give the sheet to be signed by hand: the same header, and empty cells."""
    with reading() as db:
        view = sheets.of_meeting(db, meeting_id, now=now())
    document = paper_document(view, say, locale(), base_url=services().base_url)
    headers = {"Content-Disposition": f'inline; filename="{document.file_name}"'}
    return Response(document.pdf, mimetype=PDF, headers=headers)


@blueprint.post(
    "/meetings/<id:meeting_id>/transcriptions", program(Permission.SCAN), body=Transcription, answer=KeptAnswer
)
def post_transcription(body: dict[str, Any], meeting_id: int) -> dict[str, int]:
    """Transcribe a paper sheet: a statement (grade E) a cell; what the same paper has said already stays once."""
    body["cells"] = [(one["attendee_id"], one["half_day_id"]) for one in body["cells"]]
    return {"kept": perform(transcribe_paper, now=now(), meeting_id=meeting_id, **body)}


@blueprint.post("/meetings/<id:meeting_id>/connections", _MANAGES, body=NewConnections, answer=KeptAnswer)
def post_connections(body: dict[str, Any], meeting_id: int) -> dict[str, int]:
    """Write down when people were in the video room."""
    connections = [Connection(**one) for one in body["connections"]]
    return {"kept": perform(record_connections, now=now(), meeting_id=meeting_id, connections=connections)}


@blueprint.post("/meetings/<id:meeting_id>/connection-imports", _MANAGES, body=FileBody, answer=ImportAnswer)
@takes_a_file
def post_connection_import(body: dict[str, Any], meeting_id: int) -> dict[str, Any]:
    """Take the file that a video service gives: whole, or not at all."""
    with reading() as db:
        meetings.by_id(db, meeting_id)
    is_dry_run, lines = body["dry_run"], lines_of(body, CONNECTION_COLUMNS)
    report = perform(import_connections, now=now(), meeting_id=meeting_id, lines=lines, is_dry_run=is_dry_run)
    return told_report(report, is_dry_run=is_dry_run)


@blueprint.post("/meetings/<id:meeting_id>/absences", _MANAGES, body=AbsenceTold, status=204)
def post_absence(body: dict[str, Any], meeting_id: int) -> None:
    """Say how an absence was told."""
    perform(tell_absence, now=now(), meeting_id=meeting_id, **body)
