"""Trainings from a file: half-days and people, a line each or both in one."""

from __future__ import annotations

from typing import Any

from attendance.domain.import_trainings import TRAINING_COLUMNS
from attendance.use_cases.import_trainings import import_trainings
from directory.api.gates import program
from directory.api.imports import FileBody, ImportAnswer, lines_of, told_report
from directory.domain.permissions import Permission
from foundation.web.api.operations import ApiBlueprint
from foundation.web.services import now, perform
from foundation.web.uploads import takes_a_file

blueprint = ApiBlueprint("imports-of-trainings", "Trainings at once, from a file of lines: all of it, or nothing.")


@blueprint.post("/imports/trainings", program(Permission.MANAGE_MEETINGS), body=FileBody, answer=ImportAnswer)
@takes_a_file
def post_trainings_file(body: dict[str, Any]) -> dict[str, Any]:
    """Plan what is not planned yet, and enrol whoever is not enrolled yet in what is."""
    is_dry_run = body["dry_run"]
    lines = lines_of(body, TRAINING_COLUMNS)
    return told_report(perform(import_trainings, now=now(), lines=lines, is_dry_run=is_dry_run), is_dry_run=is_dry_run)
