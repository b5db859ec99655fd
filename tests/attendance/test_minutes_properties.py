"""Minutes add up: whatever the hours and whatever was signed, a sheet gives no minute twice and loses none unsaid."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.domain.presence import Minutes, minutes_of
from attendance.models import (
    CorrectionAction,
    CorrectionState,
    HalfDay,
    MeetingKind,
    Method,
    SheetState,
    SignatureKind,
)
from attendance.queries.cell_view import CellView, CorrectionView, SignatureView
from attendance.queries.sheet_cells import Known
from attendance.queries.sheet_view import HalfDayView, PersonView, SheetView
from attendance.sheet.words import SheetWords
from tests.foundation.test_wording import WORDING

MINUTE = timedelta(minutes=1)
DAY = datetime(2026, 4, 13, 8, 0, tzinfo=UTC)
PERSON = 1
ARRIVAL, DEPARTURE = SignatureKind.ARRIVAL, SignatureKind.DEPARTURE


class Presence(NamedTuple):
    """A half-day, and when somebody came and left by what they signed, where they did."""

    starts_at: datetime
    ends_at: datetime
    arrived_at: datetime | None
    left_at: datetime | None

    @property
    def length(self) -> int:
        return (self.ends_at - self.starts_at) // MINUTE

    def minutes(self) -> Minutes:
        return minutes_of(**self._asdict(), now=self.ends_at)


@st.composite
def presences(draw: st.DrawFn, *, unit: timedelta = timedelta(seconds=1), number: int = 0) -> Presence:
    """Any half-day of whole minutes, and times in its window, on any `unit`."""
    starts_at = DAY + number * timedelta(days=1) + draw(st.integers(0, 120)) * MINUTE
    ends_at = starts_at + draw(st.integers(1, 600)) * MINUTE
    whole = (ends_at - starts_at) // unit
    around = 30 * MINUTE // unit
    arrived, left = draw(st.integers(-around, whole + around - 1)), draw(st.integers(0, whole + around - 1))
    times = [starts_at + one * unit if draw(st.integers(0, 4)) else None for one in (arrived, left)]
    return Presence(starts_at, ends_at, *times)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(presences(unit=MINUTE))
def test_late_retained_and_early_are_the_whole_half_day(one: Presence) -> None:
    minutes = one.minutes()
    if minutes.retained is None:
        assert one.arrived_at is None
        return
    told = (minutes.late or 0) + minutes.retained + (minutes.early or 0)
    is_in_order = one.left_at is None or one.arrived_at is None or one.arrived_at <= one.left_at
    assert told == one.length if is_in_order else (told >= one.length and minutes.retained == 0)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(presences())
def test_seconds_are_rounded_down_so_that_no_minute_is_given_that_was_not_spent(one: Presence) -> None:
    minutes = one.minutes()
    for said in (minutes.retained, minutes.late, minutes.early):
        assert said is None or 0 <= said <= one.length
    if minutes.retained is None or one.arrived_at is None:
        return
    left_at = one.ends_at if one.left_at is None else min(one.left_at, one.ends_at)
    spent = max(timedelta(0), left_at - max(one.arrived_at, one.starts_at))
    assert minutes.retained * MINUTE <= spent < (minutes.retained + 1) * MINUTE
    if one.arrived_at <= left_at:
        told = (minutes.late or 0) + minutes.retained + (minutes.early or 0)
        assert one.length - 2 <= told <= one.length  # what was begun of a minute, at both ends


# -- on the sheet ------------------------------------------------------------------------------------------------------


@st.composite
def sheets(draw: st.DrawFn) -> SheetView:
    """The sheet of one person at up to four half-days, some of it corrected; it is over."""
    days = [draw(presences(number=number)) for number in range(draw(st.integers(1, 4)))]
    rows = [
        HalfDay(id=number, title="", starts_at=one.starts_at, ends_at=one.ends_at) for number, one in enumerate(days)
    ]
    made_at = days[-1].ends_at + timedelta(days=1)
    signed = {
        (PERSON, number): [
            SignatureView(kind, Method.BADGE.value, "A", at, at, None)
            for kind, at in ((ARRIVAL, one.arrived_at), (DEPARTURE, one.left_at))
            if at is not None
        ]
        for number, one in enumerate(days)
    }
    corrected = {(PERSON, number): [draw(corrections(one))] for number, one in enumerate(days) if draw(st.booleans())}
    known = Known(signed, {}, {}, corrected, {}, {}, {}, {})
    cells = tuple(known.cell(PERSON, row, now=made_at) for row in rows)
    view = tuple(HalfDayView(row.id, "", row.starts_at, row.ends_at) for row in rows)
    people = (PersonView(PERSON, PERSON, "Zoé Lê-Van", cells),)
    told = ("Maison", "", "", "", "Atelier", None, None, None, None)
    more = (MeetingKind.TRAINING, *told, "Europe/Paris", view, people, (), SheetState.OPEN, None, None, made_at)
    return SheetView(0, *more)


@st.composite
def corrections(draw: st.DrawFn, one: Presence) -> CorrectionView:
    """A correction of a time that has been applied."""
    kind = draw(st.sampled_from([ARRIVAL, DEPARTURE]))
    at = one.starts_at + draw(st.integers(0, one.length * 60)) * timedelta(seconds=1)
    when = one.ends_at + MINUTE
    return CorrectionView(
        0, kind, CorrectionAction.TIME, at, "Vu", CorrectionState.APPLIED, when, "Nadia Ferrand", when, None
    )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(sheets())
def test_what_is_retained_in_all_is_the_sum_of_what_each_half_day_says(view: SheetView) -> None:
    (person,) = SheetWords(view, WORDING.in_language("en"), "en").printed()["people"]
    retained = [minutes_said(cell["minutes"]) for cell in person["cells"] if cell["minutes"] is not None]
    assert retained == [cell.minutes for cell in view.people[0].cells if cell.minutes is not None]
    assert (person["total"] is None) == (len(retained) < 2)
    if person["total"] is not None:
        assert minutes_said(person["total"]) == sum(retained)
    for cell, half_day in zip(view.people[0].cells, view.half_days, strict=True):
        assert 0 <= (cell.minutes or 0) <= (half_day.ends_at - half_day.starts_at) // MINUTE
        assert (cell.minutes is not None) == has_arrival(cell)


def minutes_said(text: str) -> int:
    found = re.search(r"(\d+)\sh\s(\d\d)", text)
    assert found is not None, text
    return int(found.group(1)) * 60 + int(found.group(2))


def has_arrival(cell: CellView) -> bool:
    told = [one.kind for one in cell.signatures] + [one.kind for one in cell.corrections]
    return ARRIVAL in told
