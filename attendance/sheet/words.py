"""The attendance sheet in words: the same dictionary makes the page and the PDF, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from attendance.models import Method, SheetState, SignatureKind
from attendance.queries.sheet_view import (
    CellView,
    CountersignatureView,
    HalfDayView,
    PersonView,
    SheetView,
    SignatureView,
    StatementView,
)
from attendance.sheet.figures import parts, siret
from foundation import times
from foundation.wording import Say

GRADES = "ABCDE"


@dataclass(frozen=True)
class SheetWords:
    """Says a sheet in one language, in the zone of its venue."""

    view: SheetView
    say: Say
    language: str

    def printed(self) -> dict[str, Any]:
        """Return everything that is printed, as strings."""
        view, say = self.view, self.say
        return {
            "language": self.language,
            "heading": say("sheet.heading"),
            "title": view.title,
            "organisation": view.organisation,
            "facts": [{"label": say(f"sheet.{label}"), "value": value} for label, value in self._facts() if value],
            "summary": " · ".join(part for part in (self._dates(), view.venue or say("meetings.video")) if part),
            "person": say("sheet.person"),
            "columns": [self._column(one) for one in view.half_days],
            "parts": parts(len(view.half_days)),
            "people": [
                {"name": one.name, "total": self._total_of(one), "cells": self._row(self._cell, one.cells)}
                for one in view.people
            ],
            "total": say("sheet.total"),
            "totals": [self._total_at(number) for number in range(len(view.half_days))],
            "nobody": say("sheet.nobody"),
            "facilitator": say("sheet.facilitator"),
            "facilitators_title": say("sheet.countersignatures"),
            "facilitators": [
                {"name": one.name, "cells": self._row(self._countersignature, one.countersignatures)}
                for one in view.facilitators
            ],
            "legend_title": say("sheet.legend"),
            "legend": [{"grade": grade, "text": say(f"sheet.grade.{grade}")} for grade in GRADES],
            "notes": [
                say("sheet.note_times", zone=self._zone()),
                say("sheet.note_statement"),
                say("sheet.note_minutes"),
            ],
            "statement": say("sheet.statement"),
            "state": self._state(),
            "state_in_short": say(f"meetings.state.{view.state}"),
            "is_open": view.state is SheetState.OPEN,
            "page": say("sheet.page"),
            "of": say("sheet.of"),
        }

    def _facts(self) -> list[tuple[str, str | None]]:
        view = self.view
        place = ", ".join(part for part in (view.venue, view.venue_address) if part)
        return [
            ("organisation", view.organisation),
            ("address", view.organisation_address),
            ("siret", siret(view.siret)),
            ("activity_declaration", view.activity_declaration),
            ("venue", place),
            ("video_room", view.video_room),
            ("dates", self._dates()),
            ("zone", self._zone()),
            ("headcount", self.say("sheet.people", n=len(view.people))),
        ]

    def _dates(self) -> str:
        days = [times.local(one.starts_at, self.view.time_zone).date() for one in self.view.half_days]
        if not days:
            return ""
        first, last = (times.say_day_and_year(day, self.language) for day in (min(days), max(days)))
        return first if first == last else self.say("sheet.from_to", first=first, last=last)

    def _zone(self) -> str:
        # One offset, or two when the clocks change between the first half-day and the last.
        instants = [one.starts_at for one in self.view.half_days] or [self.view.made_at]
        offsets = [times.local(instant, self.view.time_zone).strftime("%z") for instant in instants]
        told = ", ".join(f"UTC{offset[:3]}:{offset[3:]}" for offset in dict.fromkeys(offsets))
        return f"{self.view.time_zone} ({told})"

    def _hour(self, instant: datetime) -> str:
        return times.say_hour(times.local(instant, self.view.time_zone), self.language)

    def _moment(self, instant: datetime) -> str:
        there = times.local(instant, self.view.time_zone)
        day = times.say_day_and_year(there.date(), self.language)
        return self.say("time.moment", day=day, hour=times.say_hour(there, self.language))

    def _at(self, instant: datetime, half_day: HalfDayView) -> str:
        """Return the hour alone on the day of the half-day, which stands above it; else the day too."""
        days = {times.local(one, self.view.time_zone).date() for one in (instant, half_day.starts_at)}
        return self._hour(instant) if len(days) == 1 else self._moment(instant)

    def _column(self, half_day: HalfDayView) -> dict[str, str]:
        day = times.local(half_day.starts_at, self.view.time_zone).date()
        hours = self.say("attendance.hours", begin=self._hour(half_day.starts_at), end=self._hour(half_day.ends_at))
        return {"title": half_day.title, "day": times.say_day_and_year(day, self.language), "hours": hours}

    def _row(self, say_cell: Callable[[Any, HalfDayView], Any], cells: Sequence[Any]) -> list[Any]:
        return [say_cell(cell, half_day) for cell, half_day in zip(cells, self.view.half_days, strict=True)]

    def _cell(self, cell: CellView, half_day: HalfDayView) -> dict[str, Any]:
        missing = None
        if not cell.signatures and not cell.statements:
            missing = self.say("sheet.absent" if cell.is_absent else "sheet.waiting")
        return {
            "signatures": [self._signature(one, half_day) for one in cell.signatures],
            "statements": [self._statement(one, half_day) for one in cell.statements],
            "minutes": self._minutes("sheet.minutes", cell.minutes) if cell.minutes is not None else None,
            "missing": missing,
        }

    def _minutes(self, key: str, minutes: int) -> str:
        return self.say(key, hours=minutes // 60, minutes=f"{minutes % 60:02}")

    def _total_of(self, person: PersonView) -> str | None:
        retained = [cell.minutes for cell in person.cells if cell.minutes is not None]
        return self._minutes("sheet.total_minutes", sum(retained)) if len(retained) > 1 else None

    def _total_at(self, number: int) -> list[str]:
        """Count a column: who signed; then, of those who did not, who was stated present, is absent or is awaited."""
        cells = [person.cells[number] for person in self.view.people]
        unsigned = [cell for cell in cells if not cell.signatures]
        counts = {
            "statements": sum(bool(cell.statements) for cell in unsigned),
            "absences": sum(cell.is_absent for cell in unsigned),
            "awaited": sum(not cell.statements and not cell.is_absent for cell in unsigned),
        }
        signed = self.say("sheet.signed", n=len(cells) - len(unsigned))
        return [signed, *(self.say(f"sheet.{key}", n=count) for key, count in counts.items() if count)]

    def _signature(self, one: SignatureView, half_day: HalfDayView) -> dict[str, Any]:
        method = self.say(f"sheet.method.{one.method}", agent=one.shown_to or "")
        if one.method == Method.BADGE.value and not one.shown_to:
            method = self.say("sheet.method.badge_alone")
        minute = one.observed_at.replace(second=0, microsecond=0)
        is_late = one.recorded_at.replace(second=0, microsecond=0) != minute
        recorded = self.say("sheet.recorded", at=self._moment(one.recorded_at)) if is_late else None
        return {
            "kind": self._kind(one.kind),
            "grade": one.grade,
            "method": method,
            "at": self._at(one.observed_at, half_day),
            "recorded": recorded,
        }

    def _statement(self, one: StatementView, half_day: HalfDayView) -> dict[str, str]:
        return {
            "kind": self._kind(one.kind),
            "text": self.say("sheet.stated", author=one.author, at=self._at(one.stated_at, half_day)),
            "reason": self.say("sheet.reason", reason=one.reason),
        }

    def _kind(self, kind: SignatureKind) -> str:
        return self.say(f"sheet.kind.{kind}")

    def _countersignature(self, one: CountersignatureView | None, half_day: HalfDayView) -> dict[str, str | None]:
        if one is None:
            return {"at": None, "heads": None, "missing": self.say("sheet.not_countersigned")}
        heads = self.say("sheet.heads", n=one.headcount)
        return {"at": self._at(one.signed_at, half_day), "heads": heads, "missing": None}

    def _state(self) -> str:
        if self.view.closed_at is None:
            return self.say("sheet.state.open", at=self._moment(self.view.made_at))
        by = self.view.closed_by
        at = self._moment(self.view.closed_at)
        return self.say("sheet.state.closed_by", at=at, by=by) if by else self.say("sheet.state.closed", at=at)
