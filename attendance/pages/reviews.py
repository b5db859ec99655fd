"""Looking at what devices sent that is not simply believed."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, validators

from attendance.pages.blueprint import blueprint
from attendance.queries import reviews
from attendance.queries.reviews import ReviewLine
from attendance.sheet.cell_words import CellWords
from attendance.use_cases.review_entry import review_entry
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation import ids
from foundation.refusals import Conflict, Invalid
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.forms import HouseForm
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading


class ReviewForm(HouseForm):
    """Why it is accepted or set aside; each entry of the page has one."""

    wording = "reviews"

    reason = StringField(validators=[validators.InputRequired()])


@blueprint.get("/equipe/a-verifier", endpoint="reviews")
@open_to(staff(Permission.MANAGE_MEETINGS))
def list_reviews() -> str:
    """List what waits, the oldest first."""
    return _page()


@blueprint.post("/equipe/a-verifier/<id:entry_id>", endpoint="review")
@open_to(staff(Permission.MANAGE_MEETINGS))
def review(entry_id: int) -> Response | tuple[str, int]:
    """Accept an entry or set it aside; what was typed comes back when it cannot be."""
    with reading() as db:
        line = reviews.by_id(db, entry_id)
    form, decision = _form(line), request.form.get("decision")
    if decision not in {"accept", "reject"}:
        form.form_errors = [say("reviews.decide")]
        return _page(line, form), 422
    accepts = decision == "accept"
    try:
        perform(review_entry, now=now(), entry_id=entry_id, accepts=accepts, reason=form.text("reason"))
    except Invalid as refusal:
        form.accept(refusal)
        return _page(line, form), 422
    except Conflict as refusal:
        form.form_errors = [sentence_of(refusal)]
        return _page(line, form), 409
    done = "rejected" if not accepts else "seen_done" if line.counts_already else "accepted"
    return redirect(url_for("attendance.reviews", done=done), 303)


def _page(wrong_line: ReviewLine | None = None, wrong_form: ReviewForm | None = None) -> str:
    """Show the list; the entry that went wrong is on it with what was typed, on whichever page it was."""
    after, done = request.args.get("apres", ""), request.args.get("done")
    with reading() as db:
        found, following = reviews.waiting(db, after=ids.from_text(after) if _is_id(after) else None)
    if wrong_line is not None and wrong_line.id not in {one.id for one in found}:
        found = [wrong_line, *found]
    forms = {wrong_line.id: wrong_form} if wrong_line is not None else {}
    return render_template(
        "attendance/reviews.html",
        lines=[(one, forms.get(one.id) or _form(one), CellWords(one.time_zone, say, locale())) for one in found],
        wrong=wrong_form,
        following=ids.to_text(following) if following is not None else None,
        done=done if done in {"accepted", "rejected", "seen_done"} else None,
    )


def _form(line: ReviewLine) -> ReviewForm:
    prefix = ids.to_text(line.id)
    is_this_one = any(name.startswith(prefix) for name in request.form)
    return ReviewForm(request.form if is_this_one else None, prefix=prefix)


def _is_id(text: str) -> bool:
    try:
        ids.from_text(text)
    except ValueError:
        return False
    return True
