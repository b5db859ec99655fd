"""The sheet that is signed by hand: printed empty, then transcribed from its photograph."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectField, SelectMultipleField, StringField

from attendance.door.references import parse_kind
from attendance.models import SignatureKind
from attendance.pages.blueprint import blueprint
from attendance.pages.cells import view_of
from attendance.queries.sheet_view import SheetView
from attendance.sheet.paper import paper_document
from attendance.sheet.words import SheetWords
from attendance.use_cases.transcribe_paper import transcribe_paper
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation import ids
from foundation.refusals import Conflict, Invalid
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.forms import HouseForm
from foundation.web.language import locale, say
from foundation.web.services import now, perform, services


class TranscriptionForm(HouseForm):
    """Which photograph, and who signed on it."""

    wording = "evidence"

    attachment_id = SelectField(coerce=str)
    kind = RadioField(coerce=str, default=SignatureKind.ARRIVAL.value)
    cells = SelectMultipleField(coerce=str)
    reason = StringField()


@blueprint.get("/equipe/seances/<id:meeting_id>/feuille-papier.pdf", endpoint="paper_sheet")
@open_to(staff(Permission.SEE_DAY))
def show_paper_sheet(meeting_id: int) -> Response:
    """Give the sheet to be signed by hand."""
    document = paper_document(view_of(meeting_id), say, locale(), base_url=services().base_url)
    headers = {"Content-Disposition": f'inline; filename="{document.file_name}"'}
    return Response(document.pdf, mimetype="application/pdf", headers=headers)


@blueprint.get("/equipe/seances/<id:meeting_id>/transcrire", endpoint="transcribe")
@open_to(staff(Permission.SCAN))
def ask_who_signed(meeting_id: int) -> str:
    """Ask who signed the paper."""
    view = view_of(meeting_id)
    return _page(view, _form(view))


@blueprint.post("/equipe/seances/<id:meeting_id>/transcrire", endpoint="transcribe_post")
@open_to(staff(Permission.SCAN))
def transcribe(meeting_id: int) -> AnyResponse | tuple[str, int]:
    """Keep a statement for each box that is ticked."""
    view = view_of(meeting_id)
    form = _form(view)
    ticked: list[str] = form.cells.data or []
    if form.text("attachment_id") not in {ids.to_text(one.id) for one in view.papers}:
        form.blame("attachment_id", "field.missing")
    if not ticked or not set(ticked) <= dict(_cells(view)).keys():
        form.blame("cells", "evidence.nobody_ticked")
    if form.errors:
        return _page(view, form), 422
    cells = [(ids.from_text(one[:13]), ids.from_text(one[14:])) for one in ticked]
    try:
        kept = perform(
            transcribe_paper,
            now=now(),
            meeting_id=meeting_id,
            attachment_id=ids.from_text(form.text("attachment_id")),
            kind=parse_kind(form.text("kind")),
            reason=form.text("reason"),
            cells=cells,
        )
    except Invalid as refusal:
        form.accept(refusal)
        return _page(view, form), 422
    except Conflict as refusal:
        form.form_errors = [sentence_of(refusal)]
        return _page(view, form), 409
    return redirect(url_for("attendance.sheet", meeting_id=meeting_id, done="transcribed", count=kept), 303)


def _form(view: SheetView) -> TranscriptionForm:
    form = TranscriptionForm(request.form, reason=say("evidence.usual_reason"))
    form.attachment_id.choices = [(ids.to_text(one.id), one.name) for one in view.papers]
    form.kind.choices = [(kind.value, say(f"sheet.kind.{kind}")) for kind in SignatureKind]
    form.cells.choices = _cells(view)
    return form


def _cells(view: SheetView) -> list[tuple[str, str]]:
    people = [(one.attendee_id, one.name) for one in view.people if one.attendee_id is not None]
    return [(_value(attendee_id, span.id), name) for attendee_id, name in people for span in view.half_days]


def _value(attendee_id: int, half_day_id: int) -> str:
    return f"{ids.to_text(attendee_id)}.{ids.to_text(half_day_id)}"


def _page(view: SheetView, form: TranscriptionForm) -> str:
    columns = SheetWords(view, say, locale()).printed()["columns"]
    rows = [
        (one.name, [_value(one.attendee_id, span.id) for span in view.half_days])
        for one in view.people
        if one.attendee_id is not None
    ]
    return render_template("attendance/transcribe.html", view=view, form=form, columns=columns, rows=rows)
