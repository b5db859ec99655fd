"""Booking: what a hold has kept becomes the appointment of somebody who has said who they are."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from booking.api.answers import AppointmentAnswer, told_appointment
from booking.api.persons import PersonBody, faults_below_person, person_of
from booking.api.public import as_the_public
from booking.domain.refusals import AppointmentNotFound
from booking.queries import appointments, expected, holds
from booking.use_cases.confirm_hold import confirm_hold
from directory.queries import badges
from foundation import ids
from foundation.links import link_token
from foundation.web.api.fields import HouseSchema, Identifier, Instant, Part, Secret, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading, services

blueprint = ApiBlueprint("bookings", "What a hold has kept becomes somebody's appointment.")


class NewAppointment(HouseSchema):
    """What a hold has kept, and for whom."""

    hold = Secret(required=True, metadata={"description": "The token of the hold."})
    person = Part(PersonBody, required=True)


class OwnBadgeAnswer(HouseSchema):
    """The person's own badge: `text` is what its QR says."""

    id = Identifier(required=True)
    text = Secret(required=True)
    expires_at = Instant(required=True)


class BookedAnswer(AppointmentAnswer):
    """The appointment with what is the person's own: hand it to them, and keep it from others."""

    badge = Part(OwnBadgeAnswer, required=True, allow_none=True)
    ticket = Text(longest=400, required=True, metadata={"description": "The address of the person's own page."})


@blueprint.post("/appointments", as_the_public(), body=NewAppointment, answer=BookedAnswer, status=201)
def post_appointment(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Book what a hold has kept; the same hold for the same person is the same appointment.

    A hold that has lapsed books all the same when its slot is still free.
    """
    token = body["hold"]
    with reading() as db:
        region = holds.kept_by(db, token).region
    with faults_below_person():
        made = perform(confirm_hold, now=now(), token=token, person=person_of(body["person"], region))
    with reading() as db:
        told = {**told_appointment(expected.by_id(db, made.id)), **_own(db, made.id, made.beneficiary_id)}
    return told, 201, located(f"/appointments/{ids.to_text(made.id)}")


def _own(db: Session, appointment_id: int, beneficiary_id: int) -> dict[str, Any]:
    badge = badges.live_of(db, beneficiary_id, now=now())
    link = appointments.link_of(db, appointment_id, "page")
    if link is None:
        raise AppointmentNotFound
    text = None if badge is None else badges.text_of(db, badge, services().keys)
    return {
        "badge": None if badge is None else {"id": badge.id, "text": text, "expires_at": badge.expires_at},
        "ticket": f"{services().base_url}/rdv/{link_token(link, services().keys)}",
    }
