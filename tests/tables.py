"""Files of lines for the tests of the imports, as people and spreadsheet programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook  # type: ignore[import-untyped]

from foundation.tables import Column, Line, TableFormat, read_table


def csv_lines(text: str, columns: Mapping[str, Column]) -> list[Line]:
    """Return the lines of a CSV file in UTF-8."""
    return read_table(text.encode(), TableFormat.CSV, columns)


def workbook(*rows: Sequence[Any]) -> bytes:
    """Return a spreadsheet whose first sheet has these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return a spreadsheet as a file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return a spreadsheet in which one part of the archive is another."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name:
                new.writestr(one, old.read(one))
        new.writestr(name, part)
    return file.getvalue()
