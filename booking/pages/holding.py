"""Page 3: who are you? The slot is kept while they type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.domain.person import Person
from booking.domain.refusals import HoldExpired, HoldNotFound, PersonFull, SlotTaken, WorkshopFull, WorkshopNotFound
from booking.domain.zones import says_zone
from booking.models import Appointment, AppointmentType, Hold, Workshop
from booking.pages import asking
from booking.pages.blueprint import blueprint
from booking.pages.choosing import lost
from booking.pages.forms import PersonForm
from booking.queries import appointments, holds, types
from booking.use_cases.confirm_hold import confirm_hold
from booking.use_cases.release_hold import release_hold
from booking.use_cases.renew_hold import renew_hold
from directory.here import current_organisation
from directory.models import Venue
from directory.pages.gates import visitors
from directory.queries import venues as places
from foundation.links import link_token
from foundation.web.access import open_to
from foundation.web.services import now, perform, reading, services


@dataclass(frozen=True)
class HeldView:
    """What page 3 says of a hold."""

    hold: Hold
    kind: AppointmentType
    venue: Venue | None
    workshop: Workshop | None
    has_far_venues: bool

    @property
    def zone(self) -> str:
        """Return the time zone of the place."""
        return self.venue.time_zone if self.venue else current_organisation().time_zone

    @property
    def region(self) -> str:
        """Return where telephone numbers are typed."""
        return self.venue.region if self.venue else current_organisation().region

    @property
    def says_zone(self) -> bool:
        """Say whether the hour goes with the name of its place."""
        return says_zone(
            self.zone,
            current_organisation().time_zone,
            has_far_venues=self.has_far_venues,
            is_remote=self.hold.channel.is_remote,
        )


@blueprint.get("/o/<slug>/garde/<token>")
@open_to(visitors)
def hold(slug: str, token: str) -> str | Response:
    """Ask who is coming; when this is done already, lead to the ticket."""
    view, done = _read(token)
    if done is not None:
        return redirect(_ticket_url(done.id), 303)
    form = PersonForm().worded(view.hold.channel)
    return _page(slug, token, view, form, view.hold.expires_at)


@blueprint.post("/o/<slug>/garde/<token>")
@open_to(visitors)
def confirm(slug: str, token: str) -> Response | tuple[str, int]:
    """Book; a form with an error comes back filled in, and its slot is kept longer."""
    view, done = _read(token)
    if done is not None:
        return redirect(_ticket_url(done.id), 303)
    form = PersonForm(request.form).worded(view.hold.channel)
    person = form.person(view.region)
    if person is None:
        return _page(slug, token, view, form, _renewed(token)), 422
    return _book(slug, token, view, person)


@blueprint.post("/o/<slug>/garde/<token>/rendre")
@open_to(visitors)
def release(slug: str, token: str) -> Response:
    """Give the slot back and choose again."""
    released = perform(release_hold, now=now(), token=token)
    return redirect(url_for("booking.slots", slug=slug, type_id=released.type_id), 303)


def _book(slug: str, token: str, view: HeldView, person: Person) -> Response | tuple[str, int]:
    try:
        appointment = perform(confirm_hold, now=now(), token=token, person=person)
    except (SlotTaken, WorkshopFull, WorkshopNotFound, PersonFull) as refusal:
        return lost(slug, view.kind.id, refusal, view.hold.starts_at)
    return redirect(_ticket_url(appointment.id), 303)


def _read(token: str) -> tuple[HeldView, Appointment | None]:
    with reading() as db:
        found = holds.by_token(db, token)
        if found.moves_appointment_id is not None:
            raise HoldNotFound
        venue = db.get(Venue, found.venue_id) if found.venue_id is not None else None
        workshop = db.get(Workshop, found.workshop_id) if found.workshop_id is not None else None
        far = asking.has_far_venues(places.every(db))
        view = HeldView(found, types.by_id(db, found.type_id), venue, workshop, far)
        return view, db.get(Appointment, found.id)


def _renewed(token: str) -> datetime | None:
    try:
        return perform(renew_hold, now=now(), token=token)
    except HoldExpired:
        return None


def _ticket_url(appointment_id: int) -> str:
    with reading() as db:
        link = appointments.link_of(db, appointment_id, "page")
    if link is None:
        raise HoldNotFound
    return url_for("booking.ticket", token=link_token(link, services().keys))


def _page(slug: str, token: str, view: HeldView, form: PersonForm, until: datetime | None) -> str:
    return render_template(
        "booking/hold.html",
        slug=slug,
        key=token,
        view=view,
        form=form,
        until=until if until is not None and until > now() else None,
    )
