"""The waiting list: joining it, and the page of somebody who waits. Nothing changes by a GET."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.domain.person import Person
from booking.domain.refusals import (
    AlreadyWaiting,
    NotFull,
    PersonFull,
    SlotTaken,
    TooManyPeople,
    UnfitValues,
    WorkshopFull,
    WorkshopNotFound,
)
from booking.domain.waiting import MOST_OFFERS, Wishes
from booking.models import WaitingStatus
from booking.pages import asking
from booking.pages.blueprint import blueprint
from booking.pages.ticket import holder, read_ticket
from booking.pages.wait_forms import WaitForm, Wanted
from booking.queries import appointments, waiting
from booking.queries.waiting import LIVE
from booking.steps import moves
from booking.use_cases.accept_offer import accept_offer
from booking.use_cases.decline_offer import decline_offer
from booking.use_cases.join_waiting_list import join_waiting_list
from booking.use_cases.leave_waiting_list import leave_waiting_list
from booking.use_cases.wait_for_earlier import wait_for_earlier
from directory.pages.gates import holder_of, visitors
from foundation.actors import ActorKind
from foundation.links import link_token
from foundation.refusals import Refusal
from foundation.times import local, say_day, say_hour, say_moment
from foundation.web.access import followed_link, open_to
from foundation.web.errors import sentence_of
from foundation.web.language import locale, say
from foundation.web.services import current_actor, now, perform, reading, services

waiter = holder_of("waiting", ActorKind.BENEFICIARY)


@blueprint.get("/o/<slug>/motif/<id:type_id>/attendre")
@open_to(visitors)
def wait_form(slug: str, type_id: int) -> str:
    """Ask who waits, and what suits them."""
    wanted = Wanted(type_id)
    return _form_page(slug, wanted, wanted.form())


@blueprint.post("/o/<slug>/motif/<id:type_id>/attendre")
@open_to(visitors)
def join(slug: str, type_id: int) -> Response | tuple[str, int]:
    """Put them on the list and show their page; a form with an error comes back filled in."""
    wanted = Wanted(type_id)
    form = wanted.form(request.form)
    person, wishes = form.person(wanted.region), form.wishes()
    if person is None or wishes is None or form.errors:
        return _form_page(slug, wanted, form), 422
    try:
        return redirect(_page_url(_join(wanted, person, wishes)), 303)
    except (UnfitValues, TooManyPeople) as refusal:
        form.fill_in(refusal.fields)
        return _form_page(slug, wanted, form), refusal.status
    except (AlreadyWaiting, NotFull) as refusal:
        return _form_page(slug, wanted, form, sentence_of(refusal)), refusal.status


@blueprint.get("/rdv/<token>/plus-tot")
@open_to(holder)
def earlier_form(token: str) -> str:
    """Ask somebody who has an appointment what would suit them better."""
    found = read_ticket()
    moves.refuse(current_actor(), found.appointment, found.type, now=now())
    form = WaitForm().worded(found.appointment.channel, asks_person=False)
    return render_template("booking/waiting_earlier.html", key=token, ticket=found, form=form, sentence=None)


@blueprint.post("/rdv/<token>/plus-tot")
@open_to(holder)
def join_for_earlier(token: str) -> Response | tuple[str, int]:
    """Put them on the list; they keep their appointment."""
    found = read_ticket()
    form = WaitForm(request.form).worded(found.appointment.channel, asks_person=False)
    sentence, wishes = None, form.wishes()
    try:
        if wishes is not None:
            mine = followed_link().subject_id
            entry = perform(wait_for_earlier, now=now(), appointment_id=mine, wishes=wishes)
            return redirect(_page_url(entry.id), 303)
    except UnfitValues as refusal:
        form.fill_in(refusal.fields)
    except AlreadyWaiting as refusal:
        sentence = sentence_of(refusal)
    page = render_template("booking/waiting_earlier.html", key=token, ticket=found, form=form, sentence=sentence)
    return page, 422 if sentence is None else 409


@blueprint.get("/attente/<token>")
@open_to(waiter)
def wait(token: str) -> str:
    """Show how the wait stands: what is kept and until when, or that nothing is yet."""
    return _wait_page(token)


@blueprint.post("/attente/<token>/accepter")
@open_to(waiter)
def accept(token: str) -> Response | tuple[str, int]:
    """Accept what was seen, and show the ticket."""
    try:
        starts_at = asking.chosen().starts_at
        mine = followed_link().subject_id
        made = perform(accept_offer, now=now(), entry_id=mine, starts_at=starts_at)
    except (SlotTaken, WorkshopFull, WorkshopNotFound, PersonFull) as refusal:
        return _wait_page(token, refusal), refusal.status
    return redirect(_ticket_url(made.id), 303)


@blueprint.post("/attente/<token>/refuser")
@open_to(waiter)
def decline(token: str) -> Response:
    """Decline, and show that the wait goes on."""
    perform(decline_offer, now=now(), entry_id=followed_link().subject_id)
    return redirect(url_for("booking.wait", token=token), 303)


@blueprint.post("/attente/<token>/quitter")
@open_to(waiter)
def leave(token: str) -> Response:
    """Leave the list."""
    perform(leave_waiting_list, now=now(), entry_id=followed_link().subject_id)
    return redirect(url_for("booking.wait", token=token), 303)


def _join(wanted: Wanted, person: Person, wishes: Wishes) -> int:
    entry = perform(
        join_waiting_list,
        now=now(),
        type_id=wanted.kind.id,
        person=person,
        channel=wanted.channel,
        workshop_id=wanted.workshop.id if wanted.workshop else None,
        venue_id=wanted.venue.id if wanted.venue else None,
        people=wanted.people,
        wishes=wishes,
        client=asking.client(),
    )
    return entry.id


def _form_page(slug: str, wanted: Wanted, form: WaitForm, sentence: str | None = None) -> str:
    return render_template(
        "booking/waiting_form.html", slug=slug, wanted=wanted, form=form, sentence=sentence, here=request.full_path
    )


def _wait_page(token: str, refusal: Refusal | None = None) -> str:
    with reading() as db:
        found = waiting.wait(db, followed_link().subject_id)
        served = found.entry.status is WaitingStatus.SERVED
        mine = None if found.entry.appointment_id is None else appointments.by_id(db, found.entry.appointment_id)
        link = None if not (mine and served) else appointments.link_of(db, mine.id, "page")
    is_offered = found.is_offered(now())
    return render_template(
        "booking/waiting.html",
        key=token,
        wait=found,
        is_offered=is_offered,
        is_live=found.entry.status in LIVE,
        may_try=found.may_still_try(now()) and refusal is None,
        until=_until(found) if is_offered else "",
        last_day=say_day(local(found.entry.ends_at, found.zone).date(), locale()),
        most=MOST_OFFERS,
        mine=mine,
        seen=_seen(found),
        ticket_url=None if link is None else url_for("booking.ticket", token=link_token(link, services().keys)),
        sentence=None if refusal is None else sentence_of(refusal),
    )


def _until(found: waiting.Wait) -> str:
    if found.offer is None:
        return ""
    end = local(found.offer.expires_at, found.zone)
    if end.date() == local(now(), found.zone).date():
        return say("booking.waiting.until_hour", hour=say_hour(end, locale()))
    return say("booking.waiting.until_moment", moment=say_moment(found.offer.expires_at, found.zone, say, locale()))


def _seen(found: waiting.Wait) -> str:
    return "" if found.offer is None else asking.written(found.offer.starts_at, found.offer.venue_id)


def _page_url(entry_id: int) -> str:
    with reading() as db:
        link = waiting.link_of(db, entry_id, "page")
    if link is None:
        raise WorkshopNotFound
    return url_for("booking.wait", token=link_token(link, services().keys))


def _ticket_url(appointment_id: int) -> str:
    with reading() as db:
        link = appointments.link_of(db, appointment_id, "page")
    if link is None:
        raise WorkshopNotFound
    return url_for("booking.ticket", token=link_token(link, services().keys))
