"""What those who wait are told: that they are on the list, and what is held for them; with one link, to their page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from booking.models import Channel, Hold
from booking.queries import waiting
from booking.queries.waiting import LIVE, Wait
from directory.domain.contacts import show_phone
from foundation.links import link_token
from foundation.messages import SEGMENT, Mail, Sms, in_one_alphabet
from foundation.stationery import Letter, Stationery
from foundation.times import local, say_day, say_hour, say_moment
from foundation.wording import Say
from foundation.worker import Composer


@dataclass(frozen=True)
class WaitNews:
    """What one message is about; `offer` is None in the one that says that somebody waits."""

    stationery: Stationery
    wait: Wait
    offer: Hold | None
    url: str

    @property
    def language(self) -> str:
        """Return the person's language."""
        return self.wait.beneficiary.language

    @property
    def say(self) -> Say:
        """Return the sentences in the person's language."""
        return self.stationery.wording.in_language(self.language)

    def moment(self, instant: datetime) -> str:
        """Return a day and hour in the time of the place."""
        return say_moment(instant, self.wait.zone, self.say, self.language)

    def until(self, offer: Hold, *, in_short: bool = False) -> str:
        """Return until when it is held: the hour alone on the day on which it was offered."""
        end, made = local(offer.expires_at, self.wait.zone), local(offer.created_at, self.wait.zone)
        hour = say_hour(end, self.language)
        if end.date() == made.date():
            return self.say("booking.waiting.until_hour", hour=hour)
        if in_short:
            return self.say("booking.waiting.until_moment", moment=f"{end.day}/{end.month} {hour}")
        return self.say("booking.waiting.until_moment", moment=self.moment(offer.expires_at))

    def zone_note(self) -> str:
        """Return whose time it is, when that is not the organisation's."""
        if self.wait.venue is None or not self.wait.says_zone:
            return ""
        return " " + self.say("booking.zone", venue=self.wait.venue.name)


def composers(stationery: Stationery) -> dict[str, Composer]:
    """Return how each message of the waiting list is made, by name."""
    return {
        "booking.waiting-mail": _composer(stationery, "mail", _mail),
        "booking.waiting-sms": _composer(stationery, "sms", _sms),
        "booking.offer-mail": _composer(stationery, "mail", _mail),
        "booking.offer-sms": _composer(stationery, "sms", _sms),
    }


def _composer(stationery: Stationery, channel: str, compose: Callable[[WaitNews], Mail | Sms]) -> Composer:
    def composer(db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Mail | Sms | None:
        wait = waiting.wait(db, about["waiting_entry_id"])
        link = waiting.link_of(db, wait.entry.id, channel)
        if link is None or not _is_still_news(wait, about.get("hold_id"), now):
            return None
        url = stationery.address(f"/attente/{link_token(link, stationery.keys)}")
        return compose(WaitNews(stationery, wait, wait.offer if "hold_id" in about else None, url))

    return composer


def _is_still_news(wait: Wait, hold_id: int | None, now: datetime) -> bool:
    if hold_id is None:
        return wait.entry.status in LIVE
    return wait.is_offered(now) and wait.offer is not None and wait.offer.id == hold_id


def _mail(news: WaitNews) -> Mail:
    letter = _letter(news)
    return Mail(
        to=news.wait.beneficiary.email or "",
        subject=letter.subject,
        text=letter.as_text(),
        html=letter.as_html(news.language),
        sender_name=news.wait.organisation.name,
    )


def _letter(news: WaitNews) -> Letter:
    say, organisation, offer = news.say, news.wait.organisation, news.offer
    said = [say("booking.message.greeting", name=news.wait.beneficiary.first_name)]
    if offer is None:
        subject = say("booking.message.waiting.subject")
        until = say_day(local(news.wait.entry.ends_at, news.wait.zone).date(), news.language)
        said += [
            say("booking.message.waiting.said", title=_title(news)),
            say("booking.message.waiting.until", day=until),
        ]
    else:
        subject = say(
            "booking.message.offer.subject", day=say_day(local(offer.starts_at, news.wait.zone).date(), news.language)
        )
        moment, until = news.moment(offer.starts_at), news.until(offer)
        said += [say("booking.message.offer.said", moment=moment, zone=news.zone_note(), until=until)]
        said += [say("booking.message.how", title=_title(news), how=say(f"booking.channel.{offer.channel}"))]
        if offer.channel is Channel.ON_SITE and news.wait.venue is not None:
            said.append(f"{news.wait.venue.name}, {news.wait.venue.address}")
        said.append(say("booking.message.offer.next"))
    return Letter(
        subject=subject,
        paragraphs=tuple(said),
        actions=((say(f"booking.message.{'waiting' if offer is None else 'offer'}.go"), news.url),),
        footer=say(
            "booking.message.footer",
            organisation=organisation.name,
            address=organisation.address,
            phone=show_phone(organisation.phone),
        ),
    )


def _title(news: WaitNews) -> str:
    return news.say("booking.message.discreet") if news.wait.type.is_discreet else news.wait.title


def _sms(news: WaitNews) -> Sms:
    values = {"organisation": news.wait.organisation.name, "url": news.url}
    key, offer = f"booking.message.{'waiting' if news.offer is None else 'offer'}.sms", news.offer
    if offer is None:
        ways = [news.say(f"{key}.{size}", **values) for size in ("long", "short")]
    else:
        moment = news.moment(offer.starts_at)
        note = "" if offer.channel is Channel.ON_SITE else news.zone_note()
        in_full, in_short = news.until(offer), news.until(offer, in_short=True)
        sizes = [
            ("long", moment + note, in_full),
            ("short", moment + note, in_full),
            ("short", moment + note, in_short),
        ]
        sizes += [("shortest", moment, in_short)]
        ways = [news.say(f"{key}.{size}", moment=when, until=until, **values) for size, when, until in sizes]
    texts = [in_one_alphabet(text) for text in ways]
    # The longest that fits in one segment; the last always does, whatever the names are.
    return Sms(news.wait.beneficiary.phone or "", next((text for text in texts if len(text) <= SEGMENT), texts[-1]))
