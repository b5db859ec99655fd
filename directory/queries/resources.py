"""What can be taken: agents' time, rooms, vehicles."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory.domain.refusals import ResourceNotFound
from directory.models import Resource, ResourceKind


def select_every(kind: ResourceKind | None = None) -> Select[Resource]:
    """Ask for the resources of the organisation, retired ones included; of one kind when it is named."""
    return select(Resource) if kind is None else select(Resource).where(Resource.kind == kind)


def by_id(db: Session, resource_id: int) -> Resource:
    """Return one resource, retired or not; raise ResourceNotFound."""
    found = db.get(Resource, resource_id)
    if found is None:
        raise ResourceNotFound
    return found


def at_work_by_id(db: Session, resource_id: int) -> Resource:
    """Return an agent's time, a room or a vehicle that is not retired; raise ResourceNotFound."""
    found = by_id(db, resource_id)
    if found.retired_at is not None:
        raise ResourceNotFound
    return found


def agent_at_work_by_id(db: Session, resource_id: int) -> Resource:
    """Return the time of an agent who works here at present; raise ResourceNotFound."""
    found = at_work_by_id(db, resource_id)
    if found.kind is not ResourceKind.AGENT:
        raise ResourceNotFound
    return found


def locked_by_id(db: Session, resource_id: int) -> Resource:
    """Return one resource as it is now, locked until the transaction ends; raise ResourceNotFound."""
    query = select(Resource).where(Resource.id == resource_id).with_for_update()
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise ResourceNotFound
    return found
