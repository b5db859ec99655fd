"""One cell of the sheet in words: signatures, what others say, what was corrected, and what is known beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from attendance.models import CorrectionState, Method, SignatureKind, StatementCause
from attendance.queries.cell_view import CellView, CorrectionView, SignatureView, StatementView
from attendance.queries.sheet_view import HalfDayView
from attendance.sheet.drawings import svg_of
from foundation import times
from foundation.wording import Say

BEFORE_AGENT = {Method.BADGE.value, Method.DRAWN_BEFORE_AGENT.value}


@dataclass(frozen=True)
class CellWords:
    """Says cells in one language, in one zone."""

    zone: str
    say: Say
    language: str

    def cell(self, cell: CellView, half_day: HalfDayView) -> dict[str, Any]:
        """Return everything that is printed in a cell, as strings."""
        missed = (("late", cell.late), ("early", cell.early))
        return {
            "signatures": [self.signature(one, half_day) for one in cell.signatures],
            "statements": [self._statement(one, half_day) for one in cell.statements],
            "minutes": self.minutes("sheet.minutes", cell.minutes) if cell.minutes is not None else None,
            "missed": [self.say(f"sheet.{key}", n=minutes) for key, minutes in missed if minutes is not None],
            "missing": self._missing(cell),
            "withdrawn": [*self._withdrawn(cell, half_day)],
            "corrections": [self._correction(one, half_day) for one in cell.corrections],
            "beside": [*self._beside(cell, half_day)],
        }

    def hour(self, instant: datetime) -> str:
        """Return the hour on the wall."""
        return times.say_hour(times.local(instant, self.zone), self.language)

    def moment(self, instant: datetime) -> str:
        """Return the day with its year, and the hour."""
        there = times.local(instant, self.zone)
        day = times.say_day_and_year(there.date(), self.language)
        return self.say("time.moment", day=day, hour=times.say_hour(there, self.language))

    def at(self, instant: datetime, half_day: HalfDayView) -> str:
        """Return the hour alone on the day of the half-day, which stands above it; else the day too."""
        days = {times.local(one, self.zone).date() for one in (instant, half_day.starts_at)}
        return self.hour(instant) if len(days) == 1 else self.moment(instant)

    def minutes(self, key: str, minutes: int) -> str:
        """Return minutes as hours and minutes."""
        return self.say(key, hours=minutes // 60, minutes=f"{minutes % 60:02}")

    def signature(self, one: SignatureView, half_day: HalfDayView) -> dict[str, Any]:
        """Return one signature."""
        key = f"{one.method}_alone" if one.method in BEFORE_AGENT and not one.shown_to else one.method
        minute = one.observed_at.replace(second=0, microsecond=0)
        is_late = one.recorded_at.replace(second=0, microsecond=0) != minute
        return {
            "kind": self._kind(one.kind),
            "grade": one.grade,
            "method": self.say(f"sheet.method.{key}", agent=one.shown_to or ""),
            "at": self.at(one.observed_at, half_day),
            "recorded": self.say("sheet.recorded", at=self.moment(one.recorded_at)) if is_late else None,
            "drawing": svg_of(one.drawing) if one.drawing is not None else None,
            "drawing_alt": self.say("sheet.drawing_alt") if one.drawing is not None else None,
        }

    def _statement(self, one: StatementView, half_day: HalfDayView) -> dict[str, str | None]:
        is_told = one.cause is not StatementCause.OTHER
        return {
            "kind": self._kind(one.kind),
            "cause": self.say(f"sheet.cause.{one.cause}") if is_told else None,
            "text": self.say("sheet.stated", author=one.author, at=self.at(one.stated_at, half_day)),
            "reason": self.say("sheet.reason", reason=one.reason),
        }

    def _missing(self, cell: CellView) -> str | None:
        if not cell.is_empty:
            return None
        if cell.absence is not None:
            return self.say(f"sheet.absence.{cell.absence}")
        return self.say("sheet.absent" if cell.is_absent else "sheet.waiting")

    def _withdrawn(self, cell: CellView, half_day: HalfDayView) -> Iterator[str]:
        for one in cell.withdrawn_signatures:
            said = self.signature(one, half_day)
            yield self.say("sheet.withdrawn_signature", kind=said["kind"], at=said["at"], method=said["method"])
        for stated in cell.withdrawn_statements:
            at = self.at(stated.stated_at, half_day)
            yield self.say("sheet.withdrawn_statement", kind=self._kind(stated.kind), at=at, author=stated.author)

    def _correction(self, one: CorrectionView, half_day: HalfDayView) -> dict[str, str | None]:
        at = self.at(one.observed_at, half_day) if one.observed_at is not None else ""
        by = one.proposed_by or self.say("sheet.a_program")
        proposed = self.say("sheet.proposed", by=by, at=self.moment(one.proposed_at))
        return {
            "what": self.say(f"sheet.action.{one.action}", kind=self._kind(one.kind), at=at),
            "reason": self.say("sheet.reason", reason=one.reason),
            "proposed": proposed,
            "decided": self._decided(one),
        }

    def _decided(self, one: CorrectionView) -> str | None:
        if one.state is CorrectionState.PENDING or one.decided_at is None:
            return self.say("sheet.decision.pending")
        if one.decided_by == one.proposed_by and one.decided_at == one.proposed_at:
            return None
        key = f"sheet.decision.{one.state}"
        return self.say(key, by=one.decided_by or "", at=self.moment(one.decided_at))

    def _beside(self, cell: CellView, half_day: HalfDayView) -> Iterator[str]:
        for one in cell.connections:
            begin, end = self.at(one.connected_at, half_day), self.at(one.disconnected_at, half_day)
            yield self.say(f"sheet.connected.{one.origin}", begin=begin, end=end)
        for document in cell.documents:
            yield self.say("sheet.document_beside", name=document.name)
        if cell.duplicates:
            yield self.say("sheet.duplicates", n=cell.duplicates)

    def _kind(self, kind: SignatureKind) -> str:
        return self.say(f"sheet.kind.{kind}")
