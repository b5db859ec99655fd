"""The waiting list: who waits for a reason or for a workshop that is full, in order, and what they are offered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from booking.api.answers import AppointmentAnswer, ExpectedPersonAnswer, told_appointment
from booking.api.persons import PersonBody, faults_below_person, person_of
from booking.api.public import as_the_public, client
from booking.domain.refusals import WaitingEntryNotFound
from booking.domain.waiting import MOST_OFFERS, Wishes
from booking.models import Channel, WaitingEntry, WaitingStatus
from booking.queries import expected, waiters, waiting, workshops
from booking.use_cases.accept_offer import accept_offer
from booking.use_cases.decline_offer import decline_offer
from booking.use_cases.join_waiting_list import MOST_OF_A_PROGRAM, join_waiting_list
from booking.use_cases.leave_waiting_list import leave_waiting_list
from booking.use_cases.wait_for_earlier import wait_for_earlier
from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.here import current_organisation
from directory.queries import venues
from foundation import ids
from foundation.links import link_token
from foundation.refusals import Invalid
from foundation.rows import take_page
from foundation.times import local
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, Day, HouseSchema, Identifier, Instant, Part, Text, WallClock, Whole
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading, services

blueprint = ApiBlueprint(
    "waiting-list",
    "Who would like to be told when something is free, the first first. What is freed is held for them for a while, "
    f"at most one offer a day and {MOST_OFFERS} in all; between 20:00 and 08:00 none is made and none runs out.",
)
staff = program(Permission.SEE_DAY)


class WishesBody(HouseSchema):
    """Which starts are wanted, on the wall clock of the place; null is no limit."""

    first_day = Day(load_default=None, allow_none=True)
    last_day = Day(load_default=None, allow_none=True, metadata={"description": "Included."})
    from_hour = WallClock(load_default=None, allow_none=True)
    until_hour = WallClock(
        load_default=None, allow_none=True, may_end_the_day=True, metadata={"description": "Excluded."}
    )


class NewWait(WishesBody):
    """Who waits, and for what: a reason, or one of its workshops (then its place and time are what is wanted)."""

    type_id = Identifier(required=True)
    workshop_id = Identifier(load_default=None, allow_none=True)
    channel = Choice(Channel, load_default=Channel.ON_SITE)
    venue_id = Identifier(load_default=None, allow_none=True, metadata={"description": "Null: anywhere."})
    people = Whole(least=1, most=20, load_default=1, metadata={"description": "How many come together."})
    person = Part(PersonBody, required=True)


class EarlierWait(WishesBody):
    """What would suit somebody better who has an appointment."""

    may_be_absent = True


class AcceptanceBody(HouseSchema):
    """What was seen: the offer of another start is not accepted by it."""

    may_be_absent = True

    starts_at = Instant(load_default=None, allow_none=True)


class OfferAnswer(HouseSchema):
    """What is held for somebody, and until when."""

    venue_id = Identifier(required=True, allow_none=True)
    time_zone = Text(longest=60, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    expires_at = Instant(required=True)


class WaitAnswer(HouseSchema):
    """Somebody on the list. `appointment_id` is the one they would like to be earlier; once served, what they have."""

    id = Identifier(required=True)
    type_id = Identifier(required=True)
    workshop_id = Identifier(required=True, allow_none=True)
    appointment_id = Identifier(required=True, allow_none=True)
    channel = Choice(Channel, required=True)
    venue_id = Identifier(required=True, allow_none=True)
    people = Whole(required=True)
    first_day = Day(required=True, allow_none=True)
    last_day = Day(required=True, allow_none=True)
    from_hour = WallClock(required=True, allow_none=True)
    until_hour = WallClock(required=True, allow_none=True, may_end_the_day=True)
    status = Choice(WaitingStatus, required=True)
    offers_made = Whole(most=MOST_OFFERS, required=True)
    joined_at = Instant(required=True)
    ends_at = Instant(required=True)
    beneficiary = Part(ExpectedPersonAnswer, required=True)
    offer = Part(OfferAnswer, required=True, allow_none=True)


class JoinedAnswer(WaitAnswer):
    """Somebody on the list with their own page: hand it to them, and keep it from others."""

    page = Text(longest=400, required=True, metadata={"description": "The address of the person's own page."})


class WaitsAsked(PageAsked):
    """Whose waits: of a reason, of a workshop, in a state."""

    type_id = Identifier(load_default=None)
    workshop_id = Identifier(load_default=None)
    status = Choice(WaitingStatus, load_default=None)


@blueprint.get("/waiting-list", staff, query=WaitsAsked, answer=page_of(WaitAnswer))
def list_waits(asked: dict[str, Any]) -> dict[str, Any]:
    """List who waits or has waited, in their order."""
    page = {name: asked.pop(name) for name in ("after", "limit")}
    with reading() as db:
        items, following = take_page(db, waiters.select_every(**asked), WaitingEntry.id, **page)
        found = waiters.with_people(db, items)
    return {"items": [_told(one) for one in found], "next": following}


@blueprint.post("/waiting-list", as_the_public(), body=NewWait, answer=JoinedAnswer, status=201)
def post_wait(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Put somebody of the public on the list; the answer has the address of their page."""
    return _joined(body, client=client(), most_of_client=MOST_OF_A_PROGRAM)


