"""What people are written when they are asked to sign, or to countersign: one personal link; made when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.letters import as_mail, in_one_sms
from attendance.queries import links
from attendance.queries.links import LinkToSend
from foundation import times
from foundation.links import link_token
from foundation.messages import Mail, Sms
from foundation.stationery import Letter, Stationery
from foundation.wording import Say
from foundation.worker import Composer


@dataclass(frozen=True)
class _Invitations:
    """The words of one kind of link: `sign` for attendees, `countersign` for facilitators."""

    stationery: Stationery
    purpose: str
    path: str

    def _of(self, db: Session, about: dict[str, Any], now: datetime) -> LinkToSend | None:
        find = links.to_sign if self.purpose == "sign" else links.to_countersign
        return find(db, about["link_id"], now=now, invitation_id=about.get("invitation_id"))

    def _key(self, one: LinkToSend) -> str:
        kind = "remind_" if one.is_reminder else ""
        return f"attendance_message.{kind}{self.purpose}"

    def _url(self, one: LinkToSend) -> str:
        return self.stationery.address(f"/{self.path}/{link_token(one.link, self.stationery.keys)}")

    def mail(self, db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Mail | None:
        """Write the mail, or nothing once it is signed, cancelled or too late."""
        one = self._of(db, about, now)
        if one is None or not one.email:
            return None
        say = self.stationery.wording.in_language(one.language)
        key, title, name = self._key(one), one.meeting.title, one.organisation.name
        moment = times.say_moment(one.half_day.starts_at, one.meeting.time_zone, say, one.language)
        until = times.say_hour(times.local(one.closes_at, one.meeting.time_zone), one.language)
        letter = Letter(
            subject=say(f"{key}_subject", title=title),
            paragraphs=(
                say(f"{key}_text", name=one.first_name),
                say(f"{key}_explanation", title=title, moment=moment, until=until),
                *_zone_note(one, say),
            ),
            actions=((say(f"attendance_message.{self.purpose}_action"), self._url(one)),),
            footer=say("attendance_message.footer", organisation=name),
        )
        return as_mail(letter, to=one.email, language=one.language, sender=name)

    def sms(self, db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Sms | None:
        """Write the SMS, in one segment, or nothing once it is signed, cancelled or too late."""
        one = self._of(db, about, now)
        if one is None or not one.phone:
            return None
        say = self.stationery.wording.in_language(one.language)
        day = times.say_day(times.local(one.half_day.starts_at, one.meeting.time_zone).date(), one.language)
        values = {"day": day, "url": self._url(one)}
        return in_one_sms(say, f"{self._key(one)}_sms", one.phone, one.organisation.name, values)


def _zone_note(one: LinkToSend, say: Say) -> tuple[str, ...]:
    is_elsewhere = one.venue is not None and one.meeting.time_zone != one.organisation.time_zone
    return (say("attendance.hours_of_venue", venue=one.venue),) if is_elsewhere else ()


def composers(stationery: Stationery) -> dict[str, Composer]:
    """Return the messages that ask people to sign, by name."""
    sign = _Invitations(stationery, "sign", "signer")
    countersign = _Invitations(stationery, "countersign", "contresigner")
    return {
        "attendance.sign-link-mail": sign.mail,
        "attendance.sign-link-sms": sign.sms,
        "attendance.countersign-link-mail": countersign.mail,
        "attendance.countersign-link-sms": countersign.sms,
    }
