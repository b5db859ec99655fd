"""From an address or a form to plain values; what cannot be read gets the answer of what does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from flask import request
from sqlalchemy.orm import Session

from booking.domain.intervals import Interval
from booking.domain.refusals import NotOpenToPublic, SlotTaken
from booking.models import AppointmentType, Channel
from booking.queries import offers
from booking.queries.finding import Question
from booking.queries.offers import Offer, monday_of
from booking.steps.holds import NETWORK_LETTERS
from directory.here import current_organisation
from directory.models import Venue
from foundation import ids
from foundation.times import local
from foundation.web.limits import network
from foundation.web.services import now, services

_WRITTEN = "%Y%m%d%H%M"
_YEARS = range(2000, 2200)
NOWHERE = "-"
_DIGITS = 3


@dataclass(frozen=True)
class Choice:
    """The button that was pressed: a start at a venue, or a workshop."""

    starts_at: datetime
    venue_id: int | None


def client() -> str:
    """Return the keyed hashes of the network and of the browser that the request comes from, to count live holds.

    One IPv6 subscriber has 2^64 addresses and more (RFC 6177): the network is counted, not the address.
    """
    within = services().keys.fingerprint("hold client: network", network())
    browser = services().keys.fingerprint("hold client: browser", request.user_agent.string)
    return within[:NETWORK_LETTERS] + browser[: 64 - NETWORK_LETTERS]


def has_far_venues(venues: list[Venue]) -> bool:
    """Say whether a venue lies in another time zone than the organisation's."""
    return any(venue.time_zone != current_organisation().time_zone for venue in venues)


def value_of(offer: Offer) -> str:
    """Return what the button of an offer sends."""
    return written(offer.starts_at, None if offer.venue is None else offer.venue.id)


def written(starts_at: datetime, venue_id: int | None) -> str:
    """Return a start at a venue as a button sends it: `chosen` reads it."""
    venue = NOWHERE if venue_id is None else ids.to_text(venue_id)
    return f"{starts_at.astimezone(UTC).strftime(_WRITTEN)}.{venue}"


def chosen() -> Choice:
    """Return which button was pressed; raise SlotTaken when it is none of ours."""
    start, _, venue = request.form.get("creneau", "").partition(".")
    try:
        starts_at = datetime.strptime(start, _WRITTEN).replace(tzinfo=UTC)
        venue_id = None if venue == NOWHERE else ids.from_text(venue)
    except ValueError as error:
        raise SlotTaken from error
    if starts_at.year not in _YEARS:
        raise SlotTaken
    return Choice(starts_at, venue_id)


def workshop_chosen() -> int:
    """Return which workshop's button was pressed; raise SlotTaken when it is none of ours."""
    try:
        return ids.from_text(request.form.get("atelier", ""))
    except ValueError as error:
        raise SlotTaken from error


def channel_of(kind: AppointmentType, text: str | None) -> Channel:
    """Return the channel asked for, by default the type's first; raise NotOpenToPublic for one it has not."""
    if text is None:
        return Channel(kind.channels[0])
    if text not in kind.channels:
        raise NotOpenToPublic
    return Channel(text)


def people_of(kind: AppointmentType, text: str | None) -> int:
    """Return how many come together, by default one; raise NotOpenToPublic for more than may, or what is no number."""
    if text is None:
        return 1
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS and 1 <= int(text) <= kind.most_people):
        raise NotOpenToPublic
    return int(text)


def people_sent() -> int:
    """Return how many come together, as the form says; 0 for what is no number, which no type allows."""
    text = request.form.get("personnes", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 0


def venue_of(venues: list[Venue], text: str | None) -> Venue | None:
    """Return the venue asked for, None for everywhere; raise NotOpenToPublic for one that is not here."""
    if not text:
        return None
    found = next((venue for venue in venues if ids.to_text(venue.id) == text), None)
    if found is None:
        raise NotOpenToPublic
    return found


def monday_asked(zone: str, now: datetime, horizon_minutes: int) -> date:
    """Return the Monday of the week asked for, never before this week nor after the horizon."""
    this_week = monday_of(local(now, zone).date())
    last_week = monday_of(local(now + timedelta(minutes=horizon_minutes), zone).date())
    try:
        asked = monday_of(date.fromisoformat(request.args.get("semaine", "")))
    except (ValueError, OverflowError):
        return this_week
    return min(max(asked, this_week), last_week)


def week_shown(db: Session, question: Question, monday: date) -> offers.Week:
    """Return the week that was asked for; without a wish, the first one that has something."""
    if "semaine" in request.args:
        return offers.week(db, question, monday=monday, now=now())
    return offers.week_with_something(db, question, monday=monday, now=now())


def neighbours(monday: date, now: datetime, horizon_minutes: int) -> dict[str, date | None]:
    """Return the weeks before and after that may hold something."""
    last = monday_of((now + timedelta(minutes=horizon_minutes)).date())
    a_week = timedelta(days=7)
    return {
        "previous": monday - a_week if monday > monday_of(now.date()) else None,
        "following": monday + a_week if monday < last else None,
    }


def question_of(kind: AppointmentType, channel: Channel, venue_id: int | None, *, people: int = 1) -> Question:
    """Return the question for a venue, or for everywhere; whoever asks it says of which starts."""
    venues = None if venue_id is None else (venue_id,)
    return Question(kind, channel, Interval(0, 1), venues=venues, people=people)
