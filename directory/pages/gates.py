"""Who is let in, as far as it takes the annuaire to know: staff, visitors of one organisation, holders of a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, request, url_for

from directory.domain.permissions import ROLES, Permission, require
from directory.domain.refusals import LogInNeeded
from directory.here import current_organisation, enter
from directory.models import Agent, StaffSession
from directory.queries import organisations, sessions
from directory.use_cases.notice_activity import EVERY, notice_activity
from foundation.actors import Actor, ActorKind
from foundation.database import EVERY_ORGANISATION
from foundation.web.access import Gate, HolderOf
from foundation.web.protection import bind_forms_to
from foundation.web.services import now, services


def cookie_name() -> str:
    """Return the cookie's name; `__Host-` (RFC 6265bis, §4.1.3.2) wherever the site is served over TLS."""
    return "__Host-equipe" if services().base_url.startswith("https://") else "equipe"


def visitors(arguments: Mapping[str, Any]) -> Actor:
    """Let anybody in to the public pages of the organisation whose `slug` is in the address."""
    with services().database.reading(EVERY_ORGANISATION) as db:
        enter(organisations.by_slug(db, arguments["slug"]))
    return Actor(ActorKind.VISITOR, current_organisation().id)


def holder_of(purpose: str, kind: ActorKind) -> Gate:
    """Let in whoever holds a live personal link of this purpose (`token` in the address)."""
    holder = HolderOf(purpose, kind)

    def gate(arguments: Mapping[str, Any]) -> Actor:
        actor = holder(arguments)
        with services().database.reading(EVERY_ORGANISATION) as db:
            enter(organisations.by_id(db, actor.organisation_id))
        return actor

    return gate


def staff(permission: Permission | None = None) -> Gate:
    """Let in an agent with both factors, and with `permission` if one is named."""

    def gate(_arguments: Mapping[str, Any]) -> Actor:
        session, agent = _logged_in()
        if session.second_factor_at is None:
            raise LogInNeeded
        actor = Actor(ActorKind.AGENT, agent.organisation_id, agent.id, session.id, frozenset(ROLES[agent.role]))
        if permission is not None:
            require(actor, permission)
        if session.last_seen_at <= now() - EVERY:
            services().database.in_transaction(actor.organisation_id, notice_activity, actor, now=now())
        g.home_url = url_for("booking.day")
        return actor

    return gate


def half_logged_in(_arguments: Mapping[str, Any]) -> Actor:
    """Let in somebody whose password was right and whose second factor is awaited; they may do nothing else."""
    session, agent = _logged_in()
    if session.second_factor_at is not None:
        raise LogInNeeded
    return Actor(ActorKind.AGENT, agent.organisation_id, agent.id, session.id)


def _logged_in() -> tuple[StaffSession, Agent]:
    token = request.cookies.get(cookie_name())
    if not token:
        raise LogInNeeded
    with services().database.reading(EVERY_ORGANISATION) as db:
        found = sessions.by_token(db, token, now=now())
        if found is None:
            raise LogInNeeded
        enter(organisations.by_id(db, found[1].organisation_id))
    bind_forms_to(found[0].id)
    return found
