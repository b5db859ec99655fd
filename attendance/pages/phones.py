"""Which phones are known in a room, by their holder's wish: the personal link of one meeting, kept as a cookie.

Set when its holder presses a button, sent to `/presence` alone, gone with the link or once forgotten (decision 23).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directory.here import enter
from directory.queries import organisations
from foundation import ids
from foundation.actors import Actor, ActorKind
from foundation.database import EVERY_ORGANISATION
from foundation.links import LinkExpired, LinkNotFound, follow, link_token
from foundation.models import PersonalLink
from foundation.web.services import now, services

PATH = "/presence"


def remember(response: Response, meeting_id: int, link: PersonalLink) -> None:
    """Have this browser show its personal link where a room's code leads, as long as the link lives."""
    _set_cookie(response, meeting_id, link_token(link, services().keys), link.expires_at)


def forget(response: Response, meeting_id: int) -> None:
    """Have this browser show it no more."""
    _set_cookie(response, meeting_id, "", datetime.fromtimestamp(0, tz=UTC))


def known(db: Session, meeting_id: int) -> PersonalLink | None:
    """Return the live link that this phone shows at a meeting, or None."""
    try:
        return _follow(db, meeting_id)
    except (LinkNotFound, LinkExpired):
        return None


def known_phone(arguments: Mapping[str, Any]) -> Actor:
    """Let in a phone that is known at the meeting of this address; raise LinkNotFound or LinkExpired."""
    with services().database.reading(EVERY_ORGANISATION) as db:
        link = _follow(db, arguments["meeting_id"])
        enter(organisations.by_id(db, link.organisation_id))
    g.link = link
    return Actor(ActorKind.BENEFICIARY, link.organisation_id, link.subject_id, link.id)


def _follow(db: Session, meeting_id: int) -> PersonalLink:
    token = request.cookies.get(_name(meeting_id), "")
    return follow(db, token, purpose="sign", keys=services().keys, now=now())


def _name(meeting_id: int) -> str:
    return f"presence-{ids.to_text(meeting_id)}"


def _set_cookie(response: Response, meeting_id: int, value: str, until: datetime) -> None:
    secure = services().base_url.startswith("https://")
    name = _name(meeting_id)
    response.set_cookie(name, value, expires=until, httponly=True, secure=secure, samesite="Lax", path=PATH)
