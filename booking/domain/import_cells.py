"""What people type into a spreadsheet for days of a week, a yes or a no, a name; ValueError for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from booking.domain.refusals import UnfitValues
from directory.domain.import_lines import meant
from foundation.tables import bare

ONCE = frozenset({-1})
"""What stands for «once» where the days of a week are named."""

_NUMBER = re.compile(r"\d{1,4}", flags=re.ASCII)
_YES_OR_NO = {True: ("oui", "yes", "vrai", "true", "1", "x"), False: ("non", "no", "faux", "false", "0")}
_BETWEEN_DAYS = re.compile(r"[\s,;|/+&]+|\bet\b|\band\b")
_ONCE = ("une fois", "once")
_WEEKDAYS: Mapping[int, Sequence[str]] = {
    0: ("lundi", "lun", "monday", "mon"),
    1: ("mardi", "mar", "tuesday", "tue", "tues"),
    2: ("mercredi", "mer", "wednesday", "wed"),
    3: ("jeudi", "jeu", "thursday", "thu", "thur", "thurs"),
    4: ("vendredi", "ven", "friday", "fri"),
    5: ("samedi", "sam", "saturday", "sat"),
    6: ("dimanche", "dim", "sunday", "sun"),
}


def parse_number(text: str) -> int:
    """Return a small whole number."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def parse_yes(text: str) -> bool:
    """Say whether that is a yes."""
    return meant(text, _YES_OR_NO)


def parse_weekdays(text: str) -> frozenset[int]:
    """Return the days of «lundi, mer», Monday is 0; `ONCE` for «une fois»."""
    if bare(text) in {bare(word) for word in _ONCE}:
        return ONCE
    found = frozenset(meant(word, _WEEKDAYS) for word in _BETWEEN_DAYS.split(text.lower()) if word)
    if not found:
        raise ValueError(text)
    return found


class Names:
    """Things of the house by the names that people give them; a mail address is a name too."""

    def __init__(self, entries: Iterable[tuple[str, int]]) -> None:
        """Keep every name with the id that it stands for."""
        self._ids: dict[str, set[int]] = {}
        for name, identifier in entries:
            self._ids.setdefault(_mark(name), set()).add(identifier)

    def find(self, text: str) -> int:
        """Return whose name that is; raise ValueError when nobody's, UnfitValues when several have it."""
        found = self._ids.get(_mark(text), set())
        if not found:
            raise ValueError(text)
        if len(found) > 1:
            raise UnfitValues({"name": "booking.imports.several"})
        return next(iter(found))

    def find_each(self, text: str) -> tuple[int, ...]:
        """Return whose names these are, which «|» keeps apart."""
        return tuple(self.find(name) for name in text.split("|") if name.strip())


def _mark(name: str) -> str:
    return name.strip().lower() if "@" in name else bare(name)
