"""The first day of an organisation: its row, its signing key and its first manager, all or nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from directory.domain.contacts import parse_email, parse_phone
from directory.domain.holidays import HolidayCalendar
from directory.domain.identity import check_identity
from directory.domain.permissions import Permission, Role
from directory.models import Agent, ApiKey, Organisation
from directory.steps.api_keys import make_key
from directory.steps.nights import announce_next_night
from directory.steps.signing_keys import add_signing_key
from directory.steps.staff import NewAgent, take_on
from foundation import audit
from foundation.actors import Actor, system
from foundation.keys import MasterKeys
from foundation.refusals import Invalid

FIRST_KEY = "first key"


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
    holiday_calendar: HolidayCalendar = HolidayCalendar.METROPOLITAN


@dataclass(frozen=True)
class Founded:
    """What a program that founds an organisation is given: with the key it does all the rest."""

    organisation: Organisation
    manager: Agent
    key: ApiKey
    key_text: str = field(repr=False)


def found_organisation(
    db: Session, *, now: datetime, organisation: NewOrganisation, manager: NewAgent, keys: MasterKeys
) -> tuple[Organisation, Agent]:
    """Write it all. Runs over every organisation: there is none yet to be inside of.

    Raises SlugTaken or AgentExists; for what cannot be read, UnreadableIdentity, ZoneNotKnown, UnreadableContact or
    PasswordTooShort.
    """
    return _found(db, now, organisation, manager, keys)


def found_with_key(
    db: Session, *, now: datetime, organisation: NewOrganisation, manager: NewAgent, keys: MasterKeys
) -> Founded:
    """Do the same, and make the first key of the API, with every scope."""
    row, first = _found(db, now, organisation, manager, keys)
    key, text = make_key(db, system(row.id), name=FIRST_KEY, scopes=frozenset(Permission), now=now)
    return Founded(row, first, key, text)


def _found(
    db: Session, now: datetime, organisation: NewOrganisation, manager: NewAgent, keys: MasterKeys
) -> tuple[Organisation, Agent]:
    row = Organisation(**asdict(_readable(organisation)), created_at=now)
    db.add(row)
    db.flush()
    actor = system(row.id)
    add_signing_key(db, actor, keys=keys, now=now)
    first = _first_manager(db, actor, manager, keys)
    announce_next_night(db, actor, now=now)
    audit.record(db, actor, action="organisation-founded", subject=("organisation", row.id), now=now)
    return row, first


def _readable(typed: NewOrganisation) -> NewOrganisation:
    siret = "".join(typed.siret.split())
    check_identity(
        name=typed.name,
        slug=typed.slug,
        address=typed.address,
        siret=siret,
        activity_declaration=typed.activity_declaration,
        time_zone=typed.time_zone,
        region=typed.region,
    )
    phone, email = parse_phone(typed.phone, typed.region), parse_email(typed.email)
    return replace(typed, siret=siret, phone=phone, email=email)


def _first_manager(db: Session, actor: Actor, manager: NewAgent, keys: MasterKeys) -> Agent:
    try:
        return take_on(db, actor, agent=manager, role=Role.MANAGER, keys=keys)
    except Invalid as refusal:
        # The organisation has an `email` of its own.
        refusal.fields = {f"manager.{name}": key for name, key in refusal.fields.items()}
        raise
