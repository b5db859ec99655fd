"""The attendance sheet on screen and as a PDF, with what staff do to it."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import RadioField, SelectField, StringField

from attendance.door.references import parse_cause, parse_kind
from attendance.models import SignatureKind, StatementCause
from attendance.pages.blueprint import blueprint
from attendance.pages.invitations import beside_sheet
from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import SheetView
from attendance.sheet.document import sheet_document
from attendance.sheet.words import SheetWords
from attendance.steps.personal_links import LinksSent
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.send_countersign_links import send_countersign_links
from attendance.use_cases.send_sign_links import send_sign_links
from attendance.use_cases.state_presence import Person, state_presence
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation import ids
from foundation.refusals import Invalid
from foundation.web.access import open_to
from foundation.web.forms import HouseForm
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading


class StatementForm(HouseForm):
    """Who is there without having signed, when, and why."""

    wording = "statement"

    attendee = SelectField(coerce=str)
    half_day = SelectField(coerce=str)
    kind = RadioField(coerce=str, default=SignatureKind.ARRIVAL.value)
    cause = SelectField(coerce=str, default=StatementCause.NO_BADGE.value)
    reason = StringField()


@blueprint.get("/equipe/seances/<id:meeting_id>", endpoint="sheet")
@open_to(staff(Permission.SEE_DAY))
def show_sheet(meeting_id: int) -> str:
    """Show the sheet: half-days across, people down."""
    view = _view(meeting_id)
    return _page(view, _statement_form(view))


@blueprint.get("/equipe/seances/<id:meeting_id>/feuille.pdf", endpoint="sheet_pdf")
@open_to(staff(Permission.SEE_DAY))
def show_pdf(meeting_id: int) -> Response:
    """Give the sheet as it stands, as a PDF."""
    document = sheet_document(_view(meeting_id), say, locale())
    headers = {"Content-Disposition": f'inline; filename="{document.file_name}"'}
    return Response(document.pdf, mimetype="application/pdf", headers=headers)


@blueprint.post("/equipe/seances/<id:meeting_id>/liens", endpoint="send_sign_links")
@open_to(staff(Permission.MANAGE_MEETINGS))
def send_links_to_attendees(meeting_id: int) -> AnyResponse:
    """Send each attendee their personal link."""
    return _after_sending(meeting_id, perform(send_sign_links, now=now(), meeting_id=meeting_id))


@blueprint.post("/equipe/seances/<id:meeting_id>/liens-intervenants", endpoint="send_countersign_links")
@open_to(staff(Permission.MANAGE_MEETINGS))
def send_links_to_facilitators(meeting_id: int) -> AnyResponse:
    """Send each facilitator their personal link."""
    return _after_sending(meeting_id, perform(send_countersign_links, now=now(), meeting_id=meeting_id))


@blueprint.post("/equipe/seances/<id:meeting_id>/clore", endpoint="close_sheet")
@open_to(staff(Permission.CLOSE_SHEET))
def close(meeting_id: int) -> AnyResponse:
    """Close the sheet."""
    perform(close_sheet, now=now(), meeting_id=meeting_id)
    return redirect(url_for("attendance.sheet", meeting_id=meeting_id), 303)


@blueprint.post("/equipe/seances/<id:meeting_id>/constats", endpoint="sheet_statement")
@open_to(staff(Permission.SCAN))
def state(meeting_id: int) -> AnyResponse | tuple[str, int]:
    """Keep a statement typed beside the sheet."""
    view = _view(meeting_id)
    form = _statement_form(view)
    attendee, half_day = form.text("attendee"), form.text("half_day")
    people = {ids.to_text(one.attendee_id) for one in view.people if one.attendee_id}
    if attendee not in people or half_day not in {ids.to_text(one.id) for one in view.half_days}:
        form.blame("attendee", "field.missing")
        return _page(view, form), 422
    person = Person(attendee_id=ids.from_text(attendee), half_day_id=ids.from_text(half_day))
    try:
        kind, cause = parse_kind(form.text("kind")), parse_cause(form.text("cause"))
        perform(state_presence, now=now(), person=person, kind=kind, cause=cause, reason=form.text("reason"))
    except Invalid as refusal:
        form.accept(refusal)
        return _page(view, form), 422
    return redirect(url_for("attendance.sheet", meeting_id=meeting_id, done="statement"), 303)


def _view(meeting_id: int) -> SheetView:
    with reading() as db:
        return sheets.of_meeting(db, meeting_id, now=now())


def _statement_form(view: SheetView) -> StatementForm:
    form = StatementForm(request.form)
    printed = SheetWords(view, say, locale()).printed()
    form.attendee.choices = [(ids.to_text(one.attendee_id), one.name) for one in view.people if one.attendee_id]
    form.half_day.choices = [
        (ids.to_text(one.id), f"{column['day']}, {column['hours']}")
        for one, column in zip(view.half_days, printed["columns"], strict=True)
    ]
    form.cause.choices = [(cause.value, say(f"statement.cause_{cause}")) for cause in StatementCause]
    form.kind.choices = [(kind.value, say(f"sheet.kind.{kind}")) for kind in SignatureKind]
    return form


def _page(view: SheetView, form: StatementForm) -> str:
    return render_template(
        "attendance/sheet.html",
        view=view,
        sheet=SheetWords(view, say, locale()).printed(),
        form=form,
        sent=request.args.get("sent", type=int),
        unreachable=request.args.get("unreachable", type=int),
        done=request.args.get("done"),
        count=request.args.get("count", default=0, type=int),
        **beside_sheet(view),
    )


def _after_sending(meeting_id: int, sent: LinksSent) -> AnyResponse:
    # Numbers only: no name stands in an address.
    unreachable = len(sent.unreachable) or None
    target = url_for("attendance.sheet", meeting_id=meeting_id, sent=sent.count, unreachable=unreachable)
    return redirect(target, 303)
