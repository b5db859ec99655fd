"""Importing a file, for managers: a trial that shows line by line what would happen, then the very same file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from wtforms import BooleanField, FileField, RadioField, validators

from booking.domain.import_appointments import APPOINTMENT_COLUMNS
from booking.domain.import_hours import HOURS_COLUMNS
from booking.domain.refusals import FileNotShown
from booking.pages.blueprint import blueprint
from booking.use_cases.import_appointments import import_appointments
from booking.use_cases.import_opening_hours import import_opening_hours
from directory.domain.import_lines import Report
from directory.domain.import_people import PERSON_COLUMNS
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from directory.pages.import_rows import name_of, rows_of
from directory.use_cases.import_people import import_people
from foundation.refusals import Invalid
from foundation.tables import MOST_BYTES, MOST_LINES, Column, guess_format, read_table
from foundation.web.access import open_to
from foundation.web.forms import HouseForm
from foundation.web.language import say
from foundation.web.services import now, perform
from foundation.web.trials import TriedFile, content_of
from foundation.web.uploads import takes_a_file

_MANAGER = staff(Permission.ADMINISTER)
_PROOF = "a file that was tried"

KINDS: Mapping[str, tuple[Mapping[str, Column], Callable[..., Report]]] = {
    "people": (PERSON_COLUMNS, import_people),
    "opening-hours": (HOURS_COLUMNS, import_opening_hours),
    "appointments": (APPOINTMENT_COLUMNS, import_appointments),
}


class ImportForm(HouseForm):
    """Which file, and what is in it."""

    wording = "booking.imports"

    kind = RadioField(default="people", validators=[validators.InputRequired()])
    file = FileField(validators=[validators.InputRequired()])
    history = BooleanField()
    tells = BooleanField()


@dataclass(frozen=True)
class Chosen:
    """A file, what is in it, and how it is to be taken."""

    kind: str
    content: bytes
    history: bool
    tells: bool

    @property
    def tried(self) -> TriedFile:
        """Return it as the form carries it back."""
        return TriedFile(_PROOF, f"{self.kind} {self.history} {self.tells}", self.content)

    def take(self, *, is_dry_run: bool) -> Report:
        """Try the file or import it; raise why it is no table."""
        columns, use_case = KINDS[self.kind]
        lines = read_table(self.content, guess_format(self.content), columns)
        options = {"takes_history": self.history, "tells": self.tells} if self.kind == "appointments" else {}
        return perform(use_case, now=now(), lines=lines, is_dry_run=is_dry_run, **options)


@blueprint.get("/equipe/import")
@open_to(_MANAGER)
def imports() -> str:
    """Ask for a file."""
    return _asking(_form())


@blueprint.post("/equipe/import/essai")
@open_to(_MANAGER)
@takes_a_file
def try_import() -> str | tuple[str, int]:
    """Show what would happen."""
    form = _form(request.form)
    upload = request.files.get("file")
    content = b"" if upload is None else upload.read(MOST_BYTES + 1)
    if form.kind.data not in KINDS:
        form.blame("kind", "field.missing")
    if not content:
        form.blame("file", "booking.imports.no_file")
    if form.kind.errors or form.file.errors:
        return _asking(form), 422
    chosen = Chosen(form.kind.data, content, form.history.data, form.tells.data)
    try:
        report = chosen.take(is_dry_run=True)
    except Invalid as refusal:
        form.blame("file", f"refusal.{refusal.code}", **refusal.details)
        return _asking(form), 422
    return _shown(chosen, report)


@blueprint.post("/equipe/import")
@open_to(_MANAGER)
@takes_a_file
def do_import() -> str | tuple[str, int]:
    """Import what the trial has shown; if the world has changed since, show what would happen now."""
    sent = request.form
    content = content_of(sent.get("content", ""))
    if content is None:
        raise FileNotShown
    chosen = Chosen(sent.get("kind", ""), content, sent.get("history") == "1", sent.get("tells") == "1")
    if not chosen.tried.is_proven(sent.get("proof", "")):
        raise FileNotShown
    report = chosen.take(is_dry_run=False)
    return (_shown(chosen, report), 422) if report.is_refused else _shown(chosen, report)


def _form(*sent: Any) -> ImportForm:
    form = ImportForm(*sent)
    form.kind.choices = [(kind, say(f"booking.imports.{kind}")) for kind in KINDS]
    return form


def _asking(form: ImportForm) -> str:
    return render_template(
        "booking/imports.html",
        form=form,
        columns={
            kind: [(name_of(column), column.is_needed) for column in known.values()]
            for kind, (known, _) in KINDS.items()
        },
        most=MOST_LINES,
        megabytes=MOST_BYTES // 1_000_000,
    )


def _shown(chosen: Chosen, report: Report) -> str:
    columns, _ = KINDS[chosen.kind]
    return render_template("booking/imported.html", chosen=chosen, report=report, rows=rows_of(report, columns))
