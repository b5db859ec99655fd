"""Countersigning: the facilitator's personal link shows who signed each half-day, and asks for the heads counted."""

from __future__ import annotations

import re
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from attendance.domain.refusals import HeadcountNeeded
from attendance.models import SheetState
from attendance.pages.blueprint import blueprint
from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import CountersignatureView, FacilitatorView, SheetView
from attendance.sheet.words import SheetWords
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
    with reading() as db:
        view, mine = sheets.of_facilitator(db, current_actor().identifier or 0, now=now())
    printed = SheetWords(view, say, locale()).printed()
    lines = [_line(view, printed, number, mine) for number in range(len(view.half_days))]
    return render_template(
        "attendance/countersign.html", link=token, name=mine.name, view=view, lines=lines, wrong=wrong
    )


def _line(view: SheetView, printed: dict[str, Any], number: int, mine: FacilitatorView) -> dict[str, Any]:
    half_day, done, roll = view.half_days[number], mine.countersignatures[number], view.roll(number)
    is_later = half_day.starts_at > now()
    return {
        "half_day": half_day,
        "column": printed["columns"][number],
        "present": roll.present,
        "stated": roll.stated,
        "absent": roll.absent,
        "done": _done(view, done) if done is not None else None,
        "asks": view.can_be_countersigned(number, mine),
        "is_closed": view.state is not SheetState.OPEN,
        "later": times.say_moment(half_day.starts_at, view.time_zone, say, locale()) if is_later else None,
    }


def _done(view: SheetView, done: CountersignatureView) -> str:
    at = times.say_moment(done.signed_at, view.time_zone, say, locale())
    return say("countersign.done", at=at, heads=say("sheet.heads", n=done.headcount))
