"""Beside the sheet: what does not fit together on it, who was asked to sign, and asking again."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from attendance.domain import windows
from attendance.domain.invitations import Whom
from attendance.domain.refusals import AttendeeNotFound
from attendance.models import SheetState
from attendance.pages.blueprint import blueprint
from attendance.queries import asked, findings
from attendance.queries.asked import AskedView
from attendance.queries.invitations import Asking
from attendance.queries.sheet_view import SheetView
from attendance.sheet.finding_words import FindingWords
from attendance.use_cases.ask_again import ask_again
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation import ids, times
from foundation.web.access import open_to
from foundation.web.language import locale, say
from foundation.web.services import now, perform, reading


@blueprint.post("/equipe/seances/<id:meeting_id>/demander/<id:half_day_id>", endpoint="ask_again")
@open_to(staff(Permission.MANAGE_MEETINGS))
def ask_to_sign(meeting_id: int, half_day_id: int) -> Response:
    """Ask everybody who has not signed a half-day, or the one person whom the form names."""
    whom = Whom.FACILITATORS if request.form.get("whom") == Whom.FACILITATORS else Whom.ATTENDEES
    subject_id = _subject(request.form.get("subject", ""))
    sent = perform(
        ask_again, now=now(), meeting_id=meeting_id, whom=whom, half_day_id=half_day_id, subject_id=subject_id
    )
    unreachable = len(sent.unreachable) or None
    target = url_for("attendance.sheet", meeting_id=meeting_id, sent=sent.count, unreachable=unreachable)
    return redirect(target, 303)


def _subject(text: str) -> int | None:
    try:
        return ids.from_text(text) if text else None
    except ValueError as error:
        raise AttendeeNotFound from error


def beside_sheet(view: SheetView) -> dict[str, Any]:
    """Return what `_findings.html` and `_invitations.html` show of a sheet."""
    with reading() as db:
        found = findings.of_sheet(db, view, now=now())
        people = asked.of_sheet(db, view)
    return {
        "findings": FindingWords(view, say, locale()).written(found),
        "invitations": [_half_day(view, number, people) for number in _asked_numbers(view, people)],
    }


def _asked_numbers(view: SheetView, people: list[AskedView]) -> list[int]:
    touched = {one.half_day_id for one in people if one.askings}
    return [number for number, one in enumerate(view.half_days) if one.id in touched]


def _half_day(view: SheetView, number: int, people: list[AskedView]) -> dict[str, Any]:
    half_day = view.half_days[number]
    return {
        "id": half_day.id,
        "title": times.say_moment(half_day.starts_at, view.time_zone, say, locale()),
        "can_ask": view.state is SheetState.OPEN and now() < windows.closes_at(half_day.ends_at),
        "people": [_line(view, one) for one in people if one.half_day_id == half_day.id],
    }


def _line(view: SheetView, one: AskedView) -> dict[str, Any]:
    leads = one.facilitator_id is not None
    return {
        "name": say("invitations.facilitator", name=one.name) if leads else one.name,
        "subject": ids.to_text(one.facilitator_id or one.attendee_id or 0),
        "whom": Whom.FACILITATORS if leads else Whom.ATTENDEES,
        "has_signed": one.has_signed,
        "is_reachable": one.is_reachable,
        "askings": [_asking(view, asking) for asking in one.askings],
    }


def _asking(view: SheetView, one: Asking) -> str:
    at = times.say_moment(one.asked_at, view.time_zone, say, locale())
    return say(f"invitations.occasion.{one.occasion}", at=at, way=say(f"invitations.way.{one.channel or 'none'}"))
