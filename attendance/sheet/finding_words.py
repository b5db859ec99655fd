"""Findings in plain words, on pages and in the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from attendance.domain.findings import Code, Finding
from attendance.queries.sheet_view import SheetView
from foundation import times
from foundation.wording import Say


@dataclass(frozen=True)
class FindingWords:
    """The sentences of the findings of one sheet, in one language and in the time of its place."""

    view: SheetView
    say: Say
    language: str

    def written(self, found: Iterable[Finding]) -> list[dict[str, Any]]:
        """Return each finding with its code, its half-day, what that is called, and the sentence."""
        return [
            {
                "code": one.code,
                "half_day_id": one.half_day_id,
                "half_day": self._half_day(one.half_day_id),
                "sentence": self._sentence(one),
            }
            for one in found
        ]

    def _half_day(self, half_day_id: int | None) -> str | None:
        spans = (one for one in self.view.half_days if one.id == half_day_id)
        return next((times.say_moment(one.starts_at, *self._there()) for one in spans), None)

    def _sentence(self, one: Finding) -> str:
        values: dict[str, str | int] = {"people": ", ".join(one.people), "title": one.title or ""}
        if one.at is not None:
            values["at"] = times.say_moment(one.at, *self._there())
        if one.code is Code.TITLE:
            values["here"] = self.view.title
        if one.count is not None:
            values["n"] = one.count
        if one.other is not None:
            values["other"] = one.other
        return self.say(f"finding.{one.code}", **values)

    def _there(self) -> tuple[str, Say, str]:
        return self.view.time_zone, self.say, self.language
