"""The ticket: what the person keeps, on a page, in a calendar, as a badge."""

from __future__ import annotations

from flask import Response, render_template

from booking.domain import changes
from booking.domain.calendar import calendar_text
from booking.models import AppointmentStatus
from booking.pages.blueprint import blueprint
from booking.queries import appointments
from booking.queries.appointments import Ticket
from booking.queries.calendar import entry_of
from directory.domain.refusals import BeneficiaryNotFound
from directory.pages.gates import holder_of
from directory.queries import badges
from foundation.actors import ActorKind
from foundation.qr import qr_png, qr_svg
from foundation.times import local
from foundation.web.access import followed_link, open_to
from foundation.web.language import say
from foundation.web.services import now, reading, services

holder = holder_of("appointment", ActorKind.BENEFICIARY)


@blueprint.get("/rdv/<token>")
@open_to(holder)
def ticket(token: str) -> str:
    """Show the ticket; it prints on one sheet."""
    found = read_ticket()
    with reading() as db:
        badge = badges.live_of(db, found.beneficiary.id, now=now())
    is_past = found.appointment.ends_at <= now()
    return render_template(
        "booking/ticket.html",
        key=token,
        ticket=found,
        local_of=local,
        is_cancelled=found.appointment.status is AppointmentStatus.CANCELLED,
        is_requested=found.appointment.status is AppointmentStatus.REQUESTED,
        is_past=is_past,
        shows_badge=badge is not None and not is_past,
        may_change=may_change(found),
    )


@blueprint.get("/rdv/<token>/rendez-vous.ics")
@open_to(holder)
def calendar(token: str) -> Response:  # noqa: ARG001 - the gate follows it
    """Return the appointment for the person's own calendar."""
    entry = entry_of(read_ticket(), say, attendee=None, url=None)
    answer = Response(calendar_text(entry, method="PUBLISH", stamp=now()), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
    return answer


@blueprint.get("/rdv/<token>/badge.svg")
@open_to(holder)
def badge_svg(token: str) -> Response:  # noqa: ARG001
    """Draw the badge for the page."""
    return Response(qr_svg(_badge_text()), mimetype="image/svg+xml")


@blueprint.get("/rdv/<token>/badge.png")
@open_to(holder)
def badge_png(token: str) -> Response:  # noqa: ARG001
    """Draw the badge as a picture to keep."""
    return Response(qr_png(_badge_text()), mimetype="image/png")


def read_ticket() -> Ticket:
    """Return the ticket that the followed link opens."""
    with reading() as db:
        return appointments.ticket(db, followed_link().subject_id)


def may_change(found: Ticket) -> bool:
    """Say whether the person may still cancel or move by themselves."""
    return found.appointment.status in {AppointmentStatus.BOOKED, AppointmentStatus.REQUESTED} and changes.may_change(
        starts_at=found.appointment.starts_at, notice_minutes=found.type.cancel_notice_minutes, now=now()
    )


def _badge_text() -> str:
    with reading() as db:
        appointment = appointments.by_id(db, followed_link().subject_id)
        badge = badges.live_of(db, appointment.beneficiary_id, now=now())
        if badge is None:
            raise BeneficiaryNotFound
        return badges.text_of(db, badge, services().keys)
