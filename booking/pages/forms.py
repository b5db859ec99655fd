"""The form of page 3, and what it means."""

from __future__ import annotations

from collections.abc import Callable

from wtforms import Field, Form, StringField
from wtforms.validators import Length, StopValidation

from booking.domain.person import Person
from directory.domain.contacts import parse_email, parse_phone
from foundation.refusals import Invalid
from foundation.web.language import locale, say

_NAME = 80
_CONTACT = 254
_ADDRESS = 300


class Needed:
    """The field must hold something; the browser is told, and a program that is not a browser too."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the class

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise StopValidation when nothing was typed."""
        if not (field.data or "").strip():
            raise StopValidation(say("field.missing"))


class PersonForm(Form):
    """Who is coming, and how they are reached."""

    first_name = StringField(validators=[Needed(), Length(max=_NAME)])
    last_name = StringField(validators=[Needed(), Length(max=_NAME)])
    phone = StringField(validators=[Length(max=30)])
    email = StringField(validators=[Length(max=_CONTACT)])
    home_address = StringField(validators=[Length(max=_ADDRESS)])
    booked_by = StringField(validators=[Length(max=120)])

    def worded(self, *, at_home: bool) -> PersonForm:
        """Return the form with its labels in the language of the page, and only the fields it asks for."""
        if not at_home:
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
        if not is_good or self.errors:
            return None
        person = Person(
            first_name=self._text("first_name"),
            last_name=self._text("last_name"),
            phone=phone,
            email=email,
            language=locale(),
            booked_by=self._text("booked_by"),
            home_address=self._text("home_address"),
        )
        try:
            person.refuse_unreachable()
            if "home_address" in self:
                person.refuse_without_address()
        except Invalid as refusal:
            self.fill_in(refusal.fields)
            return None
        return person

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
        return " ".join((self[name].data or "").split()) if name in self else ""
