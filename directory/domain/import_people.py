"""A file of people: its columns, and what a line of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from directory.domain.contacts import parse_email, parse_phone
from directory.domain.import_lines import Fault, Reading, parse_language
from foundation.tables import Column, Line
from foundation.wording import Language

LONGEST_NAME = 80
LONGEST_PHONE = 40
LONGEST_EMAIL = 254

PERSON_COLUMNS: Mapping[str, Column] = {
    "first_name": Column(("prénom", "first name", "firstname", "given name"), is_needed=True),
    "last_name": Column(("nom", "last name", "nom de famille", "family name", "surname"), is_needed=True),
    "phone": Column(("téléphone", "phone", "tél", "mobile", "portable", "telephone number", "numéro de téléphone")),
    "email": Column(("courriel", "e-mail", "mail", "adresse mail", "adresse e-mail", "email address")),
    "language": Column(("langue", "language")),
}


@dataclass(frozen=True)
class PersonLine:
    """Somebody, as a line names them."""

    first_name: str
    last_name: str
    phone: str | None
    email: str | None
    language: str


def read_person(line: Line, region: str) -> tuple[PersonLine, dict[str, Fault]]:
    """Return who a line speaks of and what is wrong with it; a number is read as somebody in `region` types it."""
    said = Reading(line)
    person = PersonLine(
        first_name=said.text("first_name", longest=LONGEST_NAME, is_needed=True),
        last_name=said.text("last_name", longest=LONGEST_NAME, is_needed=True),
        phone=said.take("phone", lambda text: parse_phone(text, region), fault="field.phone.unreadable"),
        email=said.take("email", parse_email, fault="field.email.unreadable"),
        language=(
            said.take("language", parse_language, fault="directory.imports.language", usual=Language.FRENCH)
            or Language.FRENCH
        ).value,
    )
    said.text("phone", longest=LONGEST_PHONE)
    return person, said.faults
