"""The control of a search: the statements that it sent, sent again to the bare driver, all their rows fetched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.orm import Session

from foundation.database import Database


class Sent(NamedTuple):
    """One statement as the driver was given it."""

    statement: str
    parameters: Any


@contextmanager
def recorded(database: Database) -> Iterator[list[Sent]]:
    """Give a list to which every statement of the block is added, as long as the block lasts."""
    sent: list[Sent] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_others: object) -> None:
        sent.append(Sent(statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def driver_of(db: Session) -> Any:
    """Return the driver's own connection of a session."""
    return db.connection().connection.driver_connection


def read_again(driver: Any, sent: list[Sent]) -> int:
    """Send the statements again, fetch every row, and return how many came."""
    rows = 0
    for statement, parameters in sent:
        cursor = driver.cursor()
        cursor.execute(statement, parameters)
        rows += len(cursor.fetchall())
        cursor.close()
    return rows
