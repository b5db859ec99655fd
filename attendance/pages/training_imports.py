"""A file of trainings: a trial that shows line by line what would happen, then the very same file."""

from __future__ import annotations

from flask import render_template, request
from wtforms import FileField

from attendance.domain.import_trainings import TRAINING_COLUMNS, TrainingsNotTried
from attendance.pages.blueprint import blueprint
from attendance.use_cases.import_trainings import import_trainings
from directory.domain.import_lines import Report
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from directory.pages.import_rows import name_of, rows_of
from foundation.refusals import Invalid
from foundation.tables import MOST_BYTES, MOST_LINES, guess_format, read_table
from foundation.web.access import open_to
from foundation.web.forms import HouseForm
from foundation.web.services import now, perform
from foundation.web.trials import TriedFile, content_of
from foundation.web.uploads import takes_a_file

_PROOF = "a file of trainings that was tried"


class TrainingsForm(HouseForm):
    """Which file."""

    wording = "training_import"

    file = FileField()


@blueprint.get("/equipe/formations/import", endpoint="trainings_import")
@open_to(staff(Permission.MANAGE_MEETINGS))
def ask_for_trainings() -> str:
    """Ask for a file."""
    return _asking(TrainingsForm())


@blueprint.post("/equipe/formations/import/essai", endpoint="try_trainings")
@open_to(staff(Permission.MANAGE_MEETINGS))
@takes_a_file
def try_trainings() -> str | tuple[str, int]:
    """Show what would happen."""
    form, upload = TrainingsForm(request.form), request.files.get("file")
    content = b"" if upload is None else upload.read(MOST_BYTES + 1)
    if not content:
        form.blame("file", "booking.imports.no_file")
        return _asking(form), 422
    try:
        return _shown(TriedFile(_PROOF, "trainings", content), _take(content, is_dry_run=True))
    except Invalid as refusal:
        form.blame("file", f"refusal.{refusal.code}", **refusal.details)
        return _asking(form), 422


@blueprint.post("/equipe/formations/import", endpoint="import_trainings")
@open_to(staff(Permission.MANAGE_MEETINGS))
@takes_a_file
def take_trainings() -> str | tuple[str, int]:
    """Import what the trial has shown; if the world has changed since, show what would happen now."""
    content = content_of(request.form.get("content", ""))
    if content is None:
        raise TrainingsNotTried
    tried = TriedFile(_PROOF, "trainings", content)
    if not tried.is_proven(request.form.get("proof", "")):
        raise TrainingsNotTried
    report = _take(content, is_dry_run=False)
    return (_shown(tried, report), 422) if report.is_refused else _shown(tried, report)


def _take(content: bytes, *, is_dry_run: bool) -> Report:
    lines = read_table(content, guess_format(content), TRAINING_COLUMNS)
    return perform(import_trainings, now=now(), lines=lines, is_dry_run=is_dry_run)


def _asking(form: TrainingsForm) -> str:
    columns = [(name_of(column), column.is_needed) for column in TRAINING_COLUMNS.values()]
    megabytes = MOST_BYTES // 1_000_000
    return render_template(
        "attendance/trainings_import.html", form=form, columns=columns, most=MOST_LINES, megabytes=megabytes
    )


def _shown(tried: TriedFile, report: Report) -> str:
    rows = rows_of(report, TRAINING_COLUMNS)
    return render_template("attendance/trainings_imported.html", tried=tried, report=report, rows=rows)
