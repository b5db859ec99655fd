"""The form of page 3, and what it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from wtforms import Field, Form, StringField
from wtforms.validators import Length, StopValidation

from booking.domain.person import Person
from booking.models import Channel
from directory.domain.contacts import parse_email, parse_phone
from foundation.refusals import Invalid
from foundation.web.language import locale, say

_NAME = 80
_CONTACT = 254
_ADDRESS = 300
_CLICKABLE = re.compile(r"://|www\.|@", re.IGNORECASE)
_DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])


def clean(text: str | None) -> str:
    """Return what was typed without controls, those of direction included (they would turn the words that follow)."""
    kept = (letter for letter in text or "" if letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cs"})
    return " ".join("".join(kept).translate(_DIRECTIONS).split())


class Needed:
    """The field must hold something; the browser is told, and a program that is not a browser too."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the class

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise StopValidation when nothing was typed, in words that name the field wherever they are read."""
        if not clean(field.data):
            raise StopValidation(say(f"booking.person.{field.name}_needed"))


class JustAName:
    """Our letters greet people by what stands here: an address in it would make of us somebody else's postman."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise StopValidation when it holds what a reader could click."""
        if _CLICKABLE.search(field.data or ""):
            raise StopValidation(say("booking.person.just_a_name"))


class PersonForm(Form):
    """Who is coming, and how they are reached."""

    first_name = StringField(validators=[Needed(), Length(max=_NAME), JustAName()])
    last_name = StringField(validators=[Needed(), Length(max=_NAME), JustAName()])
    phone = StringField(validators=[Length(max=30)])
    email = StringField(validators=[Length(max=_CONTACT)])
    home_address = StringField(validators=[Length(max=_ADDRESS)])
    booked_by = StringField(validators=[Length(max=120)])

    def worded(self, channel: Channel) -> PersonForm:
        """Return the form with its labels in the language of the page, and only the fields it asks for."""
        self.channel = channel
        if channel is not Channel.HOME:
            del self.home_address
        for field in self:
            field.label.text = say(f"booking.person.{field.name}")
        return self

    def fill_in(self, fields: dict[str, str]) -> None:
        """Put the sentences of a refusal beside its fields; what belongs to none goes to the top."""
        for name, key in fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, say(key)]
            else:
                self.form_errors.append(say(key))

    def person(self, region: str) -> Person | None:
        """Return what was typed, understood, or None with the errors in place."""
        is_good = self.validate()
        phone = self._understood("phone", lambda text: parse_phone(text, region))
        email = self._understood("email", parse_email)
        person = Person(
            first_name=self._text("first_name"),
            last_name=self._text("last_name"),
            phone=phone,
            email=email,
            language=locale(),
            booked_by=self._text("booked_by"),
            home_address=self._text("home_address"),
        )
        self._refuse(person)
        return person if is_good and not self.errors else None

    def _refuse(self, person: Person) -> None:
        # Everything that is missing is said at once; a number that could not be read is not also said to be missing.
        rules = [person.refuse_without_address] if self.channel is Channel.HOME else []
        if not self.phone.errors and not self.email.errors:
            rules.append(lambda: person.refuse_unreachable(by_phone=self.channel is Channel.PHONE))
        for rule in rules:
            try:
                rule()
            except Invalid as refusal:
                self.fill_in(refusal.fields)

    def _understood(self, name: str, parse: Callable[[str], str]) -> str | None:
        text = self._text(name)
        if not text or self[name].errors:
            return None
        try:
            return parse(text)
        except Invalid as refusal:
            self.fill_in(refusal.fields)
            return None

    def _text(self, name: str) -> str:
        return clean(self[name].data) if name in self else ""
