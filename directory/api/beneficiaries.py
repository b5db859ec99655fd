"""Beneficiaries: whoever is received."""

from __future__ import annotations

from typing import Any

from directory.api.badges import BadgeAnswer, with_text
from directory.api.gates import program
from directory.domain.permissions import Permission
from directory.models import Beneficiary
from directory.queries import people
from directory.use_cases.give_badge import give_badge
from directory.use_cases.register_beneficiary import register_beneficiary
from directory.use_cases.search_people import search_people
from foundation import ids
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Part, Several, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading
from foundation.wording import Language

blueprint = ApiBlueprint("beneficiaries", "Whoever is received, without an account of their own.")


class BeneficiaryToRegister(HouseSchema):
    """Somebody who is received; staff may write down a person with neither telephone nor e-mail."""

    first_name = Text(longest=80, required=True, metadata={"example": "Zoé"})
    last_name = Text(longest=80, required=True, metadata={"example": "Martin"})
    phone = Text(
        longest=40,
        load_default=None,
        allow_none=True,
        metadata={"example": "+33639980001", "description": "Without a prefix: as typed where the organisation is."},
    )
    email = Text(longest=254, load_default=None, allow_none=True, metadata={"example": "zoe@courriel.example"})
    language = Choice(Language, load_default=Language.FRENCH)


class BeneficiaryAnswer(HouseSchema):
    """Somebody who is received; the telephone number is in E.164."""

    id = Identifier(required=True)
    first_name = Text(longest=80, required=True)
    last_name = Text(longest=80, required=True)
    phone = Text(longest=20, required=True, allow_none=True)
    email = Text(longest=254, required=True, allow_none=True)
    language = Text(longest=2, required=True)
    created_at = Instant(required=True)


class PeopleAsked(HouseSchema):
    """A part of a name."""

    query = Text(
        longest=120, required=True, metadata={"example": "martin zoe", "description": "Three letters or more."}
    )


class PersonFound(HouseSchema):
    """Somebody with that name: no more than it takes to tell people apart."""

    id = Identifier(required=True)
    first_name = Text(longest=80, required=True)
    last_name = Text(longest=80, required=True)


class PeopleFound(HouseSchema):
    """At most ten people, by name."""

    items = Several(Part(PersonFound), most=10, required=True)


class BadgeAsked(HouseSchema):
    """For how long."""

    until = Instant(
        required=True, metadata={"description": "It is good until then at least; two years from now at most."}
    )


@blueprint.post(
    "/beneficiaries",
    program(Permission.MANAGE_PEOPLE),
    body=BeneficiaryToRegister,
    answer=BeneficiaryAnswer,
    status=201,
)
def post_beneficiary(body: dict[str, Any]) -> tuple[Beneficiary, int, dict[str, str]]:
    """Find or write down a person: the same name with the same telephone or e-mail is the same person and id.

    The answer is 201 in both cases. What was not known of the person (a second contact) is added to them.
    """
    language = body.pop("language").value
    person = perform(register_beneficiary, now=now(), language=language, **body)
    return person, 201, located(f"/beneficiaries/{ids.to_text(person.id)}")


@blueprint.get("/beneficiaries/<id:beneficiary_id>", program(Permission.MANAGE_PEOPLE), answer=BeneficiaryAnswer)
def show_beneficiary(beneficiary_id: int) -> Beneficiary:
    """Show one person."""
    with reading() as db:
        return people.by_id(db, beneficiary_id)


@blueprint.post("/beneficiaries/search", program(Permission.SEARCH_PEOPLE), body=PeopleAsked, answer=PeopleFound)
def search_beneficiaries(body: dict[str, Any]) -> dict[str, Any]:
    """Look for people by name; that a search was made is kept, and not for whom."""
    return {"items": perform(search_people, now=now(), query=body["query"])}


@blueprint.post(
    "/beneficiaries/<id:beneficiary_id>/badges",
    program(Permission.MANAGE_PEOPLE),
    body=BadgeAsked,
    answer=BadgeAnswer,
    status=201,
)
def post_badge(body: dict[str, Any], beneficiary_id: int) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Give a person a badge: the one they have, if it lasts that long, or a new one. 201 in both cases."""
    badge = perform(give_badge, now=now(), beneficiary_id=beneficiary_id, until=body["until"])
    return with_text(badge), 201, located(f"/badges/{ids.to_text(badge.id)}")
