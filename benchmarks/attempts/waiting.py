"""The waiting list in the crowd: who joins, what is offered as the worker does, and who says yes, no or nothing."""

from __future__ import annotations

from benchmarks.attempts.crowd import Attempt, Crowd, a_client, now_of, one_of, somebody
from booking.domain.events import LookedFor
from booking.use_cases.accept_offer import accept_offer
from booking.use_cases.decline_offer import decline_offer, let_offer_run_out
from booking.use_cases.join_waiting_list import join_waiting_list
from booking.use_cases.leave_waiting_list import leave_waiting_list
from booking.use_cases.offer_freed_time import offer_freed_time
from booking.use_cases.wait_for_earlier import wait_for_earlier
from foundation.actors import system


def wait(crowd: Crowd, attempt: Attempt) -> None:
    """Join the list of a type."""
    number, dice = attempt
    wanted = {"type_id": dice.choice(list(crowd.town.types.values())), "client": a_client(dice)}
    crowd.do(join_waiting_list, crowd.visitor, now_of(number), person=somebody(dice), **wanted)


def wait_for_seat(crowd: Crowd, attempt: Attempt) -> None:
    """Join the list of a workshop that is full."""
    number, dice = attempt
    wanted = {"type_id": crowd.town.group, "workshop_id": one_of(crowd.workshops, dice), "client": a_client(dice)}
    crowd.do(join_waiting_list, crowd.visitor, now_of(number), person=somebody(dice), **wanted)


def wait_earlier(crowd: Crowd, attempt: Attempt) -> None:
    """Wait for an earlier appointment than one's own."""
    number, dice = attempt
    appointment_id = one_of(crowd.appointments[::-1], dice)
    crowd.do(wait_for_earlier, crowd.holder(appointment_id), now_of(number), appointment_id=appointment_id)


def offer(crowd: Crowd, attempt: Attempt) -> None:
    """Look through a list for something free, and offer it."""
    number, dice = attempt
    asked = LookedFor(dice.choice(list(crowd.town.types.values())))
    if crowd.workshops and dice.random() < 0.3:  # noqa: PLR2004
        asked = LookedFor(crowd.town.group, one_of(crowd.workshops, dice))
    crowd.do(offer_freed_time, system(crowd.town.organisation_id), now_of(number), asked=asked)


def accept(crowd: Crowd, attempt: Attempt) -> None:
    """Say yes to an offer, in time or late."""
    number, dice = attempt
    made = crowd.do(accept_offer, crowd.agent(dice), now_of(number), entry_id=one_of(crowd.offered, dice).entry_id)
    crowd.told_booked.add(made.id)


def decline(crowd: Crowd, attempt: Attempt) -> None:
    """Say no to an offer."""
    number, dice = attempt
    crowd.do(decline_offer, crowd.agent(dice), now_of(number), entry_id=one_of(crowd.offered, dice).entry_id)


def run_out(crowd: Crowd, attempt: Attempt) -> None:
    """Nobody has answered an offer: its time may be over."""
    number, dice = attempt
    offered = one_of(crowd.offered, dice)
    crowd.do(let_offer_run_out, system(crowd.town.organisation_id), now_of(number), **offered._asdict())


def leave(crowd: Crowd, attempt: Attempt) -> None:
    """Leave the list."""
    number, dice = attempt
    crowd.do(leave_waiting_list, crowd.agent(dice), now_of(number), entry_id=one_of(crowd.waiting, dice))
