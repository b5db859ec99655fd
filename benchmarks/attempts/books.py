"""Whether the books agree with what people were told: nobody was told of what is not there, and nothing is untold."""

from __future__ import annotations

from sqlalchemy import Connection, text

from benchmarks.attempts.running import Tally

_EVERY = """
    SELECT a.id, a.status, w.cancelled_at IS NOT NULL AS is_called_off
    FROM appointment a LEFT JOIN workshop w ON w.id = a.workshop_id"""


def untrue(connection: Connection, tally: Tally) -> dict[str, list[int]]:
    """Return the ids of the appointments that the acknowledgements and the tables disagree about."""
    rows = connection.execute(text(_EVERY)).all()
    status = {row.id: row.status for row in rows}
    cancelled = {one for one, said in status.items() if said == "cancelled"}
    with_the_workshop = {row.id for row in rows if row.is_called_off}
    found = {
        "booked, and not there": tally.booked - set(status),
        "there, and nobody was told": set(status) - tally.booked,
        "cancelled, and still on": tally.cancelled - cancelled,
        "off, and nobody was told": cancelled - tally.cancelled - with_the_workshop,
    }
    return {name: sorted(wrong) for name, wrong in found.items() if wrong}
