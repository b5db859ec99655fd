"""Who comes, as a program says it: read by the same rules as the pages read their form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from booking.domain.person import Person, PersonNotUnderstood, Typed, understand
from foundation.refusals import Invalid
from foundation.web.api.fields import Choice, HouseSchema, Text
from foundation.wording import Language

_FIELD = "person"


class PersonBody(HouseSchema):
    """Who comes. The public gives a telephone number or a mail address, or both."""

    first_name = Text(longest=80, required=True, metadata={"example": "Camille"})
    last_name = Text(longest=80, required=True, metadata={"example": "Durand"})
    phone = Text(
        longest=30,
        blank=True,
        load_default="",
        metadata={"example": "06 39 98 00 01", "description": "As people type it where the appointment is."},
    )
    email = Text(longest=254, blank=True, load_default="", metadata={"example": "camille@example.org"})
    language = Choice(Language, load_default=Language.FRENCH)
    booked_by = Text(
        longest=120, blank=True, load_default="", metadata={"description": "Who books, when it is somebody else."}
    )
    home_address = Text(
        longest=300, blank=True, load_default="", metadata={"description": "Where to come, for the channel `home`."}
    )


def person_of(body: dict[str, Any], region: str) -> Person:
    """Return who comes, as somebody in `region` writes numbers; raise PersonNotUnderstood."""
    person, wrong = understand(Typed(**{**body, "language": body["language"].value}), region)
    if wrong:
        raise PersonNotUnderstood(wrong)
    return person


@contextmanager
def faults_below_person() -> Iterator[None]:
    """Have a refusal name the fields of a person where they are in the body: `phone` is `person.phone` there."""
    try:
        yield
    except Invalid as refusal:
        known = PersonBody().fields
        refusal.fields = {
            f"{_FIELD}.{name}" if name in known else name: sentence for name, sentence in refusal.fields.items()
        }
        raise
