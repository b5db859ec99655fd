"""What staff can try: book for somebody, over what is there, decide requests, plan and change workshops."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from benchmarks.attempts.crowd import Attempt, Crowd, an_hour, now_of, one_of, somebody, wish
from benchmarks.attempts.town import CAPACITY
from booking.models import Channel
from booking.steps.engagements import Override
from booking.use_cases.book_for_person import book_for_person
from booking.use_cases.book_seat_for_person import book_seat_for_person
from booking.use_cases.cancel_workshop import cancel_workshop
from booking.use_cases.change_workshop import change_workshop
from booking.use_cases.decide_request import approve_request, refuse_request
from booking.use_cases.forget_old_holds import forget_old_holds
from booking.use_cases.mark_arrived import mark_arrived
from booking.use_cases.plan_workshop import plan_workshop
from foundation.actors import system


def book(crowd: Crowd, attempt: Attempt) -> None:
    """Staff book for somebody, whatever the grid."""
    wanted = wish(crowd.town, *attempt)
    later = timedelta(minutes=attempt.dice.randrange(10))
    _book(crowd, attempt, venue_id=wanted["venue_id"], starts_at=wanted["starts_at"] + later)


def book_over(crowd: Crowd, attempt: Attempt) -> None:
    """Staff book over what is there, or say that they would and have not seen it."""
    dice = attempt.dice
    over = tuple(crowd.appointments[:20]) if dice.random() < 0.5 else ()  # noqa: PLR2004
    override = Override("Urgence", over)
    agent = {"resource_id": dice.choice(crowd.town.resources)}
    _book(crowd, attempt, override=override, **agent, **wish(crowd.town, *attempt))


def book_seat(crowd: Crowd, attempt: Attempt) -> None:
    """Staff put somebody into a workshop."""
    number, dice = attempt
    workshop_id = one_of(crowd.workshops, dice)
    wanted = {"workshop_id": workshop_id, "person": somebody(dice)}
    made = crowd.do(book_seat_for_person, crowd.agent(dice), now_of(number), **wanted)
    crowd.told_booked.add(made.id)


def approve(crowd: Crowd, attempt: Attempt) -> None:
    """Approve a request."""
    number, dice = attempt
    crowd.do(approve_request, crowd.agent(dice), now_of(number), appointment_id=one_of(crowd.requests[::-1], dice))


def refuse(crowd: Crowd, attempt: Attempt) -> None:
    """Refuse a request."""
    number, dice = attempt
    appointment_id = one_of(crowd.requests[::-1], dice)
    crowd.do(refuse_request, crowd.agent(dice), now_of(number), appointment_id=appointment_id)
    crowd.told_cancelled.add(appointment_id)


def arrive(crowd: Crowd, attempt: Attempt) -> None:
    """Somebody has come."""
    number, dice = attempt
    crowd.do(mark_arrived, crowd.agent(dice), now_of(number), appointment_id=one_of(crowd.appointments[::-1], dice))


def plan(crowd: Crowd, attempt: Attempt) -> None:
    """Plan a workshop."""
    number, dice = attempt
    town = crowd.town
    what = {"type_id": town.group, "title": "Atelier", "capacity": dice.randint(1, CAPACITY)}
    where = {"venue_id": dice.choice(town.venues), "agent_resource_id": dice.choice(town.resources)}
    crowd.do(plan_workshop, crowd.agent(dice), now_of(number), starts_at=an_hour(number, dice), **what, **where)


def change(crowd: Crowd, attempt: Attempt) -> None:
    """Give a workshop another time, or more or fewer seats."""
    number, dice = attempt
    other_time = {"starts_at": an_hour(number, dice)}
    changes = other_time if dice.random() < 0.5 else {"capacity": dice.randint(1, CAPACITY)}  # noqa: PLR2004
    workshop_id = one_of(crowd.workshops, dice)
    crowd.do(change_workshop, crowd.agent(dice), now_of(number), workshop_id=workshop_id, changes=changes)


def call_off(crowd: Crowd, attempt: Attempt) -> None:
    """Cancel a workshop: everybody's seat is cancelled with it."""
    number, dice = attempt
    crowd.do(cancel_workshop, crowd.agent(dice), now_of(number), workshop_id=one_of(crowd.workshops, dice))


def forget(crowd: Crowd, attempt: Attempt) -> None:
    """Forget what was held a day ago, as each night."""
    crowd.do(forget_old_holds, system(crowd.town.organisation_id), now_of(attempt.number))


def _book(crowd: Crowd, attempt: Attempt, **values: Any) -> None:
    number, dice = attempt
    _, type_id = dice.choice(list(crowd.town.types.items()))
    person = replace(somebody(dice), phone=None, email=None) if dice.random() < 0.2 else somebody(dice)  # noqa: PLR2004
    wanted = {"type_id": type_id, "channel": Channel.ON_SITE}
    made = crowd.do(book_for_person, crowd.agent(dice), now_of(number), person=person, **wanted, **values)
    crowd.told_booked.add(made.id)
