"""Programs that book for the public: they may what a visitor may, and are refused what a visitor is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from booking.steps.holds import NETWORK_LETTERS
from directory.api.gates import KeyGate
from directory.domain.permissions import Permission
from foundation.actors import Actor, ActorKind
from foundation.web.services import current_actor, services

_CLIENT_LETTERS = 64


@dataclass(frozen=True)
class PublicGate(KeyGate):
    """Lets in a key that may book, as a visitor: what the public types through a program proves nothing either."""

    scope: Permission | None = Permission.BOOK

    def __call__(self, arguments: Mapping[str, Any]) -> Actor:
        """Act as somebody unknown who came through this key."""
        program = super().__call__(arguments)
        return replace(program, kind=ActorKind.VISITOR, permissions=frozenset())


def as_the_public() -> PublicGate:
    """Return the gate of what a visitor does."""
    return PublicGate()


def client(named: str | None = None) -> str:
    """Return the keyed hashes of the key and of who types, to count live holds; whoever is not named is new."""
    within = services().keys.fingerprint("hold client: key", str(current_actor().through))
    typing = services().keys.fingerprint("hold client: of a program", named or secrets.token_hex())
    return within[:NETWORK_LETTERS] + typing[: _CLIENT_LETTERS - NETWORK_LETTERS]
