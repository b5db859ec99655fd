"""What anybody can try: hold, confirm, move, cancel."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.attempts.crowd import LAPSED, Attempt, Crowd, Ticket, a_client, now_of, one_of, somebody, wish
from booking.models import Channel
from booking.use_cases.cancel_appointment import cancel_appointment
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.confirm_move import confirm_move
from booking.use_cases.hold_move import hold_move
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.hold_slot import hold_slot
from booking.use_cases.release_hold import release_hold
from booking.use_cases.renew_hold import renew_hold


def hold(crowd: Crowd, attempt: Attempt) -> None:
    """Hold a slot."""
    number, dice = attempt
    name, type_id = dice.choice(list(crowd.town.types.items()))
    people = dice.randint(1, 3) if name == "families" else 1
    wanted = {"type_id": type_id, "channel": Channel.ON_SITE, "people": people, **wish(crowd.town, number, dice)}
    held = crowd.do(hold_slot, crowd.visitor, now_of(number), client=a_client(dice), **wanted)
    crowd.tickets.append(Ticket(held.token, somebody(dice), number))


def keep_seat(crowd: Crowd, attempt: Attempt) -> None:
    """Hold a seat of a workshop."""
    number, dice = attempt
    workshop = {"type_id": crowd.town.group, "workshop_id": one_of(crowd.workshops, dice)}
    held = crowd.do(hold_seat, crowd.visitor, now_of(number), client=a_client(dice), **workshop)
    crowd.tickets.append(Ticket(held.token, somebody(dice), number))


def confirm(crowd: Crowd, attempt: Attempt) -> None:
    """Confirm a hold, or one that is confirmed already; now and then as somebody else."""
    _confirm(crowd, attempt, crowd.tickets)


def confirm_late(crowd: Crowd, attempt: Attempt) -> None:
    """Confirm a hold that has lapsed meanwhile, unless it was renewed."""
    _confirm(crowd, attempt, [ticket for ticket in list(crowd.tickets) if ticket.since + LAPSED < attempt.number])


def renew(crowd: Crowd, attempt: Attempt) -> None:
    """Keep a hold for longer."""
    number, dice = attempt
    crowd.do(renew_hold, crowd.visitor, now_of(number), token=one_of([*crowd.tickets, *crowd.moves], dice).token)


def release(crowd: Crowd, attempt: Attempt) -> None:
    """Give a hold back."""
    number, dice = attempt
    crowd.do(release_hold, crowd.visitor, now_of(number), token=one_of([*crowd.tickets, *crowd.moves], dice).token)


def keep_move(crowd: Crowd, attempt: Attempt) -> None:
    """Hold another time for an appointment."""
    number, dice = attempt
    appointment_id = one_of(crowd.appointments[::-1], dice)
    wanted = {"appointment_id": appointment_id, "client": a_client(dice), **wish(crowd.town, number, dice)}
    held = crowd.do(hold_move, crowd.holder(appointment_id), now_of(number), **wanted)
    crowd.moves.append(Ticket(held.token, somebody(dice), number, appointment_id))


def move(crowd: Crowd, attempt: Attempt) -> None:
    """Confirm the other time."""
    number, dice = attempt
    ticket = one_of(crowd.moves, dice)
    crowd.do(confirm_move, crowd.agent(dice), now_of(number), appointment_id=ticket.moves, token=ticket.token)


def cancel(crowd: Crowd, attempt: Attempt) -> None:
    """Cancel by link."""
    number, dice = attempt
    appointment_id = one_of(crowd.appointments[::-1], dice)
    crowd.do(cancel_appointment, crowd.holder(appointment_id), now_of(number), appointment_id=appointment_id)
    crowd.told_cancelled.add(appointment_id)


def _confirm(crowd: Crowd, attempt: Attempt, tickets: Sequence[Ticket]) -> None:
    number, dice = attempt
    ticket = one_of(tickets, dice)
    person = somebody(dice) if dice.random() < 0.1 else ticket.person  # noqa: PLR2004
    made = crowd.do(confirm_hold, crowd.visitor, now_of(number), token=ticket.token, person=person)
    crowd.told_booked.add(made.id)
