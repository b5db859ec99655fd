"""Files as people have them are read; those that would harm are refused, with a sentence."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from foundation.refusals import Invalid
from foundation.tables import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_LINES,
    Column,
    ColumnsMissing,
    ColumnsNotKnown,
    ColumnTwice,
    Line,
    TableEmpty,
    TableFormat,
    TableHasFormulas,
    TableTooLarge,
    TableTooLong,
    TableTooWide,
    TableUnreadable,
    guess_format,
    read_table,
)
from tests.tables import saved, with_part, workbook

COLUMNS = {
    "first_name": Column(("prénom", "first name"), is_needed=True),
    "day": Column(("jour", "day")),
    "hour": Column(("heure", "hour")),
}
SHEET = "xl/worksheets/sheet1.xml"


def read(content: bytes | str, written: TableFormat = TableFormat.CSV) -> list[Line]:
    return read_table(content.encode() if isinstance(content, str) else content, written, COLUMNS)


def cells(content: bytes, written: TableFormat = TableFormat.CSV) -> list[dict[str, str]]:
    return [dict(line.cells) for line in read(content, written)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_read_by_any_of_its_dialects(encoding: str, separator: str, end: str) -> None:
    text = end.join([separator.join(["Prénom", "Heure"]), separator.join(["Zoé", '"9h30"']), ""])
    assert cells(text.encode(encoding)) == [{"first_name": "Zoé", "hour": "9h30"}]


def test_a_separator_inside_quotes_separates_nothing() -> None:
    assert cells(b'"pr\xe9nom";"heure"\n"Zo\xe9; L\xe9a, Max";"9:30"\n') == [
        {"first_name": "Zoé; Léa, Max", "hour": "9:30"}
    ]


def test_a_hint_of_excel_says_the_separator_and_is_no_line() -> None:
    (line,) = read("sep=,\nprénom,heure\nZoé,9:30\n")
    assert (line.number, line.cells["hour"]) == (2, "9:30")


@pytest.mark.parametrize(
    "name", ["Prénom", "PRENOM", " prénom ", "first name", "First_Name", "FirstName", "first-name"]
)
def test_a_column_is_known_by_either_language_whatever_case_accents_and_spaces(name: str) -> None:
    assert cells(f"{name}\nZoé\n".encode()) == [{"first_name": "Zoé"}]


def test_columns_come_in_any_order_and_may_be_left_out() -> None:
    assert cells("heure;prénom\n9:30;Zoé\n;Max\n".encode()) == [
        {"first_name": "Zoé", "hour": "9:30"},
        {"first_name": "Max"},
    ]


def test_lines_have_the_numbers_that_a_spreadsheet_shows() -> None:
    text = 'prénom;heure\n\nZoé;9:30\n;\n"Max\nLéa";10:00\nIda;11:00\n'
    assert [(line.number, line.cells["first_name"]) for line in read(text)] == [(3, "Zoé"), (5, "Max Léa"), (6, "Ida")]


def test_a_column_that_nobody_reads_is_named_and_refused() -> None:
    with pytest.raises(ColumnsNotKnown) as refused:
        read("prénom;téléfone;heure\nZoé;06;9:30\n")
    assert refused.value.details == {"names": "téléfone", "known": "prénom, jour, heure"}
    with pytest.raises(ColumnsNotKnown):
        read("prénom;;heure\nZoé;06;9:30\n")


def test_a_column_that_is_needed_is_asked_for_and_none_is_there_twice() -> None:
    with pytest.raises(ColumnsMissing) as missing:
        read("heure\n9:30\n")
    assert missing.value.details == {"names": "prénom / first name"}
    with pytest.raises(ColumnTwice):
        read("prénom;first name\nZoé;Zoé\n")


def test_a_line_with_more_cells_than_names_is_refused_because_its_cells_have_moved() -> None:
    with pytest.raises(TableTooWide) as refused:
        read("prénom;heure\nZoé;9:30\nMax;10:00;11:00\n")
    assert refused.value.details["line"] == 3
    assert cells("prénom;heure\nZoé;9:30;;;\n".encode()) == [{"first_name": "Zoé", "hour": "9:30"}]


@pytest.mark.parametrize("content", [b"", b"\n\n", b";;\n", b"\xef\xbb\xbf"])
def test_an_empty_file_says_so(content: bytes) -> None:
    with pytest.raises(TableEmpty):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        b"pr\0nom\n",
        'prénom\n"Zoé\n'.encode(),
        b"pr\xe9nom\n\x81\x8d\n",
        b"\xff\xfep\0r\0\xe9",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100,
        f"prénom\n{'x' * 200_000}\n".encode(),
    ],
)
def test_what_is_no_csv_is_unreadable(content: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read(content)


def test_a_file_has_its_bounds() -> None:
    with pytest.raises(TableTooLarge):
        read(b"x" * (MOST_BYTES + 1))
    assert len(read("prénom\n" + "Zoé\n" * MOST_LINES)) == MOST_LINES
    with pytest.raises(TableTooLong):
        read("prénom\n" + "Zoé\n" * (MOST_LINES + 1))
    with pytest.raises(TableTooLong):
        read("prénom\n" + "\n" * 200_000)
    with pytest.raises(TableTooWide):
        read(";".join(["prénom"] * (MOST_COLUMNS + 1)))


def test_what_turns_the_reading_direction_or_is_not_seen_is_left_out() -> None:
    assert cells("prénom\n\u202eZo\u200bé\x07\u00a0 B\n".encode()) == [{"first_name": "Zoé B"}]


def test_a_spreadsheet_is_read_with_its_dates_and_hours_as_cells_or_as_texts() -> None:
    content = workbook(
        ("Prénom", "Jour", "Heure"),
        ("Zoé", date(2026, 4, 14), time(9, 30)),
        ("Max", "14/04/2026", "9h30"),
        (),
        ("Ida", datetime.combine(date(2026, 4, 14), time()), timedelta(days=1)),
        (639980001, 46126.5, datetime.combine(date(1900, 1, 1), time())),
        (None, True, 9),
    )
    assert guess_format(content) is TableFormat.XLSX
    lines = read(content, TableFormat.XLSX)
    assert [line.number for line in lines] == [2, 3, 5, 6, 7]
    assert [dict(line.cells) for line in lines] == [
        {"first_name": "Zoé", "day": "2026-04-14", "hour": "09:30"},
        {"first_name": "Max", "day": "14/04/2026", "hour": "9h30"},
        {"first_name": "Ida", "day": "2026-04-14", "hour": "24:00"},
        {"first_name": "639980001", "day": "46126.5", "hour": "24:00"},
        {"day": "oui", "hour": "9"},
    ]


def test_the_first_sheet_is_read_whatever_it_says_of_its_own_size() -> None:
    book = Workbook()
    book.active.append(["prénom"])
    book.active.append(["Zoé"])
    book.create_sheet("Autre").append(["n'importe quoi"])
    content = saved(book)
    part = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>prenom</t></is></c></row>'
        b'<row r="3"><c r="A3" t="inlineStr"><is><t>Max</t></is></c></row></sheetData></worksheet>'
    )
    assert cells(content, TableFormat.XLSX) == [{"first_name": "Zoé"}]
    assert [line.number for line in read(with_part(content, SHEET, part), TableFormat.XLSX)] == [3]


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://exemple.example")', "#N/A"])
def test_a_formula_or_its_failure_is_refused_by_its_line(formula: str) -> None:
    with pytest.raises(TableHasFormulas) as refused:
        read(workbook(("prénom",), ("Zoé",), (formula,)), TableFormat.XLSX)
    assert refused.value.details == {"line": 3}


def test_in_csv_what_looks_like_a_formula_is_a_text() -> None:
    assert cells("prénom\n=1+1\n".encode()) == [{"first_name": "=1+1"}]


def sheet(inside: bytes) -> bytes:
    return with_part(workbook(("prénom",), ("Zoé",)), SHEET, inside)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="%s"><c r="A1" t="inlineStr"><is><t>prenom</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing that follows",
        workbook(("prénom",), ("Zoé",))[:-200],
        sheet(BOMB),
        sheet(BOMB.decode().encode("utf-16")),
        sheet(b" " * 65_530 + BOMB),
        sheet(b"<worksheet>"),
        sheet(b"9" * 100),
        sheet(FAR % b"nowhere"),
        with_part(workbook(("prénom",)), "xl/workbook.xml", b"<workbook/>"),
    ],
    ids=[
        "no archive",
        "cut off",
        "entities",
        "entities in UTF-16",
        "entities later",
        "open",
        "text",
        "row",
        "no sheet",
    ],
)
def test_a_broken_or_harmful_spreadsheet_is_unreadable(content: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read(content, TableFormat.XLSX)


def test_a_spreadsheet_that_unpacks_beyond_reason_or_begins_nowhere_near_is_refused() -> None:
    with pytest.raises(TableTooLarge):
        read(sheet(b"<worksheet>" + b" " * 40_000_000), TableFormat.XLSX)
    with pytest.raises(TableTooLong):
        read(sheet(FAR % b"999999999999"), TableFormat.XLSX)


@pytest.mark.parametrize("written", list(TableFormat))
def test_any_bytes_are_read_or_refused_with_a_sentence(written: TableFormat) -> None:
    good = workbook(("prénom",), ("Zoé",)) if written is TableFormat.XLSX else "prénom;heure\nZoé;9:30\n".encode()
    for at in range(0, len(good), 1 + len(good) // 150):
        for spoilt in (good[:at], good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :], good[at:]):
            try:
                read(spoilt, written)
            except Invalid:
                continue
