"""What does not fit together on a sheet: each rule by example, and what is as it should be beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from attendance.domain import coherence
from attendance.domain.findings import Code, Doubt, Finding, Heads, Seen, Span, Stay

START = datetime(2026, 4, 13, 8, 0, tzinfo=UTC)  # Monday, 10:00 in Paris
MORNING = Span(1, START, START + timedelta(hours=3))
NAMES = ("Sonia", "Amadou", "Zoé", "Ilan", "Rose")


def seen(number: int, seconds: float, *, source: int = 7, departure: bool = False, drawing: str | None = None) -> Seen:
    at = START + timedelta(seconds=seconds)
    return Seen(number, NAMES[number % len(NAMES)], 1, departure, at, source, drawing)


def codes(found: list[Finding]) -> list[Code]:
    return [one.code for one in found]


def at(day: int, month: int) -> Span:
    begin = datetime(2026, month, day, 8, 0, tzinfo=UTC)
    return Span(1, begin, begin + timedelta(hours=3))


def test_a_public_holiday_and_a_sunday_are_told_and_a_working_day_is_not() -> None:
    closed = [date(2026, 7, 14), date(2026, 5, 31)]
    assert codes(coherence.on_closed_days([at(14, 7)], "Europe/Paris", closed)) == [Code.HOLIDAY]
    assert codes(coherence.on_closed_days([at(12, 7)], "Europe/Paris", closed)) == [Code.SUNDAY]
    assert codes(coherence.on_closed_days([at(31, 5)], "Europe/Paris", closed)) == [Code.HOLIDAY]  # told once
    assert coherence.on_closed_days([at(13, 7)], "Europe/Paris", closed) == []


def test_the_day_is_that_of_the_clocks_of_the_place() -> None:
    late = datetime(2026, 7, 11, 21, 0, tzinfo=UTC)  # Saturday in Paris, Sunday 01:00 in Saint-Denis
    span = Span(1, late, late + timedelta(hours=1))
    assert coherence.on_closed_days([span], "Europe/Paris", []) == []
    assert codes(coherence.on_closed_days([span], "Indian/Reunion", [])) == [Code.SUNDAY]


def stay(begin: int, end: int, *, who: int = 5, title: str = "") -> Stay:
    return Stay(who, "Sonia", 1, title, START + timedelta(minutes=begin), START + timedelta(minutes=end))


def test_somebody_at_two_meetings_at_once_is_told_and_one_after_the_other_is_not() -> None:
    rule = coherence.in_two_places
    (found,) = rule(Code.ATTENDEE_TWICE, [stay(0, 60)], [stay(59, 90, title="Atelier CV")])
    assert (found.people, found.title, found.at) == (("Sonia",), "Atelier CV", START + timedelta(minutes=59))
    assert rule(Code.ATTENDEE_TWICE, [stay(0, 60)], [stay(60, 90), stay(-30, 0)]) == []
    assert rule(Code.ATTENDEE_TWICE, [stay(0, 60)], [stay(0, 60, who=6)]) == []


def test_who_left_before_the_other_meeting_was_in_one_place() -> None:
    one = coherence.stay(MORNING, [seen(0, 0), seen(0, 3600, departure=True)], title="", who=5)
    assert one is not None
    assert (one.starts_at, one.ends_at) == (START, START + timedelta(hours=1))
    assert coherence.stay(MORNING, [seen(0, 3600, departure=True)], title="", who=5) is None


@pytest.mark.parametrize(("told", "counted", "found"), [(8, (), 0), (9, (), 1), (8, (9,), 1), (8, (8, 7), 0)])
def test_more_people_than_seats_are_told_whoever_counted_them(told: int, counted: tuple[int, ...], found: int) -> None:
    assert len(coherence.too_many([Heads(1, told, counted)], 8)) == found
    assert coherence.too_many([Heads(1, told, counted)], None) == []


def test_heads_unlike_signatures_and_statements_are_told() -> None:
    (found,) = coherence.headcounts([Heads(1, 8, (7,)), Heads(2, 8, (8,)), Heads(3, 8, ())])
    assert (found.code, found.half_day_id, found.count, found.other) == (Code.HEADCOUNT, 1, 7, 8)


def test_a_real_queue_of_forty_at_two_seconds_each_is_not_in_a_row() -> None:
    assert coherence.in_a_row([seen(number, number * 2.0) for number in range(40)]) == []


def test_three_signatures_within_three_seconds_from_one_device_are_one_finding() -> None:
    (found,) = coherence.in_a_row([seen(0, 0), seen(1, 1), seen(2, 3), seen(3, 20)])
    assert (found.people, found.count) == (("Sonia", "Amadou", "Zoé"), 3)
    (longer,) = coherence.in_a_row([seen(number, number) for number in range(5)])
    assert longer.count == 5
    assert coherence.in_a_row([seen(0, 0), seen(1, 1), seen(2, 3.001)]) == []


def test_many_telephones_at_once_and_two_devices_side_by_side_are_no_row() -> None:
    assert coherence.in_a_row([seen(number, 0, source=0) for number in range(5)]) == []
    assert coherence.in_a_row([seen(0, 0, source=1), seen(1, 0, source=2), seen(2, 1, source=1)]) == []


def test_the_very_same_drawing_twice_is_told_here_and_elsewhere() -> None:
    (found,) = coherence.same_drawings(
        [seen(0, 0, drawing="a"), seen(1, 60, drawing="a"), seen(2, 90, drawing="b")], []
    )
    assert (found.people, found.count) == (("Sonia", "Amadou"), 2)
    (again,) = coherence.same_drawings([seen(2, 90, drawing="b")], ["b"])
    assert (again.people, again.count) == (("Zoé",), 2)
    assert coherence.same_drawings([seen(0, 0), seen(1, 1)], []) == []


@pytest.mark.parametrize(
    ("seconds", "departure", "code"),
    [
        (-1800, False, None),
        (-1801, False, Code.OUTSIDE),
        (7200, False, None),  # late: minutes, and no finding
        (3 * 3600 - 1, False, None),
        (3 * 3600, False, Code.ARRIVED_AFTER),
        (3 * 3600 + 1800, False, Code.OUTSIDE),
        (3600, True, None),  # left early: minutes
        (3 * 3600 + 600, True, None),
    ],
)
def test_lateness_is_minutes_and_what_it_does_not_explain_is_told(
    seconds: int, code: Code | None, *, departure: bool
) -> None:
    found = coherence.outside_hours([MORNING], [seen(0, seconds, departure=departure)])
    assert codes(found) == ([code] if code else [])


def test_a_departure_before_the_arrival_is_told() -> None:
    found = coherence.outside_hours([MORNING], [seen(0, 600), seen(0, 60, departure=True)])
    assert codes(found) == [Code.LEFT_BEFORE]


def test_a_half_day_that_is_over_and_not_countersigned_is_told() -> None:
    end = MORNING.ends_at
    assert codes(coherence.not_countersigned([MORNING], [Heads(1, 3, ())], now=end)) == [Code.NOT_COUNTERSIGNED]
    assert coherence.not_countersigned([MORNING], [Heads(1, 3, (3,))], now=end) == []
    assert coherence.not_countersigned([MORNING], [], now=end - timedelta(seconds=1)) == []


def test_a_title_unlike_the_agreement_s_is_told_and_capitals_and_accents_are_not() -> None:
    (found,) = coherence.title_differs("Gérer ses papiers", "Français, niveau A1")
    assert (found.half_day_id, found.title) == (None, "Français, niveau A1")
    assert coherence.title_differs("Gérer ses papiers !", "GERER  SES PAPIERS") == []
    assert coherence.title_differs("Gérer ses papiers", None) == []


def test_what_devices_sent_is_told_by_half_day() -> None:
    sent = [
        Doubt(1, is_awaiting=True, is_flagged=True, is_after_revocation=True),
        Doubt(1, is_awaiting=False, is_flagged=True, is_after_revocation=False),
        Doubt(2, is_awaiting=True, is_flagged=False, is_after_revocation=False),
    ]
    assert [(one.code, one.half_day_id, one.count) for one in coherence.doubts(sent)] == [
        (Code.AWAITING_REVIEW, 1, 1), (Code.AWAITING_REVIEW, 2, 1), (Code.FLAGGED, 1, 1), (Code.REVOKED_DEVICE, 1, 1),
    ]  # fmt: skip
