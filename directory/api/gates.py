"""Who is let in to the API: by a key, by somebody's personal link, or as whoever runs the installation.

A bearer token alone counts (RFC 6750): no cookie is looked at, so no other site can have a browser act here.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, request

from directory.domain.permissions import Permission, require
from directory.domain.refusals import ApiKeyNeeded, ApiKeyRefused
from directory.here import enter
from directory.queries import api_keys, organisations
from directory.queries.api_keys import KnownKey
from directory.use_cases.notice_key_use import EVERY, notice_key_use
from foundation.actors import Actor, ActorKind
from foundation.database import EVERY_ORGANISATION
from foundation.links import follow
from foundation.refusals import Expired, NotFound
from foundation.web.services import now, services


@dataclass(frozen=True)
class KeyGate:
    """Lets in a program or a device whose key has the scope; any good key when no scope is named."""

    scope: Permission | None = None
    security: str = "key"

    @property
    def needs(self) -> str:
        """What is said of a refusal."""
        return f"The key has not the scope `{self.scope}`." if self.scope else "Not with this key."

    def __call__(self, _arguments: Mapping[str, Any]) -> Actor:
        """Act inside the key's organisation, with its scopes and no more."""
        with services().database.reading(EVERY_ORGANISATION) as db:
            known = api_keys.by_text(db, bearer(), now=now())
        if known is None:
            raise ApiKeyRefused
        enter(known.organisation)
        actor = _actor(known)
        last = known.key.last_used_at
        if last is None or last <= now() - EVERY:
            services().database.in_transaction(actor.organisation_id, notice_key_use, actor, now=now())
        if self.scope is not None:
            require(actor, self.scope)
        return actor


def _actor(known: KnownKey) -> Actor:
    key, device = known.key, known.device
    scopes = frozenset(key.scopes)
    if device is None:
        return Actor(ActorKind.PROGRAM, key.organisation_id, key.id, key.id, scopes)
    return Actor(ActorKind.DEVICE, key.organisation_id, device.id, key.id, scopes, entrusted_to=device.agent_id)


@dataclass(frozen=True)
class LinkGate:
    """Lets in whoever holds a live personal link of this purpose, and shows its secret part as the bearer token."""

    purpose: str
    kind: ActorKind
    needs: str = "Not with this link."

    @property
    def security(self) -> str:
        """The scheme of links for this purpose."""
        return f"{self.purpose}Link"

    def __call__(self, _arguments: Mapping[str, Any]) -> Actor:
        """Act as the holder, inside the link's organisation."""
        with services().database.reading(EVERY_ORGANISATION) as db:
            try:
                link = follow(db, bearer(), purpose=self.purpose, keys=services().keys, now=now())
            except (NotFound, Expired) as refusal:
                raise ApiKeyRefused from refusal
            enter(organisations.by_id(db, link.organisation_id))
        g.link = link
        return Actor(self.kind, link.organisation_id, link.subject_id, link.id)


@dataclass(frozen=True)
class OperatorGate:
    """Lets in whoever runs the installation, who makes organisations and sees inside none."""

    security: str = "operator"
    needs: str = "Not with this key."

    def __call__(self, _arguments: Mapping[str, Any]) -> Actor:
        """Act outside of every organisation."""
        expected = services().operator_key
        if not expected or not hmac.compare_digest(expected.encode(), bearer().encode()):
            raise ApiKeyRefused
        g.scope = EVERY_ORGANISATION
        return Actor(ActorKind.PROGRAM, 0)


@dataclass(frozen=True)
class EverybodyGate:
    """Lets in anybody: what the body holds is the proof, and which organisation it is follows from that."""

    security: str = ""
    needs: str = "Not here."

    def __call__(self, _arguments: Mapping[str, Any]) -> Actor:
        """Act as a visitor of no organisation, who sees nothing."""
        return Actor(ActorKind.VISITOR, 0)


EVERYBODY = EverybodyGate()


def bearer() -> str:
    """Return the token of the `Authorization` header; raise ApiKeyNeeded."""
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise ApiKeyNeeded
    return given.token


def program(scope: Permission | None = None) -> KeyGate:
    """Return the gate for keys with this scope."""
    return KeyGate(scope)
