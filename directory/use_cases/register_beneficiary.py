"""Staff or their program write somebody down who is received here, unless they are known already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.contacts import parse_email, parse_phone
from directory.domain.permissions import Permission, require
from directory.models import Beneficiary
from directory.queries import organisations
from directory.steps.people import known_or_new
from foundation import audit
from foundation.actors import Actor


def register_beneficiary(
    db: Session,
    actor: Actor,
    *,
    now: datetime,
    first_name: str,
    last_name: str,
    phone: str | None,
    email: str | None,
    language: str,
) -> Beneficiary:
    """Return who has this name and this phone or e-mail, or write them down; raise UnreadableContact.

    A number without a country's prefix is read as it is typed where the organisation is.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    region = organisations.by_id(db, actor.organisation_id).region
    person = known_or_new(
        db,
        actor,
        first_name=first_name,
        last_name=last_name,
        phone=parse_phone(phone, region) if phone else None,
        email=parse_email(email) if email else None,
        language=language,
        now=now,
    )
    audit.record(db, actor, action="beneficiary-registered", subject=("beneficiary", person.id), now=now)
    return person
