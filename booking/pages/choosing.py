"""Page 2: where, how and when? Choosing is a POST, because it keeps the slot."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.domain.refusals import NotOpenToPublic, SlotTaken, TooManyPeople, WorkshopFull, WorkshopNotFound
from booking.models import AppointmentType, Channel
from booking.pages import asking
from booking.pages.blueprint import blueprint
from booking.queries import offers, types, workshops
from booking.steps.offered import refuse_closed_to_public
from booking.use_cases.hold_seat import hold_seat
from booking.use_cases.hold_slot import hold_slot
from directory.here import current_organisation
from directory.pages.gates import visitors
from directory.queries import venues as places
from foundation.refusals import Refusal
from foundation.web.access import open_to
from foundation.web.errors import sentence_of
from foundation.web.services import now, perform, reading


@blueprint.get("/o/<slug>/motif/<id:type_id>")
@open_to(visitors)
def slots(slug: str, type_id: int) -> str:
    """Show the next free slot, then a week by day; the filters are links."""
    with reading() as db:
        kind = types.offered_by_id(db, type_id)
        refuse_closed_to_public(kind)
        coming = workshops.coming(db, kind, now=now()) if kind.is_workshop else []
    if kind.is_workshop:
        return render_template("booking/workshops.html", slug=slug, kind=kind, workshops=coming)
    return _week_page(slug, kind)


@blueprint.post("/o/<slug>/motif/<id:type_id>/garder")
@open_to(visitors)
def keep(slug: str, type_id: int) -> Response | tuple[str, int]:
    """Keep the chosen slot or seat and go to page 3; when it is lost, show the nearest others."""
    wanted = now()
    try:
        if "atelier" in request.form:
            workshop_id = asking.workshop_chosen()
            held = perform(hold_seat, now=now(), client=asking.client(), type_id=type_id, workshop_id=workshop_id)
        else:
            choice = asking.chosen()
            wanted = choice.starts_at
            held = perform(
                hold_slot,
                now=now(),
                client=asking.client(),
                type_id=type_id,
                venue_id=choice.venue_id,
                channel=_channel_sent(),
                starts_at=choice.starts_at,
                people=asking.people_sent(),
            )
    except (SlotTaken, NotOpenToPublic, TooManyPeople, WorkshopFull, WorkshopNotFound) as refusal:
        return lost(slug, type_id, refusal, wanted)
    return redirect(url_for("booking.hold", slug=slug, token=held.token), 303)


def lost(slug: str, type_id: int, refusal: Refusal, wanted: datetime) -> tuple[str, int]:
    """Say why not, and show what is nearest to what was wanted."""
    with reading() as db:
        kind = types.offered_by_id(db, type_id)
        coming = workshops.coming(db, kind, now=now()) if kind.is_workshop else []
        text = request.form.get("modalite")
        channel = Channel(text) if text in kind.channels else Channel(kind.channels[0])
        found = []
        people = min(max(asking.people_sent(), 1), kind.most_people)
        if not kind.is_workshop:
            refuse_closed_to_public(kind)
            question = asking.question_of(kind, channel, None, people=people)
            found = offers.nearest(db, question, wanted=wanted, now=now())
    page = render_template(
        "booking/lost.html",
        slug=slug,
        kind=kind,
        channel=channel,
        people=people,
        sentence=sentence_of(refusal),
        offers=found,
        workshops=[one for one in coming if one.free_seats > 0],
        value_of=asking.value_of,
        action=url_for("booking.keep", slug=slug, type_id=type_id),
        other_url=url_for("booking.slots", slug=slug, type_id=type_id),
    )
    return page, refusal.status


def _week_page(slug: str, kind: AppointmentType) -> str:
    channel = asking.channel_of(kind, request.args.get("modalite"))
    people = asking.people_of(kind, request.args.get("personnes"))
    horizon = kind.booking_horizon_minutes
    monday = asking.monday_asked(current_organisation().time_zone, now(), horizon)
    with reading() as db:
        every = places.every(db)
        venue = asking.venue_of(every, request.args.get("lieu"))
        question = asking.question_of(kind, channel, venue.id if venue else None, people=people)
        week = asking.week_shown(db, question, monday)
    return render_template(
        "booking/slots.html",
        slug=slug,
        kind=kind,
        channel=channel,
        people=people,
        venue=venue,
        venues=every,
        far=asking.has_far_venues(every),
        week=week,
        **asking.neighbours(week.monday, now(), horizon),
        value_of=asking.value_of,
        monday_of=offers.monday_of,
        action=url_for("booking.keep", slug=slug, type_id=kind.id),
    )


def _channel_sent() -> Channel:
    try:
        return Channel(request.form.get("modalite", ""))
    except ValueError as error:
        raise NotOpenToPublic from error
