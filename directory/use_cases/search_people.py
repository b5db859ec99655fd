"""Somebody is looked for by name. The search is kept in the audit trail, without the name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Permission, require
from directory.models import Beneficiary
from directory.queries import people
from foundation import audit
from foundation.actors import Actor


def search_people(db: Session, actor: Actor, *, now: datetime, query: str) -> list[Beneficiary]:
    """Return at most ten people whose name has every word of `query`; raise QueryTooShort under three letters."""
    require(actor, Permission.SEARCH_PEOPLE)
    found = people.named_like(db, query)
    subject = ("organisation", actor.organisation_id)
    audit.record(db, actor, action="people.searched", subject=subject, now=now, found=len(found))
    return found
