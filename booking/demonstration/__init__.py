"""The demonstration's diary: what can be booked, when it is open, and a month of people who came or did not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from booking.demonstration.month import book_in_a_moment, book_weeks, who_came
from booking.demonstration.offer import make_offer, open_for_weeks, plan_workshops
from directory.demonstration import Coming, Office
from foundation.web.services import Services


@dataclass(frozen=True)
class Diary:
    """What attendance goes on with: who came to a desk in the past month, and everybody who is known."""

    came: tuple[Coming, ...]
    people: tuple[int, ...]


def furnish(services: Services, office: Office) -> Diary:
    """Write it all in one transaction."""
    now = services.clock.now()

    def write(db: Session) -> Diary:
        offer = make_offer(db, office, now)
        open_for_weeks(db, office, offer, now)
        plan_workshops(db, office, offer, now)
        booked = list(book_weeks(db, office, offer, now))
        book_in_a_moment(db, office, offer, now)
        return Diary(tuple(who_came(booked, now)), tuple(dict.fromkeys(one.beneficiary_id for one in booked)))

    return services.database.in_transaction(office.organisation.id, write)
