"""A resource is renamed, or how many appointments it may have changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.domain.refusals import UnfitCaps
from directory.models import Resource, ResourceKind
from directory.queries import resources
from foundation import audit
from foundation.actors import Actor


def change_resource(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    resource_id: int,
    changes: Mapping[str, Any],
    compare: Callable[[Resource], None],
) -> Resource:
    """Give a resource another name or other caps; what is booked already stays.

    `compare` is handed the resource under a lock, and raises when that is not what the sender has seen. Raises
    ResourceNotFound, and UnfitCaps: caps are for agents, and a week has no fewer than a day.
    """
    require(actor, Permission.ADMINISTER)
    resource = resources.locked_by_id(db, resource_id)
    compare(resource)
    changed = sorted(name for name, value in changes.items() if getattr(resource, name) != value)
    for name in changed:
        setattr(resource, name, changes[name])
    _refuse_unfit(resource)
    if changed:
        subject = ("resource", resource.id)
        audit.record(db, actor, action="resource-changed", subject=subject, now=now, changed=" ".join(changed))
    return resource


def _refuse_unfit(resource: Resource) -> None:
    a_day, a_week = resource.most_a_day, resource.most_a_week
    if resource.kind is not ResourceKind.AGENT and (a_day is not None or a_week is not None):
        raise UnfitCaps({"most_a_day": "directory.resource.caps_of_agents"})
    if a_day is not None and a_week is not None and a_week < a_day:
        raise UnfitCaps({"most_a_week": "directory.resource.week_below_day"})
