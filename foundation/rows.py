"""The one write that both engines must do alike and SQLAlchemy spells twice: insert unless it is there already."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

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
