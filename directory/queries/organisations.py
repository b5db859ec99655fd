"""Which organisation?"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.domain.refusals import OrganisationNotFound
from directory.models import Organisation


def by_slug(db: Session, slug: str) -> Organisation:
    """Return the organisation of a public address; raise OrganisationNotFound."""
    found = db.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is None:
        raise OrganisationNotFound
    return found


def by_id(db: Session, organisation_id: int) -> Organisation:
    """Return the organisation; raise OrganisationNotFound."""
    found = db.get(Organisation, organisation_id)
    if found is None:
        raise OrganisationNotFound
    return found


def every(db: Session) -> list[Organisation]:
    """Return all organisations of this house, by name."""
    return list(db.scalars(select(Organisation).order_by(Organisation.name)))
