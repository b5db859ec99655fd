"""How a door, a kind, a cause and somebody whom a search found are written, for pages and programs alike."""

from __future__ import annotations

from attendance.domain.expectations import Expectation
from attendance.domain.refusals import UnreadableTarget
from attendance.domain.targets import Target, TargetKind
from attendance.door.people import person_of
from attendance.models import SignatureKind, StatementCause
from attendance.steps.statements import Person
from foundation import ids


def parse_target(text: object) -> Target:
    """Read `desk:<id>` or `half_day:<id>`; raise UnreadableTarget."""
    kind, _, identifier = str(text).partition(":")
    try:
        return Target(TargetKind(kind), ids.from_text(identifier))
    except ValueError as error:
        raise UnreadableTarget from error


def parse_kind(text: object) -> SignatureKind:
    """Read `arrival` or `departure`; raise UnreadableTarget."""
    try:
        return SignatureKind(str(text))
    except ValueError as error:
        raise UnreadableTarget from error


def parse_cause(text: object) -> StatementCause:
    """Return the cause that a form names; another one than it offers is «other»."""
    said = str(text)
    return StatementCause(said) if said in set(StatementCause) else StatementCause.OTHER


def parse_person(reference: object) -> Person:
    """Read what a search gave: `at:<attendee>:<half-day>`, `appointment:<id>` or `seat:<workshop>:<person>`."""
    kind, _, rest = str(reference).partition(":")
    try:
        if kind == "at":
            attendee, _, half_day = rest.partition(":")
            return Person(attendee_id=ids.from_text(attendee), half_day_id=ids.from_text(half_day))
        if kind == "appointment":
            return Person(appointment_id=ids.from_text(rest))
        if kind == "seat":
            workshop, _, beneficiary = rest.partition(":")
            return Person(workshop_id=ids.from_text(workshop), beneficiary_id=ids.from_text(beneficiary))
    except ValueError as error:
        raise UnreadableTarget from error
    raise UnreadableTarget


def reference_of(expectation: Expectation) -> str:
    """Write the reference of somebody whom a search found."""
    person = person_of(expectation)
    if person.attendee_id is not None:
        return f"at:{ids.to_text(person.attendee_id)}:{ids.to_text(person.half_day_id or 0)}"
    if person.appointment_id is not None:
        return f"appointment:{ids.to_text(person.appointment_id)}"
    return f"seat:{ids.to_text(person.workshop_id or 0)}:{ids.to_text(person.beneficiary_id or 0)}"
