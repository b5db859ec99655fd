"""What people type into a spreadsheet for days, hours and names."""

from __future__ import annotations

from datetime import date

import pytest

from booking.domain.import_appointments import APPOINTMENT_COLUMNS
from booking.domain.import_cells import ONCE, Names, parse_weekdays, parse_yes
from booking.domain.import_hours import HOURS_COLUMNS
from booking.domain.refusals import UnfitValues
from directory.domain.import_cells import parse_day, parse_hour
from directory.domain.import_people import PERSON_COLUMNS
from foundation.tables import bare


@pytest.mark.parametrize("text", ["14/04/2026", "14/4/2026", "2026-04-14", "14-04-2026", "14.04.2026"])
def test_a_day_is_read_as_the_french_write_it_and_as_programs_do(text: str) -> None:
    assert parse_day(text) == date(2026, 4, 14)


@pytest.mark.parametrize(
    "text", ["04/14/2026", "31/02/2026", "14/04/26", "2026/04/14", "demain", "14/04/1026", "١٤/٠٤/٢٠٢٦", "2026-4-14"]
)
def test_what_is_no_day_or_could_be_two_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_day(text)


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("9:30", 570),
        ("09:30", 570),
        ("9h30", 570),
        ("9 h 30", 570),
        ("9H", 540),
        ("09:30:00", 570),
        ("0:00", 0),
        ("23h59", 1439),
        ("24:00", 1440),
        ("24h", 1440),
    ],
)
def test_an_hour_is_read_however_it_is_written(text: str, minute: int) -> None:
    assert parse_hour(text) == minute


@pytest.mark.parametrize("text", ["24:01", "25:00", "9:60", "9", "930", "9h3", "9:30:15", "midi", "-1:00", "٩:٣٠"])
def test_what_is_no_hour_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_hour(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("lundi", {0}),
        ("Lundi, mardi", {0, 1}),
        ("lun mar | mer;jeu/ven", {0, 1, 2, 3, 4}),
        ("samedi et dimanche", {5, 6}),
        ("mon, Wed and fri", {0, 2, 4}),
        ("une fois", ONCE),
        ("Once", ONCE),
    ],
)
def test_days_of_the_week_are_named_in_either_language(text: str, days: set[int]) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["lundi au vendredi", "lun-ven", "tous", ",", "7", "lundi, une fois"])
def test_days_that_could_mean_something_else_are_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_weekdays(text)


def test_yes_and_no_are_said_in_either_language() -> None:
    assert [parse_yes(text) for text in ("oui", "YES", "vrai", "1", "non", "No", "faux", "0")] == [True] * 4 + [
        False
    ] * 4


def test_a_name_is_found_whatever_case_and_accents_and_a_name_of_two_is_asked_again() -> None:
    names = Names([("Élodie Roy", 1), ("elodie@a.example", 1), ("Jean Roy", 2), ("Jean Roy", 3), ("jean@a.example", 3)])
    assert names.find("elodie  ROY") == names.find("Elodie@A.example") == 1
    assert names.find("jean@a.example") == 3
    assert names.find_each("Élodie Roy| jean@a.example |") == (1, 3)
    with pytest.raises(UnfitValues):
        names.find("Jean Roy")
    with pytest.raises(ValueError, match=r".*"):
        names.find("Personne")


@pytest.mark.parametrize("columns", [PERSON_COLUMNS, HOURS_COLUMNS, APPOINTMENT_COLUMNS])
def test_no_name_stands_for_two_columns(columns: dict[str, object]) -> None:
    names = [(bare(name), field) for field, column in columns.items() for name in (field, *column.names)]  # type: ignore[attr-defined]
    assert len({name for name, _ in names}) == len(set(names))
