"""The sheet as a file: its bytes, and the name under which it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from attendance.queries.sheet_view import SheetView
from attendance.sheet.pdf import file_name, pdf_of
from attendance.sheet.words import SheetWords
from foundation import times
from foundation.wording import Say


@dataclass(frozen=True)
class SheetDocument:
    """A PDF and its file name."""

    pdf: bytes
    file_name: str


def sheet_document(view: SheetView, say: Say, language: str) -> SheetDocument:
    """Return the sheet as it stood when `view` was made, in one language; named by the day of its first half-day.

    A closed sheet is dated by its closing, so that whoever fetches it again has the same bytes.
    """
    first = view.half_days[0].starts_at if view.half_days else view.made_at
    day = times.local(first, view.time_zone).date()
    pdf = pdf_of(SheetWords(view, say, language).printed(), made_at=view.closed_at or view.made_at)
    return SheetDocument(pdf, file_name(view.title, day.isoformat()))
