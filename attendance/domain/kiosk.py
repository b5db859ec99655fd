"""What a kiosk, at which nobody is looking, tells whoever stands before it: as little as finds one's own name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from foundation.refusals import TooMany

MOST_FOUND = 6
SEARCHES = 150
SEARCHES_COUNT_FOR = timedelta(minutes=10)
"""A queue of forty people types three times each, and somebody who reads a list of names out does not get through."""


class TooManySearches(TooMany):
    """So much is searched on this kiosk that somebody may be collecting names."""


def begins_words(query: str, name: str) -> bool:
    """Say whether every word of the query begins a word of the name: one's own name is not guessed from its middle."""
    return all(any(word.startswith(part) for word in name.split()) for part in query.split())


def short_names(people: Sequence[tuple[str, str]]) -> list[str]:
    """Return first names with as many letters of the last name as tell them apart: «Sonia L.», «Sonia Lef.»."""
    return [_short(one, [other for at, other in enumerate(people) if at != place]) for place, one in enumerate(people)]


def _short(one: tuple[str, str], others: Iterable[tuple[str, str]]) -> str:
    first, last = one
    same = [name.casefold() for other, name in others if other.casefold() == first.casefold()]
    for letters in range(1, len(last)):
        start = last[:letters]
        if not any(name.startswith(start.casefold()) and name != last.casefold() for name in same):
            return f"{first} {start}."
    return f"{first} {last}"
