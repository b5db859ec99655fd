"""What every message of attendance shares: a mail out of a letter, and an SMS that fits in one segment."""

from __future__ import annotations

from foundation.messages import SEGMENT, Mail, Sms, in_one_alphabet
from foundation.stationery import Letter
from foundation.wording import Say


def as_mail(letter: Letter, *, to: str, language: str, sender: str) -> Mail:
    """Return the mail."""
    return Mail(to, letter.subject, letter.as_text(), letter.as_html(language), sender_name=sender)


def in_one_sms(say: Say, key: str, to: str, organisation: str, values: dict[str, str]) -> Sms:
    """Return the SMS; what is too long is the organisation's name, which is shortened until all fits in one segment."""
    text = in_one_alphabet(say(key, organisation=organisation, **values))
    while len(text) > SEGMENT and organisation:
        organisation = organisation[: -max(1, min(len(text) - SEGMENT, len(organisation)))].rstrip()
        text = in_one_alphabet(say(key, organisation=organisation, **values))
    return Sms(to, text)
