"""Who an appointment is for, as it was typed and understood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from directory.domain.contacts import parse_email, parse_phone
from foundation.refusals import Invalid

_CLICKABLE = re.compile(r"://|www\.|@", re.IGNORECASE)
_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


class ContactNeeded(Invalid):
    """Neither a telephone number nor a mail address: nobody could be told."""


class PhoneNeeded(Invalid):
    """An appointment by telephone needs to know where to call."""


class AddressNeeded(Invalid):
    """An appointment at home needs to know where home is."""


class PersonNotUnderstood(Invalid):
    """A name is missing or is more than a name, or the telephone number or mail address cannot be right."""


@dataclass(frozen=True)
class Typed:
    """Who an appointment is for, as it was typed; what was left out is empty."""

    first_name: str
    last_name: str
    phone: str
    email: str
    language: str
    booked_by: str = ""
    home_address: str = ""


@dataclass(frozen=True)
class Person:
    """A beneficiary before anybody knows whether they are known; `booked_by` is who booked for them."""

    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    language: str
    booked_by: str = ""
    home_address: str = ""

    def refuse_unreachable(self, *, by_phone: bool) -> None:
        """Return when the person can be told of a change, and be called if that is the appointment; raise why not."""
        if by_phone and self.phone is None:
            raise PhoneNeeded({"phone": "booking.person.phone_needed"})
        if self.phone is None and self.email is None:
            raise ContactNeeded({"phone": "booking.person.contact_needed"})

    def refuse_without_address(self) -> None:
        """Return when the address of an appointment at home is known; raise AddressNeeded."""
        if not self.home_address:
            raise AddressNeeded({"home_address": "booking.person.address_needed"})


def understand(typed: Typed, region: str) -> tuple[Person, dict[str, str]]:
    """Return the person, and what could not be understood of them as wording keys by field.

    A telephone number is read as somebody in `region` types it.
    """
    wrong: dict[str, str] = {}
    for name, text in (("first_name", typed.first_name), ("last_name", typed.last_name)):
        if not clean(text):
            wrong[name] = f"booking.person.{name}_needed"
        elif _CLICKABLE.search(text):
            # Our letters greet people by what stands here: with an address in it we would be somebody else's postman.
            wrong[name] = "booking.person.just_a_name"
    person = Person(
        first_name=clean(typed.first_name),
        last_name=clean(typed.last_name),
        phone=_understood(typed.phone, lambda text: parse_phone(text, region), wrong),
        email=_understood(typed.email, parse_email, wrong),
        language=typed.language,
        booked_by=clean(typed.booked_by),
        home_address=clean(typed.home_address),
    )
    return person, wrong


def clean(text: str | None) -> str:
    """Return what was typed without controls, those of direction included (they would turn the words that follow)."""
    kept = (letter for letter in text or "" if letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cs"})
    return " ".join("".join(kept).translate(_DIRECTIONS).split())


def _understood(text: str, parse: Callable[[str], str], wrong: dict[str, str]) -> str | None:
    cleaned = clean(text)
    if not cleaned:
        return None
    try:
        return parse(cleaned)
    except Invalid as refusal:
        wrong |= refusal.fields
        return None
