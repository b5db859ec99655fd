"""Countersigning: the facilitator's personal link shows who signed each half-day, and asks for the heads counted."""

from __future__ import annotations

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from attendance.domain.refusals import HeadcountNeeded, MeetingNotFound
from attendance.models import SheetState
from attendance.pages.blueprint import blueprint
from attendance.pages.sheet_words import SheetWords
from attendance.queries import links
from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import SheetView
from attendance.use_cases.countersign import countersign
from directory.pages.gates import holder_of
from foundation import times
from foundation.actors import ActorKind
from foundation.web.access import open_to
from foundation.web.language import locale, say
from foundation.web.services import current_actor, now, perform, reading

_HOLDER = holder_of("countersign", ActorKind.FACILITATOR)


@blueprint.get("/contresigner/<token>", endpoint="countersign")
@open_to(_HOLDER)
def show_half_days(token: str) -> str:
    """Show each half-day with who signed and who did not."""
    return _page(token, wrong=None)


@blueprint.post("/contresigner/<token>/<id:half_day_id>", endpoint="countersign_half_day")
@open_to(_HOLDER)
def countersign_half_day(token: str, half_day_id: int) -> Response | tuple[str, int]:
    """Countersign one half-day."""
    typed = request.form.get("headcount", "").strip()
    headcount = int(typed) if re.fullmatch(r"[0-9]{1,3}", typed) else None
    try:
        perform(countersign, now=now(), half_day_id=half_day_id, headcount=headcount)
    except HeadcountNeeded:
        return _page(token, wrong=half_day_id), 422
    return redirect(url_for("attendance.countersign", token=token), 303)


def _page(token: str, *, wrong: int | None) -> str:
    facilitator_id = current_actor().identifier or 0
    with reading() as db:
        found = links.meeting_of_facilitator(db, facilitator_id)
        if found is None:
            raise MeetingNotFound
        name, view = found[0].name, sheets.of_meeting(db, found[1], now=now())
    mine = next(one for one in view.facilitators if one.id == facilitator_id)
    printed = SheetWords(view, say, locale()).printed()
    lines = [_line(view, printed, index, mine.countersignatures[index]) for index in range(len(view.half_days))]
    return render_template("attendance/countersign.html", link=token, name=name, view=view, lines=lines, wrong=wrong)


def _line(view: SheetView, printed: dict[str, Any], index: int, done: Any) -> dict[str, Any]:
    half_day = view.half_days[index]
    cells = [(person.name, person.cells[index]) for person in view.people]
    is_open = view.state is SheetState.OPEN
    has_begun = half_day.starts_at <= now()
    return {
        "half_day": half_day,
        "column": printed["columns"][index],
        "present": [name for name, cell in cells if cell.signatures],
        "stated": [name for name, cell in cells if cell.statements and not cell.signatures],
        "absent": [name for name, cell in cells if not cell.signatures and not cell.statements],
        "done": _done(view, done) if done is not None else None,
        "asks": done is None and is_open and has_begun,
        "is_closed": not is_open,
        "later": times.say_moment(half_day.starts_at, view.time_zone, say, locale()) if not has_begun else None,
    }


def _done(view: SheetView, done: Any) -> str:
    at = times.say_moment(done.signed_at, view.time_zone, say, locale())
    return say("countersign.done", at=at, heads=say("sheet.heads", n=done.headcount))