@blueprint.post("/waiting-list/by-staff", staff, body=NewWait, answer=JoinedAnswer, status=201)
def post_wait_by_staff(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Put somebody on the list who is there or on the telephone: whoever is known already stays who they are."""
    return _joined(body)


@blueprint.post("/appointments/<id:appointment_id>/waiting", staff, body=EarlierWait, answer=JoinedAnswer, status=201)
def post_earlier(body: dict[str, Any], appointment_id: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Put who has an appointment on the list for an earlier one; they keep it until they accept another."""
    with _faults_of_hours():
        made = perform(wait_for_earlier, now=now(), appointment_id=appointment_id, wishes=_wishes(body))
    return _own(made.id), 201, located(f"/waiting-list/{ids.to_text(made.id)}")


@blueprint.get("/waiting-list/<id:waiting_entry_id>", staff, answer=WaitAnswer)
def show_wait(waiting_entry_id: int) -> dict[str, Any]:
    """Show somebody's wait, with what is held for them."""
    return _shown(waiting_entry_id)


@blueprint.post(
    "/waiting-list/<id:waiting_entry_id>/offer/acceptance", staff, body=AcceptanceBody, answer=AppointmentAnswer
)
def post_acceptance(body: dict[str, Any], waiting_entry_id: int) -> dict[str, Any]:
    """Accept what was offered last; a second time it is the same appointment. Late, only when it is still free."""
    starts_at: datetime | None = body["starts_at"]
    made = perform(accept_offer, now=now(), entry_id=waiting_entry_id, starts_at=starts_at)
    with reading() as db:
        return told_appointment(expected.by_id(db, made.id))


@blueprint.post("/waiting-list/<id:waiting_entry_id>/offer/refusal", staff, answer=WaitAnswer)
def post_offer_refusal(waiting_entry_id: int) -> dict[str, Any]:
    """Decline what is offered: it goes to the next. A second time changes nothing."""
    perform(decline_offer, now=now(), entry_id=waiting_entry_id)
    return _shown(waiting_entry_id)


@blueprint.delete("/waiting-list/<id:waiting_entry_id>", staff, status=204)
def delete_wait(waiting_entry_id: int) -> tuple[str, int]:
    """Leave the list; what is offered goes to the next. A wait that is over stays as it is."""
    perform(leave_waiting_list, now=now(), entry_id=waiting_entry_id)
    return "", 204


def _joined(body: dict[str, Any], **counted: Any) -> tuple[dict[str, Any], int, dict[str, str]]:
    wishes = _wishes(body)
    with faults_below_person(), _faults_of_hours():
        person = person_of(body.pop("person"), _region(body["venue_id"], body["workshop_id"]))
        made = perform(join_waiting_list, now=now(), person=person, wishes=wishes, **body, **counted)
    return _own(made.id), 201, located(f"/waiting-list/{ids.to_text(made.id)}")


def _wishes(body: dict[str, Any]) -> Wishes:
    return Wishes(*(body.pop(name) for name in ("first_day", "last_day", "from_hour", "until_hour")))


@contextmanager
def _faults_of_hours() -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        refusal.fields = {name.replace("_minute", "_hour"): sentence for name, sentence in refusal.fields.items()}
        raise


def _region(venue_id: int | None, workshop_id: int | None) -> str:
    with reading() as db:
        if workshop_id is not None:
            venue_id = workshops.by_id(db, workshop_id).venue_id
        return current_organisation().region if venue_id is None else venues.by_id(db, venue_id).region


def _own(entry_id: int) -> dict[str, Any]:
    with reading() as db:
        link = waiting.link_of(db, entry_id, "page")
    if link is None:
        raise WaitingEntryNotFound
    return {**_shown(entry_id), "page": f"{services().base_url}/attente/{link_token(link, services().keys)}"}


def _shown(entry_id: int) -> dict[str, Any]:
    with reading() as db:
        (found,) = waiters.with_people(db, [waiting.by_id(db, entry_id)])
    return _told(found)


def _told(found: waiters.Waiter) -> dict[str, Any]:
    entry, offer = found.entry, found.offer
    plain = ("id", "type_id", "workshop_id", "appointment_id", "channel", "venue_id", "people", "status", "offers_made")
    is_held = entry.status is WaitingStatus.OFFERED and offer is not None and offer.expires_at > now()
    return {
        **{name: getattr(entry, name) for name in (*plain, "first_day", "last_day")},
        "from_hour": entry.from_minute,
        "until_hour": entry.until_minute,
        "joined_at": local(entry.joined_at, found.zone),
        "ends_at": local(entry.ends_at, found.zone),
        "beneficiary": found.beneficiary,
        "offer": {
            "venue_id": offer.venue_id,
            "time_zone": found.offer_zone,
            **{name: local(getattr(offer, name), found.offer_zone) for name in ("starts_at", "ends_at", "expires_at")},
        }
        if is_held and offer is not None
        else None,
    }
