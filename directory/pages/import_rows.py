"""The lines of an import as its page shows them: what is refused first, each with the sentences that say why."""

from __future__ import annotations

from collections.abc import Mapping

from directory.domain.import_lines import Fate, Fault, Outcome, Report
from foundation.tables import Column
from foundation.web.language import locale, say


def rows_of(report: Report, columns: Mapping[str, Column]) -> list[tuple[Outcome, list[str]]]:
    """Return every line with its sentences; one that is about a column begins with the column's name."""
    ordered = sorted(report.outcomes, key=lambda one: (one.fate is not Fate.REFUSED, one.line))
    return [(one, [_sentence(name, fault, columns) for name, fault in one.faults.items()]) for one in ordered]


def name_of(column: Column) -> str:
    """Return what a column is called in the reader's language."""
    return column.names[0 if locale() == "fr" else 1]


def _sentence(name: str, fault: Fault, columns: Mapping[str, Column]) -> str:
    sentence = say(fault.key, **fault.details)
    if name not in columns:
        return sentence
    return say("directory.imports.fault", column=name_of(columns[name]), sentence=sentence)
