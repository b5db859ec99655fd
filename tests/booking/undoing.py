"""Examples that share a house: each is seen in a transaction that is rolled back, and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from tests.house import House


class _Seen(Exception):
    """Enough was seen."""


def seen_and_undone(house: House, see: Callable[[Session], object]) -> None:
    """Do something in a transaction of the first organisation, and undo it."""

    def see_enough(db: Session) -> None:
        see(db)
        raise _Seen

    try:
        house.database.in_transaction(house.organisation.id, see_enough)
    except _Seen:
        return
