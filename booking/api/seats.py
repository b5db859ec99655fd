"""Seats in workshops: kept for the public, given by staff."""

from __future__ import annotations

from typing import Any

from booking.api.answers import AppointmentAnswer, told_appointment
from booking.api.holds import HoldAnswer, told_hold
from booking.api.persons import PersonBody, faults_below_person, person_of
from booking.api.public import as_the_public, client
from booking.queries import expected, holds, workshops
from booking.steps.holds import MOST_OF_A_PROGRAM
from booking.use_cases.book_seat_for_person import book_seat_for_person
from booking.use_cases.hold_seat import hold_seat
from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.queries import venues
from foundation import ids
from foundation.web.api.fields import HouseSchema, Part, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading

blueprint = ApiBlueprint("seats", "Seats in workshops: the last one goes to exactly one person.")


class NewSeat(HouseSchema):
    """Whom staff put into a workshop: nobody has to be reachable."""

    person = Part(PersonBody, required=True)


class NewSeatHold(HouseSchema):
    """Who wants a seat."""

    client = Text(
        longest=64,
        load_default=None,
        allow_none=True,
        metadata={"description": "Your name for who is typing: each keeps three slots or seats at most."},
    )


@blueprint.post(
    "/workshops/<id:workshop_id>/appointments",
    program(Permission.SEE_DAY),
    body=NewSeat,
    answer=AppointmentAnswer,
    status=201,
)
def post_seat_by_staff(body: dict[str, Any], workshop_id: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Put somebody into a workshop: notice and horizon do not bind staff, the number of seats does."""
    with reading() as db:
        region = venues.by_id(db, workshops.by_id(db, workshop_id).venue_id).region
    with faults_below_person():
        person = person_of(body["person"], region)
        made = perform(book_seat_for_person, now=now(), workshop_id=workshop_id, person=person)
    with reading() as db:
        told = told_appointment(expected.by_id(db, made.id))
    return told, 201, located(f"/appointments/{ids.to_text(made.id)}")


@blueprint.post("/workshops/<id:workshop_id>/holds", as_the_public(), body=NewSeatHold, answer=HoldAnswer, status=201)
def post_seat_hold(body: dict[str, Any], workshop_id: int) -> tuple[dict[str, Any], int]:
    """Keep a seat for ten minutes; the last one is kept for exactly one person."""
    with reading() as db:
        type_id = workshops.by_id(db, workshop_id).type_id
    held = perform(
        hold_seat,
        now=now(),
        client=client(body["client"]),
        type_id=type_id,
        workshop_id=workshop_id,
        most_of_network=MOST_OF_A_PROGRAM,
    )
    with reading() as db:
        return told_hold(held.token, holds.kept_by(db, held.token)), 201
