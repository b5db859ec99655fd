"""Whose time, or which room, is asked for: rows of the directory that can still be taken."""

from __future__ import annotations

from sqlalchemy.orm import Session

from directory.domain.refusals import ResourceNotFound
from directory.models import Resource, ResourceKind


def at_work_by_id(db: Session, resource_id: int) -> Resource:
    """Return an agent's time, a room or a vehicle that is not retired; raise ResourceNotFound."""
    found = db.get(Resource, resource_id)
    if found is None or found.retired_at is not None:
        raise ResourceNotFound
    return found


def agent_at_work_by_id(db: Session, resource_id: int) -> Resource:
    """Return the time of an agent who works here at present; raise ResourceNotFound."""
    found = at_work_by_id(db, resource_id)
    if found.kind is not ResourceKind.AGENT:
        raise ResourceNotFound
    return found
