"""How a sheet is laid out in tables, and how its figures are written."""

from __future__ import annotations

MOST_COLUMNS = 5


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
