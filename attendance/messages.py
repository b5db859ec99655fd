"""What attendance writes to people: one-time codes; the other messages of the package are gathered here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance import correction_messages, invitation_messages
from attendance.domain import codes
from attendance.letters import as_mail, in_one_sms
from attendance.queries import links
from attendance.queries.links import CodeToSend
from foundation.messages import Mail, Sms
from foundation.stationery import Letter, Stationery
from foundation.worker import Composer


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
        return as_mail(letter, to=one.person.email, language=language, sender=one.organisation.name)

    def sms(self, db: Session, _organisation_id: int, about: dict[str, Any], now: datetime) -> Sms | None:
        """Write the SMS, or nothing once another code was asked for, or this one was used or has run out."""
        one = self._of(db, about, now)
        if one is None or not one.person.phone:
            return None
        say = self.stationery.wording.in_language(one.person.language)
        values = {"code": self._digits(one)}
        return in_one_sms(say, "attendance_message.code_sms", one.person.phone, one.organisation.name, values)


def composers(stationery: Stationery) -> dict[str, Composer]:
    """Return the messages of this package by name."""
    code = _Codes(stationery)
    return {
        "attendance.one-time-code-mail": code.mail,
        "attendance.one-time-code-sms": code.sms,
        **invitation_messages.composers(stationery),
        **correction_messages.composers(stationery),
    }
