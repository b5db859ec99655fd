"""The live board of who is there, its printed list, and the page on which somebody who walked in is added."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField

from attendance.domain.board import Whereabouts
from attendance.domain.refusals import UnreadableTarget
from attendance.pages.blueprint import blueprint
from attendance.queries import board as boards
from attendance.queries import meetings
from attendance.queries.board import Board
from attendance.use_cases.add_walk_in import WalkIn, add_walk_in
from attendance.use_cases.find_known import find_known
from directory.domain.permissions import Permission
from directory.models import Beneficiary
from directory.pages.gates import staff
from directory.queries import venues
from foundation import ids, times
from foundation.refusals import Conflict, Invalid
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.forms import HouseForm
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading


class WalkInForm(HouseForm):
    """Whom to look for, or who is new."""

    wording = "walk_in"

    query = StringField()
    first_name = StringField()
    last_name = StringField()
    phone = StringField()
    email = StringField()


@blueprint.get("/equipe/presents", endpoint="board")
@open_to(staff(Permission.SEE_DAY))
def show_board() -> str:
    """Show who is there, at `lieu` or at `seance`; of an organisation with one venue, there."""
    board, places = _asked()
    return render_template("attendance/board.html", board=board, places=places, asked=_names(), **_words(board))


@blueprint.get("/equipe/presents/tableau", endpoint="board_fragment")
@open_to(staff(Permission.SEE_DAY))
def show_fragment() -> AnyResponse:
    """Give the board alone, and 304 while nothing on it has changed."""
    board, _ = _asked()
    if board is None:
        raise UnreadableTarget({"lieu": "board.choose"})
    answer = Response(render_template("attendance/_board.html", board=board, **_words(board)))
    answer.add_etag()
    return answer.make_conditional(request)


@blueprint.get("/equipe/seances/<id:meeting_id>/ajouter", endpoint="walk_in")
@open_to(staff(Permission.MANAGE_MEETINGS))
def ask_who_came(meeting_id: int) -> str:
    """Ask who came."""
    return _walk_in_page(meeting_id, WalkInForm(), None)


@blueprint.post("/equipe/seances/<id:meeting_id>/ajouter", endpoint="walk_in_post")
@open_to(staff(Permission.MANAGE_MEETINGS))
def add_who_came(meeting_id: int) -> AnyResponse | tuple[str, int] | str:
    """Look for somebody known, or add somebody known or new."""
    form = WalkInForm(request.form)
    try:
        if "search" in request.form:
            found = perform(find_known, now=now(), meeting_id=meeting_id, query=form.text("query"))
            return _walk_in_page(meeting_id, form, found)
        added = perform(add_walk_in, now=now(), meeting_id=meeting_id, walk_in=_walk_in(form))
    except Invalid as refusal:
        form.accept(refusal)
        return _walk_in_page(meeting_id, form, None), 422
    except Conflict as refusal:
        form.form_errors = [sentence_of(refusal)]
        return _walk_in_page(meeting_id, form, None), 409
    done = "added" if added.is_new else "there_already"
    full = "1" if added.is_over_full else None
    return redirect(url_for("attendance.walk_in", meeting_id=meeting_id, done=done, plein=full), 303)


def _walk_in(form: WalkInForm) -> WalkIn:
    chosen = _identifier(request.form.get("beneficiary", ""))
    if chosen is not None:
        return WalkIn(beneficiary_id=chosen)
    phone, email = form.text("phone"), form.text("email")
    return WalkIn(None, form.text("first_name"), form.text("last_name"), phone or None, email or None)


def _walk_in_page(meeting_id: int, form: WalkInForm, found: list[Beneficiary] | None) -> str:
    with reading() as db:
        meeting = meetings.by_id(db, meeting_id)
    return render_template(
        "attendance/walk_in.html",
        meeting=meeting,
        form=form,
        found=found,
        done=request.args.get("done"),
        is_over_full="plein" in request.args,
    )


def _asked() -> tuple[Board | None, list[tuple[str, str]]]:
    meeting_id, venue_id = (_identifier(request.args.get(name, "")) for name in ("seance", "lieu"))
    with reading() as db:
        places = venues.every(db)
        if meeting_id is not None:
            board: Board | None = boards.of_meeting(db, meeting_id, now=now())
        elif venue_id is not None or len(places) == 1:
            board = boards.of_venue(db, venue_id if venue_id is not None else places[0].id, now=now())
        else:
            board = None
    return board, [(ids.to_text(one.id), one.name) for one in places]


def _names() -> dict[str, str]:
    return {name: request.args[name] for name in ("seance", "lieu") if name in request.args}


def _words(board: Board | None) -> dict[str, object]:
    if board is None:
        return {}
    return {
        "made": times.say_moment(board.made_at, board.time_zone, say, locale()),
        "present": board.of(Whereabouts.PRESENT),
        "expected": board.of(Whereabouts.EXPECTED),
        "left": board.of(Whereabouts.LEFT),
    }


def _identifier(text: str) -> int | None:
    try:
        return ids.from_text(text)
    except ValueError:
        return None
