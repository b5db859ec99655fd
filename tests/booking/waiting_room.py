"""What the tests of the waiting list share: a full morning, people who wait for it, and what they are offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.domain.person import Person
from booking.models import Appointment, AppointmentType, Hold, WaitingEntry
from booking.queries import waiting
from booking.use_cases.accept_offer import accept_offer
from booking.use_cases.decline_offer import decline_offer
from booking.use_cases.join_waiting_list import join_waiting_list
from booking.use_cases.leave_waiting_list import leave_waiting_list
from foundation.actors import Actor, ActorKind
from foundation.links import link_token
from tests.booking.diary import at, book, open_weekly, reason, visitor
from tests.house import House

STARTS = (at(7), at(7, 40), at(8, 20), at(9))


def person(number: int) -> Person:
    """Somebody who can be reached both ways."""
    return Person("Alix", f"Numéro {number}", f"+3363998{number:04}", f"alix{number}@exemple.example", "fr")


def full_morning(house: House, **changes: Any) -> tuple[AppointmentType, list[Appointment]]:
    """A reason on Tuesday from 9 to 12 alone, with every slot taken; it is Monday, 9:00."""
    kind = reason(house, booking_horizon_minutes=7 * 24 * 60, **changes)
    open_weekly(house, kind)
    return kind, [book(house, kind, start, person=person(900 + i)) for i, start in enumerate(STARTS)]


def join(house: House, kind: AppointmentType, number: int = 1, **values: Any) -> WaitingEntry:
    """Put a visitor on the list."""
    made: WaitingEntry = house.database.in_transaction(
        house.organisation.id,
        join_waiting_list,
        values.pop("actor", None) or visitor(house),
        now=house.now,
        type_id=kind.id,
        person=values.pop("person", None) or person(number),
        **values,
    )
    return made


def waiter(house: House, entry: WaitingEntry) -> Actor:
    """Whoever has the link of an entry."""
    return Actor(ActorKind.BENEFICIARY, house.organisation.id, entry.id, 1)


def _as_waiter(house: House, use_case: Any, entry: WaitingEntry, **values: Any) -> Any:
    actor = waiter(house, entry)
    return house.database.in_transaction(
        house.organisation.id, use_case, actor, now=house.now, entry_id=entry.id, **values
    )


def accept(house: House, entry: WaitingEntry, **values: Any) -> Appointment:
    """Accept by link."""
    made: Appointment = _as_waiter(house, accept_offer, entry, **values)
    return made


def decline(house: House, entry: WaitingEntry) -> None:
    """Decline by link."""
    _as_waiter(house, decline_offer, entry)


def leave(house: House, entry: WaitingEntry) -> None:
    """Leave by link."""
    _as_waiter(house, leave_waiting_list, entry)


def work(house: House, until: datetime | None = None) -> None:
    """Let the worker do what is due, at another time if it is said."""
    if until is not None:
        house.clock.set(until)
    house.worker.run_until_empty()


def now_of(house: House, entry: WaitingEntry) -> tuple[str, datetime | None]:
    """How an entry stands: its status, and the start that is held for it."""
    with house.database.reading(house.organisation.id) as db:
        found = waiting.wait(db, entry.id)
        held = found.offer.starts_at if found.offer is not None and found.is_offered(house.now) else None
        return found.entry.status.value, held


def offers(house: House) -> list[Hold]:
    """Every offer that was made, in order."""
    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(Hold).where(Hold.waiting_entry_id.is_not(None)).order_by(Hold.id)))


def wait_path(house: House, entry: WaitingEntry, channel: str = "page") -> str:
    """The address of somebody's wait."""

    def token(db: Session) -> str:
        link = waiting.link_of(db, entry.id, channel)
        assert link is not None
        return link_token(link, house.keys)

    with house.database.reading(house.organisation.id) as db:
        return f"/attente/{token(db)}"
