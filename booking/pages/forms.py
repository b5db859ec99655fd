"""The form of page 3, and what it means."""

from __future__ import annotations

from wtforms import Field, Form, StringField
from wtforms.validators import Length

from booking.domain.person import Person, Typed, understand
from booking.models import Channel
from foundation.refusals import Invalid
from foundation.web.language import locale, say

_NAME = 80
_CONTACT = 254
_ADDRESS = 300


class Needed:
    """The field must hold something: so that the browser says it too; `understand` is who checks."""

    field_flags = {"required": True}  # noqa: RUF012 - WTForms reads it from the class

    def __call__(self, _form: Form, _field: Field) -> None:
        """Refuse nothing."""


class PersonForm(Form):
    """Who is coming, and how they are reached."""

    first_name = StringField(validators=[Needed(), Length(max=_NAME)])
    last_name = StringField(validators=[Needed(), Length(max=_NAME)])
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
        self.validate()
        typed = Typed(
            first_name=self._text("first_name"),
            last_name=self._text("last_name"),
            phone=self._text("phone"),
            email=self._text("email"),
            language=locale(),
            booked_by=self._text("booked_by"),
            home_address=self._text("home_address"),
        )
        person, wrong = understand(typed, region)
        # What is too long is not also said to be something else.
        self.fill_in({name: key for name, key in wrong.items() if not self[name].errors})
        self._refuse(person)
        return None if self.errors else person

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

    def _text(self, name: str) -> str:
        return (self[name].data or "") if name in self else ""
