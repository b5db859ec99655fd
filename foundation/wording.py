"""Sentences for people, French first, merged into one table a language.

They are in `<package>/wording/fr.toml` and `en.toml`; a large subject has files of its own, `<subject>.fr.toml` and
`<subject>.en.toml`, beside them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Protocol


class Language(StrEnum):
    """In which language somebody is spoken and written to."""

    FRENCH = "fr"
    ENGLISH = "en"


LANGUAGES = tuple(language.value for language in Language)
DEFAULT_LANGUAGE = Language.FRENCH.value


class Say(Protocol):
    """A language already chosen: `say("booking.slots.title", n=3)`."""

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence."""


class UnknownWording(KeyError):
    """A key that no wording file holds: a bug, found by a test."""


@dataclass(frozen=True)
class Wording:
    """All sentences, by language and dotted key."""

    tables: Mapping[str, Mapping[str, str]]

    def say(self, language: str, key: str, **values: object) -> str:
        """Return the sentence; with a number `n`, a key that has `.one` and `.other` picks by the language's rule."""
        table = self.tables[language]
        if key not in table and "n" in values:
            key = f"{key}.{'one' if _is_one(language, values['n']) else 'other'}"
        if key not in table:
            raise UnknownWording(key)
        return table[key].format(**values)

    def in_language(self, language: str) -> Say:
        """Return `say` with the language chosen."""

        def say(key: str, **values: object) -> str:
            return self.say(language, key, **values)

        return say

    def has(self, key: str) -> bool:
        """Say whether the key has a sentence."""
        return key in self.tables[DEFAULT_LANGUAGE]


def load_wording(folders: Iterable[Path]) -> Wording:
    """Read the wording files of every package; a key given twice is an error."""
    tables: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for folder in folders:
        for language in LANGUAGES:
            for key, sentence in _sentences(folder, language):
                if key in tables[language]:
                    raise ValueError(f"{key} is worded twice in {language}")
                tables[language][key] = _spaced(sentence) if language == "fr" else sentence
    return Wording(tables)


@cache
def _sentences(folder: Path, language: str) -> tuple[tuple[str, str], ...]:
    # Part of the program, and read once a process as the rest of it is.
    texts = (file.read_text(encoding="utf-8") for file in sorted(folder.glob(f"*{language}.toml")))
    return tuple(pair for text in texts for pair in _flatten(tomllib.loads(text)))


def _spaced(sentence: str) -> str:
    # French sets its high marks and its units apart by a space at which no line may break.
    return re.sub(r" (?=[:;?!»])|(?<=«) |(?<=[\d}]) (?=(?:h|min)\b)", "\u00a0", sentence)


def _flatten(content: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def _is_one(language: str, number: object) -> bool:
    # French says «0 personne, 1 personne, 2 personnes»; English «0 people, 1 person, 2 people».
    count = abs(int(str(number)))
    return count < 2 if language == "fr" else count == 1  # noqa: PLR2004
