"""Moving by link: choose another slot (kept at once), look, confirm."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from booking.domain.intervals import Interval
from booking.domain.refusals import HoldNotFound, SlotTaken
from booking.domain.zones import says_zone
from booking.pages import asking
from booking.pages.blueprint import blueprint
from booking.pages.ticket import holder, read_ticket
from booking.queries import holds, offers
from booking.queries.appointments import Ticket
from booking.queries.finding import Question
from booking.steps import moves
from booking.use_cases.confirm_move import confirm_move
from booking.use_cases.hold_move import hold_move
from booking.use_cases.release_hold import release_hold
from directory.models import Venue
from directory.queries import venues as places
from foundation.refusals import Refusal
from foundation.web.access import followed_link, open_to
from foundation.web.errors import sentence_of
from foundation.web.services import current_actor, now, perform, reading


@blueprint.get("/rdv/<token>/deplacer")
@open_to(holder)
def move_slots(token: str) -> str:
    """Show the slots that are as long as the appointment is."""
    found = read_ticket()
    moves.refuse(current_actor(), found.appointment, found.type, now=now())
    horizon = found.type.booking_horizon_minutes
    monday = asking.monday_asked(found.zone, now(), horizon)
    with reading() as db:
        every = places.every(db)
        venue = asking.venue_of(every, request.args.get("lieu"))
        week = asking.week_shown(db, _question(found, venue), monday)
    return render_template(
        "booking/move_slots.html",
        key=token,
        ticket=found,
        channel=found.appointment.channel,
        venue=venue,
        venues=every,
        far=asking.has_far_venues(every),
        week=week,
        **asking.neighbours(week.monday, now(), horizon),
        value_of=asking.value_of,
        monday_of=offers.monday_of,
        action=url_for("booking.keep_move", token=token),
    )


@blueprint.post("/rdv/<token>/deplacer")
@open_to(holder)
def keep_move(token: str) -> Response | tuple[str, int]:
    """Keep the chosen slot and ask for a last look."""
    wanted = now()
    try:
        choice = asking.chosen()
        wanted = choice.starts_at
        held = perform(
            hold_move,
            now=now(),
            client=asking.client(),
            appointment_id=followed_link().subject_id,
            venue_id=choice.venue_id,
            starts_at=choice.starts_at,
        )
    except SlotTaken as refusal:
        return _lost(token, refusal, wanted=wanted)
    return redirect(url_for("booking.move_page", token=token, hold=held.token), 303)


@blueprint.get("/rdv/<token>/deplacer/<hold>")
@open_to(holder)
def move_page(token: str, hold: str) -> str | Response:
    """Show both times, and a button for each way out."""
    found = read_ticket()
    with reading() as db:
        kept = holds.by_token(db, hold)
        venue = db.get(Venue, kept.venue_id) if kept.venue_id is not None else None
    if kept.moves_appointment_id != found.appointment.id:
        raise HoldNotFound
    there = (found.appointment.starts_at, found.appointment.venue_id)
    if (kept.starts_at, kept.venue_id) == there and kept.expires_at <= now():
        return redirect(url_for("booking.ticket", token=token), 303)
    moves.refuse(current_actor(), found.appointment, found.type, now=now())
    own, is_remote = found.organisation.time_zone, kept.channel.is_remote
    zone = venue.time_zone if venue else own
    until = kept.expires_at if kept.expires_at > now() else None
    return render_template(
        "booking/move.html",
        key=token,
        hold=hold,
        ticket=found,
        kept=kept,
        venue=venue,
        zone=zone,
        zone_is_said=says_zone(zone, own, has_far_venues=found.far_venues > 0, is_remote=is_remote),
        until=until,
    )


@blueprint.post("/rdv/<token>/deplacer/<hold>")
@open_to(holder)
def move(token: str, hold: str) -> Response | tuple[str, int]:
    """Move and show the ticket with its new time."""
    try:
        perform(confirm_move, now=now(), appointment_id=followed_link().subject_id, token=hold)
    except SlotTaken as refusal:
        with reading() as db:
            wanted = holds.by_token(db, hold).starts_at
        return _lost(token, refusal, wanted=wanted)
    return redirect(url_for("booking.ticket", token=token), 303)


@blueprint.post("/rdv/<token>/deplacer/<hold>/rendre")
@open_to(holder)
def release_move(token: str, hold: str) -> Response:
    """Give the other time back and choose again."""
    with reading() as db:
        if holds.by_token(db, hold).moves_appointment_id != followed_link().subject_id:
            raise HoldNotFound
    perform(release_hold, now=now(), token=hold)
    return redirect(url_for("booking.move_slots", token=token), 303)


def _question(found: Ticket, venue: Venue | None) -> Question:
    venues = None if venue is None else (venue.id,)
    return moves.question(found.appointment, found.type, starts=Interval(0, 1), venues=venues)


def _lost(token: str, refusal: Refusal, *, wanted: datetime) -> tuple[str, int]:
    found = read_ticket()
    with reading() as db:
        near = offers.nearest(db, _question(found, None), wanted=wanted, now=now())
    page = render_template(
        "booking/lost.html",
        kind=found.type,
        channel=found.appointment.channel,
        people=1,
        sentence=sentence_of(refusal),
        offers=near,
        workshops=[],
        value_of=asking.value_of,
        action=url_for("booking.keep_move", token=token),
        other_url=url_for("booking.move_slots", token=token),
    )
    return page, refusal.status
