"""From the form of a training to its values: half-days on the wall clock, people and facilitators a line each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from attendance.domain.refusals import UnreadableTarget, UnreadableTraining
from attendance.domain.trainings import MOST_HALF_DAYS, MOST_SEATS, Leader, Span
from attendance.domain.wall_clock import HourMissing, HourTwice, instant_on_wall
from attendance.models import HalfDay
from attendance.use_cases.add_walk_in import LONGEST_NAME, WalkIn
from attendance.use_cases.change_training import SpanChange
from directory.models import Agent
from foundation import ids, times

PARTS = ("day", "begin", "end", "module")
OF_ROW = ("id", "was", "out")
"""What a line says besides of a half-day that is planned: which it is, how it was shown, whether it is taken out."""


def typed_half_days(form: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the lines of half-days as they were typed, empty ones too."""
    numbers = [number for number in range(MOST_HALF_DAYS) if any(f"{part}-{number}" in form for part in PARTS)]
    return [{part: form.get(f"{part}-{number}", "").strip() for part in PARTS} for number in numbers]


def changed_half_days(form: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the lines of half-days as they were typed, each with which half-day it is, if it is planned already."""
    lines = []
    for number in range(2 * MOST_HALF_DAYS):
        line = {part: form.get(f"{part}-{number}", "").strip() for part in (*PARTS, *OF_ROW)}
        if any(f"{part}-{number}" in form for part in PARTS):
            lines.append(line)
    return lines


def shown_half_day(half_day: HalfDay, zone: str) -> dict[str, str]:
    """Return a planned half-day as a line, on the clocks of its place."""
    begin, end = (times.local(at, zone) for at in (half_day.starts_at, half_day.ends_at))
    line = {"day": begin.date().isoformat(), "begin": f"{begin:%H:%M}", "end": f"{end:%H:%M}", "module": half_day.title}
    return line | {"id": ids.to_text(half_day.id), "was": _said(line), "out": ""}


def span_changes(lines: list[dict[str, str]], zone: str) -> list[SpanChange]:
    """Return what is different on the lines of planned half-days from what was shown; raise UnreadableTraining.

    Only that: whatever somebody else has changed meanwhile is not put back.
    """
    touched = [line for line in lines if line["id"] and not line["out"] and _said(line) != line["was"]]
    return [_span_change(line, zone) for line in touched]


def _span_change(line: dict[str, str], zone: str) -> SpanChange:
    half_day_id = identified(line["id"])
    shown = line["was"].split(" ", maxsplit=len(PARTS) - 1)
    if shown[:3] == [line[part] for part in PARTS[:3]]:
        return SpanChange(half_day_id, title=line["module"])
    span = _span(line, zone)
    return SpanChange(half_day_id, span.starts_at, span.ends_at, span.title)


def _said(line: dict[str, str]) -> str:
    return " ".join(line[part] for part in PARTS)


def identified(text: str) -> int:
    """Return the id that a form names; raise UnreadableTarget, because no form of ours says anything else."""
    try:
        return ids.from_text(text)
    except ValueError as error:
        raise UnreadableTarget({"half_days": "training.half_days_unreadable"}) from error


def seats(text: str) -> int | None:
    """Return how many seats are typed, None for nothing; raise UnreadableTraining."""
    if text and not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_SEATS))):
        raise UnreadableTraining({"seats": "training.seats_needed"})
    return int(text) if text else None


def agent_leader(text: str, agents: Mapping[str, Agent]) -> list[Leader]:
    """Return the agent who is chosen to lead, if one is."""
    agent = agents.get(text)
    return [Leader(agent.name, agent_id=agent.id)] if agent else []


def spans(lines: list[dict[str, str]], zone: str) -> list[Span]:
    """Return the half-days, lines without anything in them left out; raise UnreadableTraining."""
    return [_span(line, zone) for line in lines if any(line.values())]


def _span(line: dict[str, str], zone: str) -> Span:
    try:
        day = date.fromisoformat(line["day"])
        begin, end = (time.fromisoformat(line[part].replace("h", ":")) for part in ("begin", "end"))
        return Span(instant_on_wall(day, begin, zone), instant_on_wall(day, end, zone), line["module"])
    except HourMissing as fault:
        raise UnreadableTraining({"half_days": "training.hour_missing"}) from fault
    except HourTwice as fault:
        raise UnreadableTraining({"half_days": "training.hour_twice"}) from fault
    except (ValueError, OverflowError) as fault:
        raise UnreadableTraining({"half_days": "training.half_days_unreadable"}) from fault


def people(text: str) -> list[WalkIn]:
    """Return who is enrolled, of lines like «Prénom Nom; mail; téléphone»; raise UnreadableTraining."""
    found = []
    for name, email, phone in _lines(text, "people"):
        first, _, last = name.partition(" ")
        if not last or max(len(first), len(last)) > LONGEST_NAME:
            raise UnreadableTraining({"people": "training.people_unreadable"})
        found.append(WalkIn(None, first, last.strip(), phone, email))
    return found


def leaders(text: str) -> list[Leader]:
    """Return who leads, of lines of the same kind; raise UnreadableTraining."""
    return [Leader(name, email, phone) for name, email, phone in _lines(text, "leaders")]


def _lines(text: str, field: str) -> list[tuple[str, str | None, str | None]]:
    found = []
    for line in filter(str.strip, text.splitlines()):
        name, *ways = (" ".join(part.split()) for part in line.split(";"))
        mails = [way for way in ways if "@" in way]
        phones = [way for way in ways if way and "@" not in way]
        if not name or max(len(mails), len(phones)) > 1:
            raise UnreadableTraining({field: "training.people_unreadable"})
        found.append((name, mails[0] if mails else None, phones[0] if phones else None))
    return found
