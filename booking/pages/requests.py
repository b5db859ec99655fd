"""What people have asked for, and staff decide."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.domain.person import clean
from booking.domain.refusals import AlreadyDecided
from booking.pages.blueprint import blueprint
from booking.queries import expected
from booking.use_cases.decide_request import approve_request, refuse_request
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.services import now, perform, reading

LONGEST_REASON = 300


@blueprint.get("/equipe/demandes")
@open_to(staff(Permission.SEE_DAY))
def requests() -> str:
    """Show what waits for a decision, the soonest first."""
    return _page()


@blueprint.post("/equipe/demandes/<id:appointment_id>/accepter")
@open_to(staff(Permission.SEE_DAY))
def approve(appointment_id: int) -> Response | tuple[str, int]:
    """Approve, and go back to the list; whoever was slower is told."""
    try:
        perform(approve_request, now=now(), appointment_id=appointment_id)
    except AlreadyDecided as refusal:
        return _page(sentence_of(refusal)), refusal.status
    return redirect(url_for("booking.requests"), 303)


@blueprint.post("/equipe/demandes/<id:appointment_id>/refuser")
@open_to(staff(Permission.SEE_DAY))
def refuse(appointment_id: int) -> Response | tuple[str, int]:
    """Refuse with a reason or none, and go back to the list."""
    reason = clean(request.form.get("raison"))[:LONGEST_REASON]
    try:
        perform(refuse_request, now=now(), appointment_id=appointment_id, reason=reason)
    except AlreadyDecided as refusal:
        return _page(sentence_of(refusal)), refusal.status
    return redirect(url_for("booking.requests"), 303)


def _page(sentence: str | None = None) -> str:
    with reading() as db:
        found = expected.requested(db, now=now())
    return render_template("booking/requests.html", requests=found, sentence=sentence)
