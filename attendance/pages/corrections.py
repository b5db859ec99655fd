"""Correcting a sheet, and deciding what others have proposed late."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField

from attendance.door.references import parse_kind
from attendance.models import CorrectionAction, CorrectionState, SignatureKind
from attendance.pages.blueprint import blueprint
from attendance.pages.cells import CellForm, half_day_of, instant_of, view_of
from attendance.queries import corrections
from attendance.queries.sheet_view import SheetView
from attendance.sheet.cell_words import CellWords
from attendance.use_cases.decide_correction import decide_correction
from attendance.use_cases.propose_correction import Proposal, propose_correction
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation import ids
from foundation.refusals import Conflict, Invalid
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.language import locale, say
from foundation.web.services import current_actor, now, perform, reading


class CorrectionForm(CellForm):
    """What is wrong, since when it is right, and why."""

    wording = "correction"

    kind = RadioField(coerce=str, default=SignatureKind.ARRIVAL.value)
    action = RadioField(coerce=str)
    hour = StringField()
    reason = StringField()


@blueprint.get("/equipe/seances/<id:meeting_id>/corriger", endpoint="correct")
@open_to(staff(Permission.MANAGE_MEETINGS))
def ask_what_is_wrong(meeting_id: int) -> str:
    """Ask what is wrong."""
    view = view_of(meeting_id)
    return _page(view, _form(view))


@blueprint.post("/equipe/seances/<id:meeting_id>/corriger", endpoint="correct_post")
@open_to(staff(Permission.MANAGE_MEETINGS))
def correct(meeting_id: int) -> Response | tuple[str, int]:
    """Correct the sheet, or propose it."""
    view = view_of(meeting_id)
    form = _form(view)
    wanted = _wanted(view, form)
    if wanted is None:
        return _page(view, form), 422
    try:
        made = perform(propose_correction, now=now(), meeting_id=meeting_id, proposal=wanted)
    except Invalid as refusal:
        for name, key in refusal.fields.items():
            form.blame("hour" if name == "observed_at" else name, key)
        return _page(view, form), 422
    except Conflict as refusal:
        form.form_errors = [sentence_of(refusal)]
        return _page(view, form), 409
    with reading() as db:
        waits = corrections.by_id(db, made).correction.state is CorrectionState.PENDING
    done = "waits" if waits else "correction"
    return redirect(url_for("attendance.sheet", meeting_id=meeting_id, done=done), 303)


@blueprint.get("/equipe/corrections", endpoint="corrections_waiting")
@open_to(staff(Permission.MANAGE_MEETINGS))
def list_waiting() -> str:
    """List what waits for a second person."""
    after = request.args.get("apres", "")
    with reading() as db:
        lines, following = corrections.waiting(db, after=ids.from_text(after) if _is_id(after) else None)
    return render_template(
        "attendance/corrections.html",
        lines=[(one, CellWords(one.time_zone, say, locale())) for one in lines],
        following=ids.to_text(following) if following is not None else None,
        me=current_actor().agent_id,
        done=request.args.get("done"),
    )


@blueprint.post("/equipe/corrections/<id:correction_id>", endpoint="decide_correction")
@open_to(staff(Permission.MANAGE_MEETINGS))
def decide(correction_id: int) -> Response:
    """Apply what somebody else has proposed, or decline it."""
    accepts = request.form.get("decision") == "accept"
    perform(decide_correction, now=now(), correction_id=correction_id, accepts=accepts)
    return redirect(url_for("attendance.corrections_waiting", done="applied" if accepts else "declined"), 303)


def _is_id(text: str) -> bool:
    try:
        ids.from_text(text)
    except ValueError:
        return False
    return True


def _form(view: SheetView) -> CorrectionForm:
    form = CorrectionForm(request.form)
    form.offer(view)
    form.kind.choices = [(kind.value, say(f"sheet.kind.{kind}")) for kind in SignatureKind]
    form.action.choices = [(action.value, say(f"correction.action_{action}")) for action in CorrectionAction]
    return form


def _wanted(view: SheetView, form: CorrectionForm) -> Proposal | None:
    chosen = form.chosen()
    if form.text("action") not in set(CorrectionAction):
        form.blame("action", "field.missing")
    attendee_id, half_day_id = chosen or (None, None)
    if attendee_id is None or half_day_id is None or form.errors:
        return None
    observed_at: datetime | None = None
    if form.text("hour"):
        try:
            observed_at = instant_of(form.text("hour"), half_day_of(view, half_day_id), view.time_zone)
        except ValueError:
            form.blame("hour", "correction.hour_unreadable")
            return None
    try:
        kind = parse_kind(form.text("kind"))
    except Invalid:
        form.blame("kind", "field.missing")
        return None
    action = CorrectionAction(form.text("action"))
    return Proposal(attendee_id, half_day_id, kind, action, form.text("reason"), observed_at)


def _page(view: SheetView, form: CorrectionForm) -> str:
    return render_template("attendance/correct.html", view=view, form=form)
