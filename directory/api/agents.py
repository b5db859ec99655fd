"""Agents: the staff, who log in with two factors and whose time can be booked."""

from __future__ import annotations

from typing import Any

import pyotp

from directory.api.gates import program
from directory.domain import passwords
from directory.domain.permissions import Permission, Role
from directory.domain.second_factor import enrolment_address
from directory.here import current_organisation
from directory.models import Agent
from directory.queries import agents
from directory.steps.staff import NewAgent
from directory.use_cases.add_agent import add_agent
from directory.use_cases.retire_agent import retire_agent
from foundation import ids
from foundation.rows import take_page
from foundation.web.api.cursors import PageAsked, page_of
from foundation.web.api.fields import Choice, HouseSchema, Identifier, Instant, Part, Secret, Text
from foundation.web.api.operations import ApiBlueprint, located
from foundation.web.services import now, perform, reading, services

blueprint = ApiBlueprint("agents", "The staff: each logs in with two factors, and each one's time is a resource.")
_PASSWORD = f"At least {passwords.SHORTEST} characters; a sentence does very well."


class LogIn(HouseSchema):
    """How somebody of the staff is called and logs in."""

    name = Text(longest=120, required=True, metadata={"example": "Nadia Ferrand"})
    email = Text(longest=254, required=True, metadata={"description": "Their log-in, in the whole installation."})
    password = Secret(longest=passwords.LONGEST, required=True, metadata={"description": _PASSWORD})


class AgentToAdd(LogIn):
    """Somebody who joins the staff."""

    role = Choice(Role, required=True)
    venue_id = Identifier(
        load_default=None, allow_none=True, metadata={"description": "Where they work, if it is one place."}
    )


class AgentAnswer(HouseSchema):
    """Somebody of the staff; their venue is that of their resource."""

    id = Identifier(required=True)
    name = Text(longest=120, required=True)
    email = Text(longest=254, required=True)
    role = Choice(Role, required=True)
    resource_id = Identifier(required=True, metadata={"description": "Their time, as it is booked."})
    retired_at = Instant(required=True, allow_none=True)


class SecondFactorAnswer(HouseSchema):
    """What their authenticator application is shown (TOTP, RFC 6238). It is not shown again."""

    secret = Secret(required=True, metadata={"description": "In base32."})
    address = Secret(required=True, longest=1000, metadata={"description": "`otpauth:`, to be drawn as a QR code."})


class AgentAddedAnswer(HouseSchema):
    """The agent, and what they need once."""

    agent = Part(AgentAnswer, required=True)
    second_factor = Part(SecondFactorAnswer, required=True)


def new_agent(log_in: dict[str, Any], venue_id: int | None = None) -> NewAgent:
    """Return who is to be taken on, with a second factor of their own."""
    return NewAgent(log_in["name"], log_in["email"], log_in["password"], pyotp.random_base32(), venue_id)


def second_factor(agent: NewAgent, *, email: str, organisation: str) -> dict[str, str]:
    """Return what is shown once of a second factor."""
    address = enrolment_address(agent.totp_secret, email=email, organisation=organisation)
    return {"secret": agent.totp_secret, "address": address}


@blueprint.get("/agents", program(Permission.ADMINISTER), query=PageAsked, answer=page_of(AgentAnswer))
def list_agents(asked: dict[str, Any]) -> dict[str, Any]:
    """List the staff, retired agents included."""
    with reading() as db:
        items, following = take_page(db, agents.select_every(), Agent.id, **asked)
    return {"items": items, "next": following}


@blueprint.post("/agents", program(Permission.ADMINISTER), body=AgentToAdd, answer=AgentAddedAnswer, status=201)
def post_agent(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Add somebody to the staff, who may do no more than the key; the second factor is shown this once."""
    agent = new_agent(body, body["venue_id"])
    row = perform(add_agent, now=now(), agent=agent, role=body["role"], keys=services().keys)
    shown = second_factor(agent, email=row.email, organisation=current_organisation().name)
    return {"agent": row, "second_factor": shown}, 201, located(f"/agents/{ids.to_text(row.id)}")


@blueprint.get("/agents/<id:agent_id>", program(Permission.ADMINISTER), answer=AgentAnswer)
def show_agent(agent_id: int) -> Agent:
    """Show somebody of the staff."""
    with reading() as db:
        return agents.by_id(db, agent_id)


@blueprint.post("/agents/<id:agent_id>/retirement", program(Permission.ADMINISTER), answer=AgentAnswer)
def post_agent_retirement(agent_id: int) -> Agent:
    """Retire an agent: log-ins end at once, their time is not offered, the keys of their devices open nothing."""
    return perform(retire_agent, now=now(), agent_id=agent_id)
