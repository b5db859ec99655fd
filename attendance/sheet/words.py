"""The attendance sheet in words: the same dictionary makes the page and the PDF, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from attendance.models import SheetState
from attendance.queries.cell_view import DocumentView
from attendance.queries.sheet_view import CountersignatureView, HalfDayView, PersonView, SheetView
from attendance.sheet.cell_words import CellWords
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

    @property
    def cells(self) -> CellWords:
        """Return what says single cells."""
        return CellWords(self.view.time_zone, self.say, self.language)

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
                {"name": one.name, "total": self._total_of(one), "cells": self._row(self.cells.cell, one.cells)}
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
                say("sheet.note_correction"),
            ],
            "correction": say("sheet.correction"),
            "documents_title": say("sheet.documents"),
            "documents": [self._document(one) for one in (*view.papers, *view.documents)],
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

    def _column(self, half_day: HalfDayView) -> dict[str, str]:
        day = times.local(half_day.starts_at, self.view.time_zone).date()
        hours = self.say(
            "attendance.hours", begin=self.cells.hour(half_day.starts_at), end=self.cells.hour(half_day.ends_at)
        )
        return {"title": half_day.title, "day": times.say_day_and_year(day, self.language), "hours": hours}

    def _row(self, say_cell: Callable[[Any, HalfDayView], Any], cells: Sequence[Any]) -> list[Any]:
        return [say_cell(cell, half_day) for cell, half_day in zip(cells, self.view.half_days, strict=True)]

    def _total_of(self, person: PersonView) -> str | None:
        retained = [cell.minutes for cell in person.cells if cell.minutes is not None]
        total = self.cells.minutes("sheet.total_minutes", sum(retained)) if len(retained) > 1 else None
        came = self.say("walk_in.on_sheet") if person.is_walk_in else None
        return " · ".join(filter(None, (came, total))) or None

    def _total_at(self, number: int) -> list[str]:
        """Count a column: who signed; then, of those who did not, who was stated present, is absent or is awaited."""
        cells = [person.cells[number] for person in self.view.people]
        unsigned = [cell for cell in cells if not cell.signatures]
        counts = {
            "statements": sum(cell.is_spoken_for for cell in unsigned),
            "absences": sum(cell.is_absent for cell in unsigned),
            "awaited": sum(cell.is_empty and not cell.is_absent for cell in unsigned),
        }
        signed = self.say("sheet.signed", n=len(cells) - len(unsigned))
        return [signed, *(self.say(f"sheet.{key}", n=count) for key, count in counts.items() if count)]

    def _countersignature(self, one: CountersignatureView | None, half_day: HalfDayView) -> dict[str, str | None]:
        if one is None:
            return {"at": None, "heads": None, "missing": self.say("sheet.not_countersigned")}
        heads = self.say("sheet.heads", n=one.headcount)
        if one.remark:
            heads = self.say("sheet.heads_and_remark", heads=heads, remark=one.remark)
        return {"at": self.cells.at(one.signed_at, half_day), "heads": heads, "missing": None}

    def _document(self, one: DocumentView) -> dict[str, str]:
        key = "sheet.document_by" if one.added_by else "sheet.document_at"
        added = self.say(key, at=self.cells.moment(one.added_at), by=one.added_by or "")
        return {"name": one.name, "added": added, "hash": self.say("sheet.document_hash", hash=one.content_hash)}

    def _state(self) -> str:
        if self.view.closed_at is None:
            return self.say("sheet.state.open", at=self.cells.moment(self.view.made_at))
        by = self.view.closed_by
        at = self.cells.moment(self.view.closed_at)
        return self.say("sheet.state.closed_by", at=at, by=by) if by else self.say("sheet.state.closed", at=at)
