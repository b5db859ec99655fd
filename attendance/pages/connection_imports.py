"""The file of a video service: a trial that shows line by line what would happen, then the very same file."""

from __future__ import annotations

from flask import render_template, request

from attendance.domain.connections import CONNECTION_COLUMNS, ConnectionsNotTried
from attendance.pages.blueprint import blueprint
from attendance.pages.cells import view_of
from attendance.pages.evidence import Forms, page
from attendance.queries.sheet_view import SheetView
from attendance.use_cases.import_connections import import_connections
from directory.domain.import_lines import Report
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from directory.pages.import_rows import rows_of
from foundation import ids
from foundation.refusals import Invalid
from foundation.tables import MOST_BYTES, guess_format, read_table
from foundation.web.access import open_to
from foundation.web.services import now, perform
from foundation.web.trials import TriedFile, content_of
from foundation.web.uploads import takes_a_file

_PROOF = "a record of connections that was tried"


def _chosen(meeting_id: int, content: bytes) -> TriedFile:
    return TriedFile(_PROOF, ids.to_text(meeting_id), content)


def _take(meeting_id: int, content: bytes, *, is_dry_run: bool) -> Report:
    lines = read_table(content, guess_format(content), CONNECTION_COLUMNS)
    return perform(import_connections, now=now(), meeting_id=meeting_id, lines=lines, is_dry_run=is_dry_run)


@blueprint.post("/equipe/seances/<id:meeting_id>/releve/essai", endpoint="try_record")
@open_to(staff(Permission.MANAGE_MEETINGS))
@takes_a_file
def try_record(meeting_id: int) -> str | tuple[str, int]:
    """Show what would happen."""
    view = view_of(meeting_id)
    forms = Forms.of(view)
    uploaded = request.files.get(forms.record.file.name)
    content = b"" if uploaded is None else uploaded.read(MOST_BYTES + 1)
    if not content:
        forms.record.blame("file", "evidence.no_file")
        return page(view, forms), 422
    try:
        report = _take(meeting_id, content, is_dry_run=True)
        return _shown(view, _chosen(meeting_id, content), report)
    except Invalid as refusal:
        forms.record.blame("file", f"refusal.{refusal.code}", **refusal.details)
        return page(view, forms), 422


@blueprint.post("/equipe/seances/<id:meeting_id>/releve", endpoint="import_record")
@open_to(staff(Permission.MANAGE_MEETINGS))
@takes_a_file
def import_record(meeting_id: int) -> str | tuple[str, int]:
    """Import what the trial has shown; if the world has changed since, show what would happen now."""
    view = view_of(meeting_id)
    content = content_of(request.form.get("content", ""))
    if content is None or not _chosen(meeting_id, content).is_proven(request.form.get("proof", "")):
        raise ConnectionsNotTried
    report = _take(meeting_id, content, is_dry_run=False)
    shown = _shown(view, _chosen(meeting_id, content), report)
    return (shown, 422) if report.is_refused else shown


def _shown(view: SheetView, chosen: TriedFile, report: Report) -> str:
    rows = rows_of(report, CONNECTION_COLUMNS)
    return render_template("attendance/record.html", view=view, chosen=chosen, report=report, rows=rows)
