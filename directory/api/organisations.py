"""The organisation: founded by whoever runs the installation, and read by its own programs."""

from __future__ import annotations

from typing import Any

from directory.api.agents import AgentAnswer, LogIn, SecondFactorAnswer, new_agent, second_factor
from directory.api.api_keys import ApiKeyGivenAnswer, shown_once
from directory.api.gates import OperatorGate, program
from directory.domain.holidays import HolidayCalendar
from directory.here import current_organisation
from directory.models import Organisation
from directory.use_cases.found_organisation import NewOrganisation, found_with_key
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Part, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform_everywhere, services

blueprint = ApiBlueprint("organisations", "The body whose people are received; nothing is seen across two of them.")


class OrganisationDetails(HouseSchema):
    """What is written on the sheets, and where the organisation is."""

    name = Text(longest=120, required=True, metadata={"example": "Entraide du Port"})
    slug = Text(
        longest=60,
        required=True,
        metadata={"example": "entraide-du-port", "description": "For /o/<slug>: a-z, 0-9, -."},
    )
    address = Text(longest=300, required=True, metadata={"example": "3 quai Louis XVIII, 33000 Bordeaux"})
    siret = Text(longest=20, required=True, metadata={"example": "81234567800023", "description": "14 digits."})
    activity_declaration = Text(
        longest=20, blank=True, load_default="", metadata={"description": "For training bodies, else empty."}
    )
    time_zone = Text(longest=60, required=True, metadata={"example": "Europe/Paris", "description": "An IANA zone."})
    region = Text(longest=2, required=True, metadata={"example": "FR", "description": "Of telephone numbers."})
    phone = Text(longest=40, required=True, metadata={"example": "+33556010204"})
    email = Text(longest=254, required=True, metadata={"example": "contact@entraide.example"})
    holiday_calendar = Choice(
        HolidayCalendar,
        load_default=HolidayCalendar.METROPOLITAN,
        metadata={"description": "Whose public holidays close what has no venue."},
    )


class OrganisationToFound(OrganisationDetails):
    """An organisation and its first manager."""

    manager = Part(LogIn, required=True)


class OrganisationAnswer(OrganisationDetails):
    """An organisation; its telephone number is in E.164."""

    id = Identifier(required=True)
    activity_declaration = Text(longest=20, blank=True, required=True)
    holiday_calendar = Choice(HolidayCalendar, required=True)
    created_at = Instant(required=True)


class FoundedAnswer(HouseSchema):
    """All that the first day needs. The second factor and the secret of the key are not shown again."""

    organisation = Part(OrganisationAnswer, required=True)
    manager = Part(AgentAnswer, required=True)
    second_factor = Part(SecondFactorAnswer, required=True)
    api_key = Part(ApiKeyGivenAnswer, required=True)


@blueprint.post("/organisations", OperatorGate(), body=OrganisationToFound, answer=FoundedAnswer, status=201)
def post_organisation(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Found an organisation with its first manager and its first key, which has every scope."""
    manager = new_agent(body.pop("manager"))
    wanted = NewOrganisation(**body)
    made = perform_everywhere(found_with_key, now=now(), organisation=wanted, manager=manager, keys=services().keys)
    answer = {
        "organisation": made.organisation,
        "manager": made.manager,
        "second_factor": second_factor(manager, email=made.manager.email, organisation=made.organisation.name),
        "api_key": shown_once(made.key, made.key_text),
    }
    return answer, 201, located("/organisation")


@blueprint.get("/organisation", program(), answer=OrganisationAnswer)
def show_organisation() -> Organisation:
    """Show the organisation of the key."""
    return current_organisation()
