"""What somebody is told when a sheet was corrected about them: what it says now, never the reason that staff wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from attendance.letters import as_mail, in_one_sms
from attendance.queries import corrections
from attendance.queries.corrections import CorrectionToTell
from foundation import times
from foundation.messages import Mail, Sms
from foundation.stationery import Letter, Stationery
from foundation.wording import Say
from foundation.worker import Composer


@dataclass(frozen=True)
class _Corrections:
    """The words of one correction."""

    stationery: Stationery

    def mail(self, db: Session, _organisation_id: int, about: dict[str, Any], _now: datetime) -> Mail | None:
        """Write the mail."""
        one = corrections.to_tell(db, about["correction_id"])
        if one is None or not one.person.email:
            return None
        language = one.person.language
        say = self.stationery.wording.in_language(language)
        title, name = one.half_day.title or one.meeting.title, one.organisation.name
        moment = times.say_moment(one.half_day.starts_at, one.meeting.time_zone, say, language)
        letter = Letter(
            subject=say("correction_message.subject", title=title),
            paragraphs=(
                say("correction_message.hello", name=one.person.first_name),
                say("correction_message.text", title=title, moment=moment, what=_what(one, say)),
                say("correction_message.if_wrong", organisation=name),
            ),
            footer=say("attendance_message.footer", organisation=name),
        )
        return as_mail(letter, to=one.person.email, language=language, sender=name)

    def sms(self, db: Session, _organisation_id: int, about: dict[str, Any], _now: datetime) -> Sms | None:
        """Write the SMS."""
        one = corrections.to_tell(db, about["correction_id"])
        if one is None or not one.person.phone:
            return None
        say = self.stationery.wording.in_language(one.person.language)
        day = times.local(one.half_day.starts_at, one.meeting.time_zone).date()
        values = {"day": times.say_day(day, one.person.language), "what": _what(one, say)}
        return in_one_sms(say, "correction_message.sms", one.person.phone, one.organisation.name, values)


def _what(one: CorrectionToTell, say: Say) -> str:
    row = one.correction
    hour = ""
    if row.observed_at is not None:
        hour = times.say_hour(times.local(row.observed_at, one.meeting.time_zone), one.person.language)
    return say(f"correction_message.{row.action}_{row.kind}", at=hour)


def composers(stationery: Stationery) -> dict[str, Composer]:
    """Return the messages about corrections by name."""
    told = _Corrections(stationery)
    return {"attendance.correction-mail": told.mail, "attendance.correction-sms": told.sms}
