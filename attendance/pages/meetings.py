"""The list of meetings: coming and under way, then past."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from attendance.pages.blueprint import blueprint
from attendance.queries import agenda
from attendance.queries.meetings import MeetingLine
from attendance.use_cases.open_sheet import open_sheet
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from foundation import times
from foundation.web.access import open_to
from foundation.web.language import locale
from foundation.web.services import now, perform, reading

AROUND = timedelta(days=92)


@blueprint.get("/equipe/seances", endpoint="meetings")
@open_to(staff(Permission.SEE_DAY))
def list_meetings() -> str:
    """List trainings and workshops, three months to each side."""
    with reading() as db:
        lines = agenda.lines(db, since=now() - AROUND, until=now() + AROUND)
    coming = [one for one in lines if one.ends_at > now()]
    past = [one for one in reversed(lines) if one.ends_at <= now()]
    return render_template("attendance/meetings.html", coming=coming, past=past, until_of=_until)


@blueprint.post("/equipe/seances/atelier/<id:workshop_id>", endpoint="open_sheet")
@open_to(staff(Permission.MANAGE_MEETINGS))
def open_workshop_sheet(workshop_id: int) -> Response:
    """Open the sheet of a workshop that nobody has touched yet."""
    meeting_id = perform(open_sheet, now=now(), workshop_id=workshop_id)
    return redirect(url_for("attendance.sheet", meeting_id=meeting_id), 303)


def _until(one: MeetingLine) -> str | None:
    """Return the last day of a meeting that lasts several."""
    first, last = (times.local(instant, one.time_zone).date() for instant in (one.starts_at, one.ends_at))
    return times.say_day(last, locale()) if first != last else None
