"""What is known beside signatures: files, connection times, absences. One page of small forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FileField, HiddenField, SelectField, StringField

from attendance.domain.evidence import MOST_BYTES
from attendance.models import AbsenceCategory, AttachmentKind
from attendance.pages.blueprint import blueprint
from attendance.pages.cells import CellForm, half_day_of, instant_of, view_of
from attendance.queries import evidence
from attendance.queries.sheet_view import SheetView
from attendance.sheet.files import MEDIA_TYPE, handed_out
from attendance.use_cases.attach_file import Upload, attach_file
from attendance.use_cases.record_connections import Connection, record_connections
from attendance.use_cases.tell_absence import tell_absence
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation.refusals import Conflict, Invalid
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.forms import HouseForm
from foundation.web.language import say
from foundation.web.services import now, perform, reading
from foundation.web.uploads import takes_a_large_file


class FileForm(CellForm):
    """A file, and whom it is about if it is about somebody."""

    wording = "evidence"

    kind = HiddenField()
    file = FileField()


class ConnectionForm(CellForm):
    """From when to when somebody was in the video room."""

    wording = "evidence"

    connected = StringField()
    disconnected = StringField()


class AbsenceForm(CellForm):
    """How an absence was told."""

    wording = "evidence"

    category = SelectField(coerce=str)


class RecordForm(HouseForm):
    """The file of a video service."""

    wording = "evidence"

    file = FileField()


@dataclass
class Forms:
    """Every form of the page, the sent one filled in."""

    paper: FileForm
    document: FileForm
    connection: ConnectionForm
    absence: AbsenceForm
    record: RecordForm

    @classmethod
    def of(cls, view: SheetView, sent: str = "") -> Forms:
        """Make the forms; `sent` is the prefix of the one that was sent."""

        def data(prefix: str) -> tuple[object, ...]:
            return (request.form,) if sent == prefix else ()

        forms = cls(
            FileForm(*data("paper"), prefix="paper"),
            FileForm(*data("document"), prefix="document"),
            ConnectionForm(*data("connection"), prefix="connection"),
            AbsenceForm(*data("absence"), prefix="absence"),
            RecordForm(prefix="record"),
        )
        forms.paper.offer(view, say("evidence.nobody_in_particular"))
        forms.document.offer(view, say("evidence.nobody_in_particular"))
        forms.connection.offer(view)
        forms.absence.offer(view)
        told = [(one.value, say(f"evidence.category_{one}")) for one in AbsenceCategory]
        forms.absence.category.choices = [*told, ("none", say("evidence.category_none"))]
        return forms

    @property
    def wrong(self) -> HouseForm:
        """Return the form in which something is to be corrected, if there is one."""
        every: list[HouseForm] = [self.paper, self.document, self.connection, self.absence, self.record]
        return next((one for one in every if one.errors), self.record)


@blueprint.get("/equipe/seances/<id:meeting_id>/preuves", endpoint="evidence")
@open_to(staff(Permission.MANAGE_MEETINGS))
def show_evidence(meeting_id: int) -> str:
    """Show what is known beside signatures, with the forms to add to it."""
    view = view_of(meeting_id)
    return page(view, Forms.of(view))


@blueprint.post("/equipe/seances/<id:meeting_id>/pieces", endpoint="attach")
@open_to(staff(Permission.MANAGE_MEETINGS))
@takes_a_large_file
def attach(meeting_id: int) -> AnyResponse | tuple[str, int]:
    """Attach a picture of the paper sheet, or a document."""
    view = view_of(meeting_id)
    is_paper = "paper-kind" in request.form
    forms = Forms.of(view, "paper" if is_paper else "document")
    form = forms.paper if is_paper else forms.document
    uploaded = request.files.get(form.file.name)
    content = b"" if uploaded is None else uploaded.read(MOST_BYTES + 1)
    if uploaded is not None:
        uploaded.close()
    chosen = (None, None) if is_paper else form.chosen()
    if uploaded is None or not content:
        form.blame("file", "evidence.no_file")
    if chosen is None or uploaded is None or form.errors:
        return page(view, forms), 422
    kind = AttachmentKind.PAPER if is_paper else AttachmentKind.DOCUMENT
    upload = Upload(kind, uploaded.filename or "", content, half_day_id=chosen[1], attendee_id=chosen[0])
    try:
        perform(attach_file, now=now(), meeting_id=meeting_id, upload=upload)
    except Invalid as refusal:
        for key in refusal.fields.values():
            form.blame("file", key)
        return page(view, forms), 422
    return _done(meeting_id, "attached")


@blueprint.post("/equipe/seances/<id:meeting_id>/connexions", endpoint="connect")
@open_to(staff(Permission.MANAGE_MEETINGS))
def connect(meeting_id: int) -> AnyResponse | tuple[str, int]:
    """Write down when somebody was in the video room."""
    view = view_of(meeting_id)
    forms = Forms.of(view, "connection")
    wanted = _connection(view, forms.connection)
    if wanted is None:
        return page(view, forms), 422
    try:
        kept = perform(record_connections, now=now(), meeting_id=meeting_id, connections=[wanted])
    except Invalid:
        forms.connection.blame("connected", "evidence.connection_unreadable")
        return page(view, forms), 422
    return _done(meeting_id, "connection_kept" if kept else "connection_known")


@blueprint.post("/equipe/seances/<id:meeting_id>/absences", endpoint="tell_absence")
@open_to(staff(Permission.MANAGE_MEETINGS))
def tell(meeting_id: int) -> AnyResponse | tuple[str, int]:
    """Say how an absence was told."""
    view = view_of(meeting_id)
    forms = Forms.of(view, "absence")
    form = forms.absence
    chosen, typed = form.chosen(), form.text("category")
    if typed not in {*AbsenceCategory, "none"}:
        form.blame("category", "field.missing")
    if chosen is None or chosen[0] is None or chosen[1] is None or form.errors:
        return page(view, forms), 422
    category = AbsenceCategory(typed) if typed != "none" else None
    cell = {"attendee_id": chosen[0], "half_day_id": chosen[1]}
    try:
        perform(tell_absence, now=now(), meeting_id=meeting_id, category=category, **cell)
    except Conflict as refusal:
        form.form_errors = [sentence_of(refusal)]
        return page(view, forms), 409
    return _done(meeting_id, "told")


@blueprint.get("/equipe/pieces/<id:attachment_id>", endpoint="attachment")
@open_to(staff(Permission.SEE_DAY))
def show_attachment(attachment_id: int) -> Response:
    """Hand a file out, to be saved and never shown as a page."""
    with reading() as db:
        told = handed_out(evidence.attachment(db, attachment_id))
    return Response(told.content, mimetype=MEDIA_TYPE, headers=told.headers)


def page(view: SheetView, forms: Forms) -> str:
    """Return the page of evidence."""
    done = request.args.get("done")
    known = {"attached", "connection_kept", "connection_known", "told"}
    return render_template("attendance/evidence.html", view=view, forms=forms, done=done if done in known else None)


def _connection(view: SheetView, form: ConnectionForm) -> Connection | None:
    chosen = form.chosen()
    if chosen is None or chosen[0] is None or chosen[1] is None:
        return None
    half_day, told = half_day_of(view, chosen[1]), list[datetime]()
    for name in ("connected", "disconnected"):
        try:
            told.append(instant_of(form.text(name), half_day, view.time_zone))
        except ValueError:
            form.blame(name, "evidence.hour_unreadable")
    return None if form.errors else Connection(chosen[0], chosen[1], *told)


def _done(meeting_id: int, what: str) -> AnyResponse:
    return redirect(url_for("attendance.evidence", meeting_id=meeting_id, done=what), 303)
