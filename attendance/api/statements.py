"""Statements (constats): somebody without a badge is looked for by name, and their presence is stated, not signed."""

from __future__ import annotations

from typing import Any

from attendance.api.localised import localised
from attendance.api.scans import TargetNamed, target_of
from attendance.api.shapes import ZONE
from attendance.domain.refusals import UnreadableStatement
from attendance.door.people import person_of
from attendance.door.references import reference_of
from attendance.models import SignatureKind, StatementCause
from attendance.steps.statements import LONGEST_REASON
from attendance.use_cases.find_expected import MOST, Found, find_expected
from attendance.use_cases.state_presence import Person, state_presence
from directory.api.gates import program
from directory.domain.permissions import Permission
from foundation import times
from foundation.web.api.fields import Choice, Flag, HouseSchema, Identifier, Instant, Part, Several, Text
from foundation.web.api.operations import ApiBlueprint
from foundation.web.language import say
from foundation.web.services import now, perform

blueprint = ApiBlueprint("statements", "Constats: an agent says, with a reason, that somebody is there.")

_WAYS = ({"attendee_id", "half_day_id"}, {"appointment_id"}, {"workshop_id", "beneficiary_id"})


class PeopleAtDoorAsked(HouseSchema):
    """A name, of which three letters at least are known, and the door at which it is asked."""

    query = Text(longest=200, required=True, metadata={"example": "diallo"})
    target = Part(TargetNamed, required=True)


class StatablePersonAnswer(HouseSchema):
    """How a statement names somebody: to be sent as it is, with a kind and a reason."""

    attendee_id = Identifier(required=True, allow_none=True)
    half_day_id = Identifier(required=True, allow_none=True)
    appointment_id = Identifier(required=True, allow_none=True)
    workshop_id = Identifier(required=True, allow_none=True)
    beneficiary_id = Identifier(required=True, allow_none=True)


class PersonAtDoorAnswer(HouseSchema):
    """Somebody of that name who is expected."""

    person = Part(StatablePersonAnswer, required=True)
    attendee = Text(longest=120, required=True, metadata={"description": "How a drawn signature names them."})
    name = Text(longest=170, required=True)
    title = Text(longest=200, required=True)
    time_zone = Text(longest=60, required=True, metadata=ZONE)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    signed_at = Instant(required=True, allow_none=True)
    is_stated = Flag(required=True)


class PeopleAtDoorAnswer(HouseSchema):
    """Who was found."""

    people = Several(Part(PersonAtDoorAnswer), most=2 * MOST, required=True)


class NewStatement(HouseSchema):
    """A statement about one person at one place, named by `attendee_id` and `half_day_id`, by `appointment_id`, or by
    `workshop_id` and `beneficiary_id`; the others are null or left out.
    """

    attendee_id = Identifier(load_default=None, allow_none=True)
    half_day_id = Identifier(load_default=None, allow_none=True)
    appointment_id = Identifier(load_default=None, allow_none=True)
    workshop_id = Identifier(load_default=None, allow_none=True)
    beneficiary_id = Identifier(load_default=None, allow_none=True)
    kind = Choice(SignatureKind, required=True)
    cause = Choice(StatementCause, load_default=StatementCause.OTHER)
    reason = Text(longest=LONGEST_REASON, required=True, metadata={"example": "Badge oublié"})


class StatementAnswer(HouseSchema):
    """What was stated, and of whom."""

    name = Text(longest=170, required=True)
    title = Text(longest=200, required=True)
    sentence = Text(longest=600, required=True)


@blueprint.post(
    "/expected/search", program(Permission.SEARCH_PEOPLE), body=PeopleAtDoorAsked, answer=PeopleAtDoorAnswer
)
def search_expected(body: dict[str, Any]) -> dict[str, Any]:
    """Look for somebody by name at a door; the search is kept in the audit trail."""
    found = perform(find_expected, now=now(), query=body["query"], target=target_of(body["target"]))
    return {"people": [_found(one) for one in found]}


@blueprint.post("/statements", program(Permission.SCAN), body=NewStatement, answer=StatementAnswer, status=201)
def post_statement(body: dict[str, Any]) -> dict[str, str]:
    """State that somebody is there; it is never their signature."""
    said = {name: body.pop(name) for name in ("kind", "cause", "reason")}
    if {name for name, value in body.items() if value is not None} not in _WAYS:
        raise UnreadableStatement({"attendee_id": "statement.person_needed"})
    stated = perform(state_presence, now=now(), person=Person(**body), **said)
    sentence = say("statement.kept", name=stated.name, title=stated.title)
    return {"name": stated.name, "title": stated.title, "sentence": sentence}


def _found(one: Found) -> dict[str, Any]:
    expectation = one.expectation
    zone = expectation.time_zone
    return {
        "person": localised(person_of(expectation), zone),
        "attendee": reference_of(expectation),
        "name": one.name,
        "title": expectation.title,
        "time_zone": zone,
        "starts_at": times.local(expectation.starts_at, zone),
        "ends_at": times.local(expectation.ends_at, zone),
        "signed_at": times.local(one.signed_at, zone) if one.signed_at is not None else None,
        "is_stated": one.is_stated,
    }
