"""Who of the staff may do what: a table to read, asked first in each use case."""

from __future__ import annotations

from enum import StrEnum

from foundation.actors import Actor, ActorKind
from foundation.refusals import Forbidden


class Role(StrEnum):
    """What an agent may do, as a bundle of permissions."""

    AGENT = "agent"
    MANAGER = "manager"


class Permission(StrEnum):
    """One thing that staff may do, and that a key of the API may be given as a scope."""

    BOOK = "book"
    SEE_DAY = "see-day"
    SCAN = "scan"
    SEARCH_PEOPLE = "search-people"
    MANAGE_PEOPLE = "manage-people"
    MANAGE_MEETINGS = "manage-meetings"
    CLOSE_SHEET = "close-sheet"
    ADMINISTER = "administer"
    KIOSK = "kiosk"


# A kiosk lets people sign by themselves: nobody of the staff is one.
_MANAGER = frozenset(Permission) - {Permission.KIOSK}
ROLES: dict[Role, frozenset[Permission]] = {Role.AGENT: _MANAGER - {Permission.ADMINISTER}, Role.MANAGER: _MANAGER}


class NotAllowed(Forbidden):
    """Known, and without the permission."""


def require(actor: Actor, permission: Permission) -> None:
    """Return when the actor was given `permission`, or is the system itself; raise NotAllowed."""
    if actor.kind is not ActorKind.SYSTEM and not actor.may(permission):
        raise NotAllowed
