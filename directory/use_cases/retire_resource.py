"""A room or a vehicle is given up: nothing new is planned in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.domain.refusals import AgentsOwnTime
from directory.models import Resource, ResourceKind
from directory.queries import resources
from foundation import audit
from foundation.actors import Actor


def retire_resource(db: Session, actor: Actor, *, now: datetime, resource_id: int) -> Resource:
    """Retire it; doing it again changes nothing. Raises ResourceNotFound, and AgentsOwnTime for an agent's."""
    require(actor, Permission.ADMINISTER)
    resource = resources.locked_by_id(db, resource_id)
    if resource.kind is ResourceKind.AGENT:
        raise AgentsOwnTime
    if resource.retired_at is None:
        resource.retired_at = now
        audit.record(db, actor, action="resource-retired", subject=("resource", resource.id), now=now)
    return resource
