"""Files of lines, as people have them: CSV by any of its dialects, or a spreadsheet; and columns, by their names.

Everything is text here. What a text means is for whoever asked for its column.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from foundation.refusals import Invalid

MOST_BYTES = 5_000_000
MOST_LINES = 10_000
MOST_COLUMNS = 50
FARTHEST_LINE = 100_000
"""Empty lines cost nothing but the time to skip them, so there are not endlessly many."""

_DELIMITERS = ";\t,"  # the first of those that are as frequent
_EXCELS_HINT = re.compile(r"sep=(.)\r?\n?", flags=re.IGNORECASE)
_DIRECTIONS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x200E, 0x200F, 0x061C, 0xFEFF}
_LONGEST_NAME = 40
_NAMED = 8


class TableFormat(StrEnum):
    """How the lines are written down."""

    CSV = "csv"
    XLSX = "xlsx"


class TableUnreadable(Invalid):
    """Neither CSV nor a spreadsheet, or a broken one."""


class TableTooLarge(Invalid):
    """More bytes, once unpacked, than anybody types."""


class TableTooLong(Invalid):
    """More lines than are read at once."""


class TableTooWide(Invalid):
    """More columns than anything here has."""


class TableEmpty(Invalid):
    """Not even a line of names."""


class TableHasFormulas(Invalid):
    """A cell is computed, or its computation has failed: its value here might not be the one that was seen."""


class ColumnsNotKnown(Invalid):
    """Columns that nobody reads: refused, because a name that was mistyped must not lose what stands below it."""


class ColumnsMissing(Invalid):
    """Columns without which no line can be understood."""


class ColumnTwice(Invalid):
    """Two columns have names that mean the same."""


@dataclass(frozen=True)
class Column:
    """A column by the names that people give it, the French one first, then the English one."""

    names: tuple[str, ...]
    is_needed: bool = False

    @property
    def shown(self) -> str:
        """Return the names by which it is asked for."""
        return " / ".join(dict.fromkeys(self.names[:2]))


@dataclass(frozen=True)
class Line:
    """One line, by its number in a spreadsheet program: what stands in each column, empty texts left out."""

    number: int
    cells: Mapping[str, str]


def read_table(content: bytes, written: TableFormat, columns: Mapping[str, Column]) -> list[Line]:
    """Return the lines below the line of names; raise one of the refusals above.

    Lines without anything in them are skipped, and counted.
    """
    if len(content) > MOST_BYTES:
        raise TableTooLarge(most=MOST_BYTES // 1_000_000)
    if written is TableFormat.XLSX:
        from foundation.spreadsheets import read_spreadsheet  # noqa: PLC0415 - it is slow to load, and seldom needed

        records = read_spreadsheet(content)
    else:
        records = _read_csv(content)
    found = _not_empty(records)
    try:
        _, names = next(found)
    except StopIteration:
        raise TableEmpty from None
    fields = _fields(names, columns)
    return [_line(number, cells, fields) for number, cells in found]


def guess_format(content: bytes) -> TableFormat:
    """Say what a file is by how it begins: a spreadsheet is a ZIP archive."""
    return TableFormat.XLSX if content.startswith(b"PK\x03\x04") else TableFormat.CSV


def tidy(text: str) -> str:
    """Return a text without controls, those of direction included, and with single spaces."""
    kept = (letter for letter in text if letter.isspace() or _is_visible(letter))
    return " ".join("".join(kept).split())


def bare(text: str) -> str:
    """Return what makes names the same: letters and digits, without accents, case and spaces."""
    letters = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    return "".join(letter for letter in letters.casefold() if letter.isalnum())


def _is_visible(letter: str) -> bool:
    return ord(letter) not in _DIRECTIONS and unicodedata.category(letter) not in {"Cc", "Cs"}


def _not_empty(records: Iterable[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    found = 0
    for number, record in enumerate(records, start=1):
        if number > FARTHEST_LINE:
            raise TableTooLong(most=MOST_LINES)
        cells = [tidy(cell) for cell in record]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise TableTooWide(most=MOST_COLUMNS, line=number)
        found += 1
        if found > MOST_LINES + 1:
            raise TableTooLong(most=MOST_LINES)
        yield number, cells


def _fields(names: Sequence[str], columns: Mapping[str, Column]) -> list[str]:
    known = {bare(name): field for field, column in columns.items() for name in (field, *column.names)}
    unknown = [name or f"({number})" for number, name in enumerate(names, start=1) if bare(name) not in known]
    if unknown:
        raise ColumnsNotKnown(
            names=", ".join(name[:_LONGEST_NAME] for name in unknown[:_NAMED]),
            known=", ".join(column.names[0] for column in columns.values()),
        )
    fields = [known[bare(name)] for name in names]
    twice = [columns[field].shown for field in columns if fields.count(field) > 1]
    if twice:
        raise ColumnTwice(names=", ".join(twice))
    missing = [column.shown for field, column in columns.items() if column.is_needed and field not in fields]
    if missing:
        raise ColumnsMissing(names=", ".join(missing))
    return fields


def _line(number: int, cells: Sequence[str], fields: Sequence[str]) -> Line:
    if len(cells) > len(fields):
        # A separator too many has moved everything after it: nothing on this line can be trusted.
        raise TableTooWide(most=len(fields), line=number)
    return Line(number, {field: cell for field, cell in zip(fields, cells, strict=False) if cell})


def _read_csv(content: bytes) -> Iterator[Sequence[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise TableUnreadable
    hint = _EXCELS_HINT.match(text)
    if hint is not None:
        text = text[hint.end() :]
    delimiter = hint.group(1) if hint is not None and hint.group(1) in _DELIMITERS else _delimiter(text)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise TableUnreadable from error


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableUnreadable


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip(f" {_DELIMITERS}")), "")
    outside = re.sub(r'"[^"]*"', "", header)
    return max(_DELIMITERS, key=outside.count)
