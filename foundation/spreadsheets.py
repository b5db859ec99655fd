"""The first sheet of a spreadsheet (XLSX) as texts. The archive is looked at before anything in it is believed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]

from foundation.refusals import Refusal
from foundation.tables import TableHasFormulas, TableTooLarge, TableUnreadable

MOST_UNPACKED = 30_000_000
MOST_PARTS = 500
_CHUNK = 1 << 16
_LONGEST_MARK = 16
# What lets one short part stand for gigabytes or for a file of ours. A part in UTF-16 could hide them: it has NULs.
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", b"\0")
_XML = (".xml", ".rels", ".vml")
_COMPUTED = {"f", "e"}
_MIDNIGHT_AFTER = date(1900, 1, 1)
"""What a spreadsheet makes of 24:00: one day after its beginning of time."""


def read_spreadsheet(content: bytes) -> Iterator[Sequence[str]]:
    """Return the rows of the first sheet, empty ones included.

    Raises TableUnreadable, TableTooLarge, and TableHasFormulas, because a computed value was computed elsewhere.
    """
    try:
        refuse_harmful(content)
        yield from _rows(content)
    except Refusal:
        raise
    except Exception as error:
        # Whatever a broken file makes the reader stumble over.
        raise TableUnreadable from error


def refuse_harmful(content: bytes) -> None:
    """Return when the archive unpacks to a bearable size and its parts declare nothing; raise why not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        # No more than what is declared is ever unpacked, so this sum is a bound whatever the archive holds.
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise TableTooLarge(most=MOST_UNPACKED // 1_000_000)
        for part in parts:
            if part.filename.lower().endswith(_XML):
                with archive.open(part) as opened:
                    _refuse_declarations(opened)


def _refuse_declarations(opened: Any) -> None:
    before = b""
    while chunk := opened.read(_CHUNK):
        seen = before + chunk
        if any(mark in seen for mark in _FORBIDDEN):
            raise TableUnreadable
        before = seen[-_LONGEST_MARK:]


def _rows(content: bytes) -> Iterator[Sequence[str]]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book.worksheets[0]
        # What the sheet says of its own size may be wrong, and rows beyond it would be lost.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield [_text(cell, number) for cell in row]
    finally:
        book.close()


def _text(cell: Any, number: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in _COMPUTED:
        raise TableHasFormulas(line=number)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(value, datetime):
        return _moment(value)
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)


def _moment(value: datetime) -> str:
    if value.time() != time():
        return value.strftime("%Y-%m-%d %H:%M")
    return "24:00" if value.date() == _MIDNIGHT_AFTER else value.date().isoformat()
