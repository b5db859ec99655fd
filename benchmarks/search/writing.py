"""Many rows at once, straight into a table: a day's use cases for each of them would take days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert

from foundation.models import Base

AT_ONCE = 5_000
"""Rows; no more than this is in memory at a time."""
Row = dict[str, Any]
T = TypeVar("T")


def write(connection: Connection, rows_of: type[Base] | Table, rows: Iterable[Row]) -> None:
    """Insert rows that all have the same columns."""
    table = rows_of if isinstance(rows_of, Table) else rows_of.__table__
    for some in some_at_once(rows):
        connection.execute(insert(table), some)  # type: ignore[arg-type]


def some_at_once(rows: Iterable[T], *, most: int = AT_ONCE) -> Iterator[list[T]]:
    """Return the same in lists of at most `most`."""
    waiting = iter(rows)
    while some := list(islice(waiting, most)):
        yield some
