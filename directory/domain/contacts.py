"""Names, telephone numbers and mail addresses as people type them, made comparable."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from foundation.refusals import Invalid

# A dot-atom (RFC 5322, §3.2.3; letters of any script, RFC 6531) and a domain with a dot: what a letter's header would
# take for a comment, a group or a list is refused. The confirmation mail is the real check.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
_LONGEST_LOCAL = 64
_LONGEST_EMAIL = 254  # RFC 5321, §4.5.3.1.3, less the angle brackets


class UnreadableContact(Invalid):
    """The telephone number or the mail address cannot be right; `fields` says which."""


def parse_phone(text: str, region: str) -> str:
    """Return the number in E.164 (ITU-T), read as somebody in `region` would type it; raise UnreadableContact.

    Possible, not «valid»: the plan of numbers changes, and those reserved for fiction serve in demonstrations.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise UnreadableContact({"phone": "field.phone.unreadable"}) from error
    if not phonenumbers.is_possible_number(number):
        raise UnreadableContact({"phone": "field.phone.unreadable"})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def show_phone(number: str) -> str:
    """Return an E.164 number as it is written in its country."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def parse_email(text: str) -> str:
    """Return the address in lower case and without spaces around; raise UnreadableContact."""
    local, _, domain = text.strip().lower().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise UnreadableContact({"email": "field.email.unreadable"}) from error
    if len(local) > _LONGEST_LOCAL or len(address) > _LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise UnreadableContact({"email": "field.email.unreadable"})
    return address


def searchable(name: str) -> str:
    """Return a name in lower case, without accents, hyphens or double spaces: «Zoé Lê-Van» is «zoe le van»."""
    letters = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE"))
    plain = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.lower().split())
