"""The first day of an organisation: its row, its signing key and its first manager, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.permissions import Role
from directory.models import Agent, Organisation
from directory.steps.nights import announce_next_night
from directory.steps.signing_keys import add_signing_key
from directory.steps.staff import NewAgent, take_on
from foundation import audit
from foundation.actors import system
from foundation.keys import MasterKeys


@dataclass(frozen=True)
class NewOrganisation:
    """What is written on the sheets, and where the organisation lives."""

    name: str
    slug: str
    address: str
    siret: str
    activity_declaration: str
    time_zone: str
    region: str
    phone: str
    email: str


def found_organisation(
    db: Session, *, now: datetime, organisation: NewOrganisation, manager: NewAgent, keys: MasterKeys
) -> tuple[Organisation, Agent]:
    """Write it all; raise SlugTaken or AgentExists. Runs over every organisation: there is none yet to be inside of."""
    row = Organisation(
        name=organisation.name,
        slug=organisation.slug,
        address=organisation.address,
        siret=organisation.siret,
        activity_declaration=organisation.activity_declaration,
        time_zone=organisation.time_zone,
        region=organisation.region,
        phone=organisation.phone,
        email=organisation.email,
        created_at=now,
    )
    db.add(row)
    db.flush()
    actor = system(row.id)
    add_signing_key(db, actor, keys=keys, now=now)
    first = take_on(db, actor, agent=manager, role=Role.MANAGER, keys=keys)
    announce_next_night(db, actor, now=now)
    audit.record(db, actor, action="organisation-founded", subject=("organisation", row.id), now=now)
    return row, first
