"""A program is given a key, or a device is: no wider than the hand that gives it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.domain.refusals import DeviceNotFound, EndsInThePast, ScopesTooWide
from directory.models import ApiKey
from directory.queries import agents, devices
from directory.steps.api_keys import make_key
from foundation.actors import Actor, ActorKind

OF_A_DEVICE = frozenset({Permission.SCAN, Permission.SEARCH_PEOPLE, Permission.SEE_DAY})
"""What a scanner at a door needs, should it be lost: it changes no settings."""


def make_api_key(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    name: str,
    scopes: Collection[Permission],
    expires_at: datetime | None = None,
    device_id: int | None = None,
) -> tuple[ApiKey, str]:
    """Return the key and its text, which is shown once. Good for a year by default, for two at most.

    Raises ScopesTooWide for a scope that the giver has not, or that no device is given; EndsInThePast; DeviceNotFound,
    also for a device that was revoked; AgentNotFound when the one who answers for it has left.
    """
    require(actor, Permission.ADMINISTER)
    if actor.kind is not ActorKind.SYSTEM and not all(actor.may(scope) for scope in scopes):
        raise ScopesTooWide
    if expires_at is not None and expires_at <= now:
        raise EndsInThePast({"expires_at": "refusal.ends-in-the-past"})
    if device_id is not None:
        if not OF_A_DEVICE.issuperset(scopes):
            raise ScopesTooWide
        device = devices.by_id(db, device_id)
        if device.revoked_at is not None:
            raise DeviceNotFound
        agents.at_work_by_id(db, device.agent_id)
    return make_key(db, actor, name=name, scopes=scopes, now=now, expires_at=expires_at, device_id=device_id)
