"""Rows on both engines alike: inserted unless they are there already, and read by the page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from foundation.ids import new_id
from foundation.models import Identified


def insert_if_absent(db: Session, model: type[Identified], **values: Any) -> int | None:
    """Insert a row and return its id, or return None when a unique constraint says that it exists.

    On PostgreSQL this waits for a concurrent writer of the same row, so after None the row can be read.
    """
    db.flush()
    row = {"id": new_id(), **values}
    on_sqlite = db.get_bind().dialect.name == "sqlite"
    statement: Any = sqlite.insert(model) if on_sqlite else postgresql.insert(model)
    inserted: int | None = db.scalar(statement.values(row).on_conflict_do_nothing().returning(model.id))
    return inserted


def take_page(
    db: Session, query: Select[Any], identifier: InstrumentedAttribute[int], *, after: int | None, limit: int
) -> tuple[list[Any], int | None]:
    """Return up to `limit` rows of `query` by rising id, and the id after which the next page begins (None: the last).

    Ids are given in the order of time, so a page is a span of time and no row is skipped or told twice.
    """
    if after is not None:
        query = query.where(identifier > after)
    found = list(db.scalars(query.order_by(identifier).limit(limit + 1)))
    if len(found) <= limit:
        return found, None
    return found[:limit], found[limit - 1].id
