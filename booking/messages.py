"""Mails and SMS of booking, made when they leave: in the person's language, in the time of the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking import waiting_messages
from booking.domain.calendar import calendar_text
from booking.models import AppointmentStatus, Channel
from booking.queries import appointments
from booking.queries.appointments import Ticket
from booking.queries.calendar import entry_of
from directory.domain.contacts import show_phone
from directory.queries import badges
from foundation.links import link_token
from foundation.messages import SEGMENT, Attachment, Mail, Sms, in_one_alphabet
from foundation.qr import qr_png
from foundation.stationery import Letter, Stationery
from foundation.times import local, say_day, say_moment
from foundation.wording import Say
from foundation.worker import Composer

SUBJECTS = ("request", "confirmation", "move", "cancellation")


@dataclass(frozen=True)
class News:
    """What one message is about."""

    db: Session
    stationery: Stationery
    subject: str
    ticket: Ticket
    url: str
    now: datetime

    @property
    def language(self) -> str:
        """Return the person's language."""
        return self.ticket.beneficiary.language

    @property
    def say(self) -> Say:
        """Return the sentences in the person's language."""
        return self.stationery.wording.in_language(self.language)

    @property
    def moment(self) -> str:
        """Return the day and hour in the time of the place."""
        return say_moment(self.ticket.appointment.starts_at, self.ticket.zone, self.say, self.language)

    @property
    def is_cancellation(self) -> bool:
        """Say whether nobody is expected any more."""
        return self.subject == "cancellation"

    @property
    def is_request(self) -> bool:
        """Say whether staff have yet to decide: nothing is to be put into a calendar or shown at the door."""
        return self.subject == "request"

    def zone_note(self) -> str:
        """Return whose time it is, when that is not the organisation's."""
        ticket = self.ticket
        if ticket.venue is None or not ticket.says_zone:
            return ""
        return " " + self.say("booking.zone", venue=ticket.venue.name)


def composers(stationery: Stationery) -> dict[str, Composer]:
    """Return how each message of booking is made, by name."""
    made = waiting_messages.composers(stationery)
    for subject in SUBJECTS:
        made[f"booking.{subject}-mail"] = _composer(stationery, subject, "mail", _mail)
        made[f"booking.{subject}-sms"] = _composer(stationery, subject, "sms", _sms)
    return made


def _composer(stationery: Stationery, subject: str, channel: str, compose: Callable[[News], Mail | Sms]) -> Composer:
    def composer(db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Mail | Sms | None:
        ticket = appointments.ticket(db, about["appointment_id"])
        link = appointments.link_of(db, ticket.appointment.id, channel)
        if link is None or not _is_still_news(ticket, subject, about["sequence"], now):
            return None
        url = stationery.address(f"/rdv/{link_token(link, stationery.keys)}")
        return compose(News(db, stationery, subject, ticket, url, now))

    return composer


def _is_still_news(ticket: Ticket, subject: str, sequence: int, now: datetime) -> bool:
    if ticket.appointment.ends_at <= now:
        return False
    status = ticket.appointment.status
    if ticket.appointment.sequence != sequence:
        return False
    if subject == "request":
        return status is AppointmentStatus.REQUESTED
    return (status is AppointmentStatus.CANCELLED) == (subject == "cancellation")


def _mail(news: News) -> Mail:
    ticket, say = news.ticket, news.say
    picture = None if news.is_cancellation or news.is_request else _badge_picture(news)
    letter = _letter(news, shows_badge=picture is not None)
    attendee = ticket.beneficiary.email or ""
    method = "CANCEL" if news.is_cancellation else "REQUEST"
    entry = entry_of(ticket, say, attendee=attendee, url=news.url)
    pictures: tuple[Attachment, ...] = ()
    if picture is not None:
        inline = Attachment("badge.png", "image/png", picture, inline="badge")
        pictures = (inline, Attachment("badge.png", "image/png", picture))
    return Mail(
        to=attendee,
        subject=letter.subject,
        text=letter.as_text(),
        html=letter.as_html(news.language),
        sender_name=ticket.organisation.name,
        attachments=pictures,
        calendar=None if news.is_request else (calendar_text(entry, method=method, stamp=news.now), method),
    )


def _letter(news: News, *, shows_badge: bool) -> Letter:
    ticket, say = news.ticket, news.say
    day = say_day(local(ticket.appointment.starts_at, ticket.zone).date(), news.language)
    key = f"booking.message.{news.subject}"
    said = [
        say("booking.message.greeting", name=ticket.beneficiary.first_name),
        say(f"{key}.said", moment=news.moment, zone=news.zone_note()),
    ]
    if news.is_cancellation and ticket.appointment.cancel_reason:
        said.append(say("booking.ticket.why", reason=ticket.appointment.cancel_reason))
    if not news.is_cancellation:
        said += _what_to_know(news)
    organisation = ticket.organisation
    return Letter(
        subject=say(f"{key}.subject", day=day),
        paragraphs=tuple(said),
        actions=_actions(news),
        picture=("badge", say("booking.message.code_shows")) if shows_badge else None,
        footer=say(
            "booking.message.footer",
            organisation=organisation.name,
            address=organisation.address,
            phone=show_phone(organisation.phone),
        ),
    )


def _sms(news: News) -> Sms:
    values = {
        "organisation": news.ticket.organisation.name,
        "where": _where_in_short(news),
        "url": news.url,
    }
    key = f"booking.message.{news.subject}.sms"
    # Whoever goes there reads the hour on the clock of the place; whoever does not is told whose it is.
    note = "" if news.ticket.appointment.channel is Channel.ON_SITE else news.zone_note()
    ways = [(size, news.moment + note) for size in ("long", "short", "shortest")] + [("shortest", news.moment)]
    texts = [in_one_alphabet(news.say(f"{key}.{size}", moment=moment, **values)) for size, moment in ways]
    # The longest that fits in one segment; the last always does, whatever the names are.
    text = next((text for text in texts if len(text) <= SEGMENT), texts[-1])
    return Sms(news.ticket.beneficiary.phone or "", text)


def _what_to_know(news: News) -> list[str]:
    ticket, say = news.ticket, news.say
    known = [say("booking.message.how", title=_title(news), how=say(f"booking.channel.{ticket.appointment.channel}"))]
    known.append(ticket.where or say(f"booking.ticket.remote.{ticket.appointment.channel}"))
    if ticket.type.what_to_bring:
        known.append(say("booking.message.bring", what=ticket.type.what_to_bring))
    return known if news.is_request else [*known, say("booking.message.code")]


def _title(news: News) -> str:
    return news.say("booking.message.discreet") if news.ticket.type.is_discreet else news.ticket.title


def _actions(news: News) -> tuple[tuple[str, str], ...]:
    actions = [(news.say("booking.message.ticket"), news.url)]
    if not news.is_cancellation:
        if news.ticket.appointment.workshop_id is None and not news.is_request:
            actions.append((news.say("booking.message.go_move"), f"{news.url}/deplacer"))
        actions.append((news.say("booking.message.go_cancel"), f"{news.url}/annuler"))
    return tuple(actions)


def _where_in_short(news: News) -> str:
    appointment, venue = news.ticket.appointment, news.ticket.venue
    if appointment.channel is Channel.ON_SITE and venue is not None:
        return venue.name
    return news.say(f"booking.channel.{appointment.channel}")


def _badge_picture(news: News) -> bytes | None:
    badge = badges.live_of(news.db, news.ticket.beneficiary.id, now=news.now)
    return None if badge is None else qr_png(badges.text_of(news.db, badge, news.stationery.keys))
