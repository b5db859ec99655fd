"""What attendance writes to people: one-time codes, links to sign, links to countersign. Made when they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.domain import codes
from attendance.queries import links
from attendance.queries.links import CodeToSend, Invitation
from foundation import times
from foundation.links import link_token
from foundation.messages import SEGMENT, Mail, Sms, in_one_alphabet
from foundation.stationery import Letter, Stationery
from foundation.wording import Say
from foundation.worker import Composer


@dataclass(frozen=True)
class _Invitations:
    """The words of one kind of link: `sign` for attendees, `countersign` for facilitators."""

    stationery: Stationery
    purpose: str
    path: str

    def _of(self, db: Session, about: dict[str, Any], now: datetime) -> Invitation | None:
        find = links.to_sign if self.purpose == "sign" else links.to_countersign
        return find(db, about["link_id"], now=now)

    def _url(self, invitation: Invitation) -> str:
        return self.stationery.address(f"/{self.path}/{link_token(invitation.link, self.stationery.keys)}")

    def mail(self, db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Mail | None:
        """Write the mail, or nothing once the link or the sheet is over."""
        one = self._of(db, about, now)
        if one is None or not one.email:
            return None
        say = self.stationery.wording.in_language(one.language)
        key, title, name = f"attendance_message.{self.purpose}", one.meeting.title, one.organisation.name
        moment = times.say_moment(one.first.starts_at, one.meeting.time_zone, say, one.language)
        letter = Letter(
            subject=say(f"{key}_subject", title=title),
            paragraphs=(
                say(f"{key}_text", name=one.first_name),
                say(f"{key}_explanation", title=title, moment=moment),
                *_zone_note(one, say),
            ),
            actions=((say(f"{key}_action"), self._url(one)),),
            footer=say("attendance_message.footer", organisation=name),
        )
        return _as_mail(letter, to=one.email, language=one.language, sender=name)

    def sms(self, db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Sms | None:
        """Write the SMS, or nothing once the link or the sheet is over."""
        one = self._of(db, about, now)
        if one is None or not one.phone:
            return None
        say = self.stationery.wording.in_language(one.language)
        day = times.say_day(times.local(one.first.starts_at, one.meeting.time_zone).date(), one.language)
        values = {"day": day, "url": self._url(one)}
        return _in_one_sms(say, f"attendance_message.{self.purpose}_sms", one.phone, one.organisation.name, values)


@dataclass(frozen=True)
class _Codes:
    """The words of a one-time code."""

    stationery: Stationery

    def _of(self, db: Session, about: dict[str, Any], now: datetime) -> CodeToSend | None:
        return links.code_to_send(db, about["code_id"], about["issue"], now=now)

    def _digits(self, one: CodeToSend) -> str:
        row = one.code
        name = codes.purpose(row.attendee_id, row.half_day_id, row.kind.value)
        return codes.code_of(self.stationery.keys.derive(name, codes.SECRET_BYTES), row.issue)

    def mail(self, db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Mail | None:
        """Write the mail, or nothing once another code was asked for, or this one was used or has run out."""
        one = self._of(db, about, now)
        if one is None or not one.person.email:
            return None
        say, language = self.stationery.wording.in_language(one.person.language), one.person.language
        letter = Letter(
            subject=say("attendance_message.code_subject"),
            paragraphs=(
                say("attendance_message.code_text", title=one.meeting.title, code=self._digits(one)),
                say("attendance_message.code_lasts"),
            ),
            footer=say("attendance_message.footer", organisation=one.organisation.name),
        )
        return _as_mail(letter, to=one.person.email, language=language, sender=one.organisation.name)

    def sms(self, db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Sms | None:
        """Write the SMS, or nothing once another code was asked for, or this one was used or has run out."""
        one = self._of(db, about, now)
        if one is None or not one.person.phone:
            return None
        say = self.stationery.wording.in_language(one.person.language)
        values = {"code": self._digits(one)}
        return _in_one_sms(say, "attendance_message.code_sms", one.person.phone, one.organisation.name, values)


def _zone_note(one: Invitation, say: Say) -> tuple[str, ...]:
    is_elsewhere = one.venue is not None and one.meeting.time_zone != one.organisation.time_zone
    return (say("attendance.hours_of_venue", venue=one.venue),) if is_elsewhere else ()


def _as_mail(letter: Letter, *, to: str, language: str, sender: str) -> Mail:
    return Mail(to, letter.subject, letter.as_text(), letter.as_html(language), sender_name=sender)


def _in_one_sms(say: Say, key: str, to: str, organisation: str, values: dict[str, str]) -> Sms:
    # What is too long is the organisation's name: it is shortened until all fits in one segment.
    text = in_one_alphabet(say(key, organisation=organisation, **values))
    while len(text) > SEGMENT and organisation:
        organisation = organisation[: -max(1, min(len(text) - SEGMENT, len(organisation)))].rstrip()
        text = in_one_alphabet(say(key, organisation=organisation, **values))
    return Sms(to, text)


def composers(stationery: Stationery) -> dict[str, Composer]:
    """Return the messages of this package by name."""
    sign = _Invitations(stationery, "sign", "signer")
    countersign = _Invitations(stationery, "countersign", "contresigner")
    code = _Codes(stationery)
    return {
        "attendance.sign-link-mail": sign.mail,
        "attendance.sign-link-sms": sign.sms,
        "attendance.countersign-link-mail": countersign.mail,
        "attendance.countersign-link-sms": countersign.sms,
        "attendance.one-time-code-mail": code.mail,
        "attendance.one-time-code-sms": code.sms,
    }
