"""Countersigning: the facilitator's personal link shows who signed each half-day, and asks for the heads counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from attendance.domain.countersigning import HeadcountDiffers
from attendance.door.references import parse_kind
from attendance.models import SheetState, SignatureKind, StatementCause
from attendance.pages.blueprint import blueprint
from attendance.queries import findings
from attendance.queries import sheet as sheets
from attendance.queries.sheet_view import CountersignatureView, FacilitatorView, SheetView
from attendance.sheet.finding_words import FindingWords
from attendance.sheet.words import SheetWords
from attendance.use_cases.countersign import countersign
from attendance.use_cases.state_as_facilitator import state_as_facilitator
from directory.pages.gates import holder_of
from foundation import ids, times
from foundation.actors import ActorKind
from foundation.refusals import Invalid
from foundation.web.access import open_to
from foundation.web.language import locale, say
from foundation.web.services import current_actor, now, perform, reading

_HOLDER = holder_of("countersign", ActorKind.FACILITATOR)
CAUSES = tuple(one for one in StatementCause if one is not StatementCause.PAPER)


@dataclass(frozen=True)
class _Wrong:
    """A form that comes back: at which half-day, which one, the sentences by field, and whether heads differ."""

    half_day_id: int
    form: str
    errors: dict[str, str]
    differs: bool = False


@blueprint.get("/contresigner/<token>", endpoint="countersign")
@open_to(_HOLDER)
def show_half_days(token: str) -> str:
    """Show each half-day with who signed and who did not, and what should be checked."""
    return _page(token)


@blueprint.post("/contresigner/<token>/<id:half_day_id>", endpoint="countersign_half_day")
@open_to(_HOLDER)
def countersign_half_day(token: str, half_day_id: int) -> Response | tuple[str, int]:
    """Countersign one half-day."""
    typed = request.form.get("headcount", "").strip()
    headcount = int(typed) if re.fullmatch(r"[0-9]{1,3}", typed) else None
    is_confirmed = request.form.get("is_confirmed") == "yes"
    remark = request.form.get("remark", "")
    try:
        perform(
            countersign,
            now=now(),
            half_day_id=half_day_id,
            headcount=headcount,
            is_confirmed=is_confirmed,
            remark=remark,
        )
    except Invalid as refusal:
        return _page(token, _wrong(half_day_id, "countersign", refusal)), 422
    return redirect(url_for("attendance.countersign", token=token), 303)


@blueprint.post("/contresigner/<token>/<id:half_day_id>/constats", endpoint="facilitator_statement")
@open_to(_HOLDER)
def state(token: str, half_day_id: int) -> Response | tuple[str, int]:
    """Keep what the facilitator says of somebody who does not sign."""
    person, cause = request.form.get("attendee", ""), request.form.get("cause", "")
    if person not in _unsigned(half_day_id):
        refusal = Invalid({"attendee": "countersign.person_needed"})
        return _page(token, _wrong(half_day_id, "state", refusal)), 422
    try:
        perform(
            state_as_facilitator,
            now=now(),
            attendee_id=ids.from_text(person),
            half_day_id=half_day_id,
            kind=parse_kind(request.form.get("kind", SignatureKind.ARRIVAL.value)),
            cause=StatementCause(cause) if cause in CAUSES else StatementCause.OTHER,
            reason=request.form.get("reason", ""),
        )
    except Invalid as refusal:
        return _page(token, _wrong(half_day_id, "state", refusal)), 422
    return redirect(url_for("attendance.countersign", token=token, done="statement"), 303)


def _wrong(half_day_id: int, form: str, refusal: Invalid) -> _Wrong:
    said = {name: say(key, **refusal.details) for name, key in refusal.fields.items()}
    return _Wrong(half_day_id, form, said, isinstance(refusal, HeadcountDiffers))


def _unsigned(half_day_id: int) -> set[str]:
    view, _, _ = _read()
    numbers = [number for number, one in enumerate(view.half_days) if one.id == half_day_id]
    return {ids.to_text(one) for number in numbers for one, _ in _people(view, number)}


def _read() -> tuple[SheetView, FacilitatorView, list[dict[str, Any]]]:
    with reading() as db:
        view, mine = sheets.of_facilitator(db, current_actor().identifier or 0, now=now())
        found = findings.for_facilitators(findings.of_sheet(db, view, now=now()))
    return view, mine, FindingWords(view, say, locale()).written(found)


def _page(token: str, wrong: _Wrong | None = None) -> str:
    view, mine, found = _read()
    printed = SheetWords(view, say, locale()).printed()
    return render_template(
        "attendance/countersign.html",
        link=token,
        name=mine.name,
        view=view,
        lines=[_line(view, printed, number, mine, found) for number in range(len(view.half_days))],
        wrong=wrong,
        typed=request.form,
        kinds=[(one.value, say(f"sheet.kind.{one}")) for one in SignatureKind],
        causes=[(one.value, _cause(one)) for one in CAUSES],
        is_stated=request.args.get("done") == "statement",
    )


def _cause(one: StatementCause) -> str:
    return say("countersign.cause_other" if one is StatementCause.OTHER else f"sheet.cause.{one}")


def _line(
    view: SheetView, printed: dict[str, Any], number: int, mine: FacilitatorView, found: list[dict[str, Any]]
) -> dict[str, Any]:
    half_day, done, roll = view.half_days[number], mine.countersignatures[number], view.roll(number)
    is_later = half_day.starts_at > now()
    is_open = view.state is SheetState.OPEN
    return {
        "half_day": half_day,
        "column": printed["columns"][number],
        "present": roll.present,
        "stated": roll.stated,
        "absent": roll.absent,
        "findings": [one["sentence"] for one in found if one["half_day_id"] == half_day.id],
        "people": [(ids.to_text(one), name) for one, name in _people(view, number)] if is_open else [],
        "done": _done(view, done) if done is not None else None,
        "remark": done.remark if done is not None else None,
        "asks": view.can_be_countersigned(number, mine),
        "is_closed": not is_open,
        "later": times.say_moment(half_day.starts_at, view.time_zone, say, locale()) if is_later else None,
    }


def _people(view: SheetView, number: int) -> list[tuple[int, str]]:
    # Of whom one can speak: not before it begins, and not of who has signed.
    if view.half_days[number].starts_at > view.made_at:
        return []
    return [(one.attendee_id, one.name) for one in view.people if one.attendee_id and not one.cells[number].signatures]


def _done(view: SheetView, done: CountersignatureView) -> str:
    at = times.say_moment(done.signed_at, view.time_zone, say, locale())
    return say("countersign.done", at=at, heads=say("sheet.heads", n=done.headcount))
