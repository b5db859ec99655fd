"""Opening hours and appointments of another diary, from a file."""

from __future__ import annotations

from typing import Any

from booking.domain.import_appointments import APPOINTMENT_COLUMNS
from booking.domain.import_hours import HOURS_COLUMNS
from booking.use_cases.import_appointments import import_appointments
from booking.use_cases.import_opening_hours import import_opening_hours
from directory.api.gates import program
from directory.api.imports import FileBody, ImportAnswer, lines_of, told_report
from directory.domain.permissions import Permission
from foundation.web.api.fields import Flag
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, perform
from foundation.web.uploads import takes_a_file

blueprint = ApiBlueprint(
    "imports-of-booking", "Opening hours and appointments at once, from a file of lines: all of it, or nothing."
)


class AppointmentsFile(FileBody):
    """A file of appointments, to come and past. Nobody is told anything unless it is wished."""

    history = Flag(load_default=False, metadata={"description": "Take what is past too, with its status."})
    tell = Flag(load_default=False, metadata={"description": "Tell the people of what is to come, as when booking."})


@blueprint.post("/imports/opening-hours", program(Permission.ADMINISTER), body=FileBody, answer=ImportAnswer)
@takes_a_file
def post_hours_file(body: dict[str, Any]) -> dict[str, Any]:
    """Open what is not open by an equal rule already."""
    is_dry_run = body["dry_run"]
    lines = lines_of(body, HOURS_COLUMNS)
    report = perform(import_opening_hours, now=now(), lines=lines, is_dry_run=is_dry_run)
    return told_report(report, is_dry_run=is_dry_run)


@blueprint.post("/imports/appointments", program(Permission.SEE_DAY), body=AppointmentsFile, answer=ImportAnswer)
@takes_a_file
def post_appointments_file(body: dict[str, Any]) -> dict[str, Any]:
    """Book each line as staff would. The key needs the scope `manage-people` too."""
    is_dry_run = body["dry_run"]
    lines = lines_of(body, APPOINTMENT_COLUMNS)
    options = {"takes_history": body["history"], "tells": body["tell"]}
    report = perform(import_appointments, now=now(), lines=lines, is_dry_run=is_dry_run, **options)
    return told_report(report, is_dry_run=is_dry_run)
