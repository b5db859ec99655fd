"""From the form of a training to its values: half-days on the wall clock, people and facilitators a line each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from attendance.domain.refusals import UnreadableTraining
from attendance.domain.trainings import MOST_HALF_DAYS, Leader, Span
from attendance.domain.wall_clock import HourMissing, HourTwice, instant_on_wall
from attendance.use_cases.add_walk_in import LONGEST_NAME, WalkIn

PARTS = ("day", "begin", "end", "module")


def typed_half_days(form: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the lines of half-days as they were typed, empty ones too."""
    numbers = [number for number in range(MOST_HALF_DAYS) if any(f"{part}-{number}" in form for part in PARTS)]
    return [{part: form.get(f"{part}-{number}", "").strip() for part in PARTS} for number in numbers]


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
