"""What becomes of each line of a file that is imported, and how a line is read: values, or what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from foundation.refusals import Invalid, Refusal
from foundation.tables import Line, bare
from foundation.wording import Language

T = TypeVar("T")

WHOLE_LINE = "line"
"""Where a fault is named that is no single column's."""


class Fate(StrEnum):
    """What becomes of a line."""

    CREATED = "created"
    COMPLETED = "completed"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class Fault:
    """What is wrong, as a wording key with what fills its sentence."""

    key: str
    details: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one line; `faults` by column says why it is refused."""

    line: int
    fate: Fate
    faults: Mapping[str, Fault] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What becomes of a file. It is written whole or not at all: not when it was a dry run, nor with a line refused."""

    outcomes: Sequence[Outcome]
    is_written: bool = False

    @property
    def is_refused(self) -> bool:
        """Say whether a line is refused, and so the file."""
        return any(outcome.fate is Fate.REFUSED for outcome in self.outcomes)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many lines have each fate."""
        fates = [outcome.fate for outcome in self.outcomes]
        return {fate.value: fates.count(fate) for fate in Fate}


def refused(line: Line, faults: Mapping[str, Fault]) -> Outcome:
    """Return the outcome of a line that cannot be taken."""
    return Outcome(line.number, Fate.REFUSED, faults)


def faults_of(refusal: Refusal) -> dict[str, Fault]:
    """Return a refusal of the house as the faults of a line."""
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    found = {name: Fault(key, refusal.details) for name, key in fields.items()}
    return found or {WHOLE_LINE: Fault(f"refusal.{refusal.code}", refusal.details)}


class Reading:
    """A line while it is read: what its columns say, and what is wrong so far."""

    def __init__(self, line: Line) -> None:
        """Begin without faults."""
        self.line = line
        self.faults: dict[str, Fault] = {}

    def blame(self, name: str, key: str, **details: str | int) -> None:
        """Say what is wrong with a column; what was said first stays."""
        self.faults.setdefault(name, Fault(key, details))

    def text(self, name: str, *, longest: int, is_needed: bool = False) -> str:
        """Return what stands there; nothing is a fault where something is needed."""
        text = self.line.cells.get(name, "")
        if len(text) > longest:
            self.blame(name, "field.too_long", most=longest)
        elif is_needed and not text:
            self.blame(name, "field.missing")
        return text

    def take(self, name: str, parse: Callable[[str], T], *, fault: str, usual: T | None = None) -> T | None:
        """Return what `parse` makes of the text, or `usual` where nothing stands; ValueError means `fault`."""
        text = self.line.cells.get(name, "")
        if not text:
            return usual
        try:
            return parse(text)
        except Invalid as refusal:
            for key in refusal.fields.values():
                self.blame(name, key, **refusal.details)
        except ValueError:
            self.blame(name, fault)
        return usual

    def needed(self, name: str, parse: Callable[[str], T], *, fault: str) -> T | None:
        """As `take`, where nothing is a fault."""
        if not self.line.cells.get(name):
            self.blame(name, "field.missing")
            return None
        return self.take(name, parse, fault=fault)


_LANGUAGES = {
    Language.FRENCH: ("fr", "français", "french"),
    Language.ENGLISH: ("en", "anglais", "english"),
}


def parse_language(text: str) -> Language:
    """Return the language that is meant; raise ValueError."""
    return meant(text, _LANGUAGES)


def meant(text: str, known: Mapping[T, Sequence[str]]) -> T:
    """Return the value one of whose words this is, accents and case aside; raise ValueError."""
    wanted = bare(text)
    for value, words in known.items():
        if wanted in {bare(word) for word in words}:
            return value
    raise ValueError(text)
