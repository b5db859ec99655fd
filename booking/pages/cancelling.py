"""Cancelling by link: a page with a button, because a GET changes nothing."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from booking.domain.changes import refuse_late_cancelling
from booking.domain.refusals import AlreadyCancelled, NotMovable
from booking.models import AppointmentStatus
from booking.pages.blueprint import blueprint
from booking.pages.ticket import holder, read_ticket
from booking.use_cases.cancel_appointment import cancel_appointment
from foundation.web.access import followed_link, open_to
from foundation.web.services import now, perform


@blueprint.get("/rdv/<token>/annuler")
@open_to(holder)
def cancel_page(token: str) -> str:
    """Ask whether they are sure."""
    found = read_ticket()
    if found.appointment.status is AppointmentStatus.CANCELLED:
        raise AlreadyCancelled
    if found.appointment.status not in {AppointmentStatus.BOOKED, AppointmentStatus.REQUESTED}:
        raise NotMovable
    refuse_late_cancelling(
        starts_at=found.appointment.starts_at, notice_minutes=found.type.cancel_notice_minutes, now=now()
    )
    return render_template("booking/cancel.html", key=token, ticket=found)


@blueprint.post("/rdv/<token>/annuler")
@open_to(holder)
def cancel(token: str) -> Response:
    """Cancel and show the ticket, which says so."""
    perform(cancel_appointment, now=now(), appointment_id=followed_link().subject_id)
    return redirect(url_for("booking.ticket", token=token), 303)
