"""The slot rules, sentence by sentence: the examples of `cases/slots.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.domain import slots as engine
from booking.domain.intervals import Interval
from booking.domain.picking import once_each
from booking.domain.slots import Cut, Diary, Slot
from tests.booking import wall_clock

HERE, ELSEWHERE = 1, 2
NAMES = ("Nadia", "Karim", "Lucie", "Garonne", "Dordogne", "Clio")
ALWAYS = Interval(0, 2**40)
CASES = tomllib.loads((Path(__file__).parent / "cases" / "slots.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_slots_are_cut_as_the_sentence_says(case: Mapping[str, Any]) -> None:
    day, zone = date.fromisoformat(case.get("day", "2026-04-14")), ZoneInfo(case.get("zone", "Europe/Paris"))
    within = _window(case, day, zone)
    found = sorted((slot for team in _teams(case, day, zone) for slot in _cut(case, team, zone, within)), key=_rank)
    if "starts" in case:
        starts = sorted({slot.start for slot in once_each(found)})
        assert wall_clock.said(starts, day, zone) == case["starts"]
    if "served" in case:
        assert [_told(slot, day, zone) for slot in found] == case["served"]


def test_each_sentence_is_told_once_and_shows_something() -> None:
    sentences = [case["says"] for case in CASES]
    assert len(set(sentences)) == len(sentences)
    assert all({"starts", "served"} & set(case) for case in CASES)


def _cut(case: Mapping[str, Any], team: engine.Team, zone: ZoneInfo, within: Interval) -> list[Slot]:
    duration, pause = case.get("duration", 30), case.get("pause", 10)
    cut = Cut(duration, pause, case.get("step", duration + pause), case.get("grid") == "clock")
    return list(engine.slots_of(team, cut, zone, within))


def _teams(case: Mapping[str, Any], day: date, zone: ZoneInfo) -> list[engine.Team]:
    alone = {name: case[name] for name in ("open", "away", "taken") if name in case}

    def read(group: Mapping[str, Any]) -> list[Diary]:
        return [_diary(name, told, day, zone) for name, told in group.items()]

    agents = read(case.get("agents", {"Nadia": alone}))
    things = [read(case[kind]) for kind in ("rooms", "vehicles") if kind in case]
    return list(engine.teams(agents, things, together=case.get("together", 1)))


def _diary(name: str, told: Mapping[str, Any], day: date, zone: ZoneInfo) -> Diary:
    openings: dict[int | None, list[Interval]] = {
        venue: [one for text in told[key] for one in wall_clock.opening(text, day, zone)]
        for key, venue in (("open", HERE), ("elsewhere", ELSEWHERE))
        if key in told
    }
    away = [wall_clock.span(text, day, zone) for text in told.get("away", ())]
    taken = [wall_clock.span(text, day, zone) for text in told.get("taken", ())]
    return Diary(NAMES.index(name), openings, away, taken)


def _window(case: Mapping[str, Any], day: date, zone: ZoneInfo) -> Interval:
    start, end = ALWAYS
    if "now" in case:
        now: datetime = wall_clock.instant(case["now"], day, zone).astimezone(UTC)
        start, end = engine.bookable(now, notice=case.get("notice", 0), horizon=case.get("horizon", 10_000))
    if "from" in case:
        asked = wall_clock.span(f"{case['from']}-{case['to']}", day, zone)
        start, end = max(start, asked.start), min(end, asked.end)
    return Interval(start, end)


def _told(slot: Slot, day: date, zone: ZoneInfo) -> str:
    who = " ".join(NAMES[one] for one in (*slot.agent_ids, *slot.thing_ids))
    return f"{wall_clock.said([slot.start], day, zone)} {who}{' elsewhere' if slot.venue_id == ELSEWHERE else ''}"


def _rank(slot: Slot) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    return slot.rank
