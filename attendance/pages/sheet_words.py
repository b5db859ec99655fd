"""The attendance sheet in words: the same dictionary makes the page and the PDF, so that they cannot differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from attendance.models import Method, SheetState, SignatureKind
from attendance.queries.sheet_view import (
    CellView,
    CountersignatureView,
    HalfDayView,
    SheetView,
    SignatureView,
    StatementView,
)
from foundation import times
from foundation.wording import Say

MOST_COLUMNS = 5
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
                {"name": one.name, "attendee": one.attendee_id, "cells": [self._cell(cell) for cell in one.cells]}
                for one in view.people
            ],
            "nobody": say("sheet.nobody"),
            "facilitator": say("sheet.facilitator"),
            "facilitators_title": say("sheet.countersignatures"),
            "facilitators": [
                {"name": one.name, "cells": [self._countersignature(cell) for cell in one.countersignatures]}
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
        starts = self.view.half_days[0].starts_at if self.view.half_days else self.view.made_at
        offset = times.local(starts, self.view.time_zone).strftime("%z")
        return f"{self.view.time_zone} (UTC{offset[:3]}:{offset[3:]})"

    def _hour(self, instant: datetime) -> str:
        return times.say_hour(times.local(instant, self.view.time_zone), self.language)

    def _moment(self, instant: datetime) -> str:
        there = times.local(instant, self.view.time_zone)
        day = times.say_day_and_year(there.date(), self.language)
        return self.say("time.moment", day=day, hour=times.say_hour(there, self.language))

    def _column(self, half_day: HalfDayView) -> dict[str, str]:
        day = times.local(half_day.starts_at, self.view.time_zone).date()
        hours = self.say("attendance.hours", begin=self._hour(half_day.starts_at), end=self._hour(half_day.ends_at))
        return {"title": half_day.title, "day": times.say_day_and_year(day, self.language), "hours": hours}

    def _cell(self, cell: CellView) -> dict[str, Any]:
        minutes = None
        if cell.minutes is not None:
            minutes = self.say("sheet.minutes", hours=cell.minutes // 60, minutes=f"{cell.minutes % 60:02}")
        return {
            "signatures": [self._signature(one) for one in cell.signatures],
            "statements": [self._statement(one) for one in cell.statements],
            "minutes": minutes,
            "absent": self.say("sheet.absent") if cell.is_absent else None,
        }

    def _signature(self, one: SignatureView) -> dict[str, Any]:
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
            "at": self._hour(one.observed_at),
            "recorded": recorded,
        }

    def _statement(self, one: StatementView) -> dict[str, str]:
        return {
            "kind": self._kind(one.kind),
            "text": self.say("sheet.stated", author=one.author, at=self._moment(one.stated_at)),
            "reason": self.say("sheet.reason", reason=one.reason),
        }

    def _kind(self, kind: SignatureKind) -> str:
        return self.say(f"sheet.kind.{kind}")

    def _countersignature(self, one: CountersignatureView | None) -> dict[str, str | None]:
        if one is None:
            return {"at": None, "heads": None, "missing": self.say("sheet.not_countersigned")}
        heads = self.say("sheet.heads", n=one.headcount)
        return {"at": self._moment(one.signed_at), "heads": heads, "missing": None}

    def _state(self) -> str:
        if self.view.closed_at is None:
            return self.say("sheet.state.open", at=self._moment(self.view.made_at))
        by = self.view.closed_by
        at = self._moment(self.view.closed_at)
        return self.say("sheet.state.closed_by", at=at, by=by) if by else self.say("sheet.state.closed", at=at)


def parts(columns: int) -> list[list[int]]:
    """Share many half-days out among tables of equal width, five columns at most each."""
    tables = max(1, -(-columns // MOST_COLUMNS))
    size = -(-columns // tables)
    return [list(range(start, min(start + size, columns))) for start in range(0, columns, max(size, 1))] or [[]]


def siret(digits: str) -> str:
    """Write a SIRET as it is read: three, three, three and five digits."""
    if len(digits) != 14:  # noqa: PLR2004 - a SIRET has fourteen digits
        return digits
    return "\u00a0".join((digits[:3], digits[3:6], digits[6:9], digits[9:]))
