"""The demonstration's organisation: a small body that a reader believes in, with its people and their log-ins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy.orm import Session

from directory.domain.permissions import Role
from directory.models import Agent, Organisation, Resource, ResourceKind, Venue
from directory.steps.staff import NewAgent
from directory.use_cases.add_agent import add_agent
from directory.use_cases.add_resource import add_resource
from directory.use_cases.add_venue import add_venue
from directory.use_cases.found_organisation import NewOrganisation, found_organisation
from foundation.actors import Actor, system
from foundation.database import EVERY_ORGANISATION
from foundation.web.services import Services

PASSWORD = "le paraphe du matin"  # noqa: S105 - the demonstration answers on this computer only
SLUG = "maison-des-solidarites"
MANAGER = ("Inès Duprat", "ines.duprat@paraphe.example")
AGENTS = (
    ("Nadia Ferrand", "nadia.ferrand@paraphe.example"),
    ("Karim Belkacem", "karim.belkacem@paraphe.example"),
    ("Lucie Payet", "lucie.payet@paraphe.example"),
)
HOUSE = NewOrganisation(
    name="Maison des Solidarités",
    slug=SLUG,
    address="12 rue des Faures, 33000 Bordeaux",
    siret="81234567800015",
    activity_declaration="75331234533",
    time_zone="Europe/Paris",
    region="FR",
    phone="+33556010203",
    email="accueil@paraphe.example",
)


@dataclass(frozen=True)
class Office:
    """What the other packages furnish further."""

    actor: Actor
    organisation: Organisation
    bordeaux: Venue
    saint_denis: Venue
    room: Resource
    agents: tuple[Agent, ...]


@dataclass(frozen=True)
class Coming:
    """Somebody was expected somewhere, and came."""

    beneficiary_id: int
    venue_id: int
    starts_at: datetime


def totp_secret(email: str) -> str:
    """Return the second factor of a demonstration log-in: the same each time, and worth nothing elsewhere."""
    letters = "".join(letter for letter in email.upper() if letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    return (letters * 4)[:32]


def furnish(services: Services) -> Office:
    """Found the organisation, its two venues in two time zones, its room and its four agents."""
    now = services.clock.now()
    organisation, manager = services.database.in_transaction(
        EVERY_ORGANISATION,
        found_organisation,
        now=now,
        organisation=HOUSE,
        manager=_agent(*MANAGER),
        keys=services.keys,
    )
    actor = system(organisation.id)

    def write(db: Session) -> Office:
        bordeaux = add_venue(
            db,
            actor,
            now=now,
            name="Bordeaux Saint-Michel",
            address="12 rue des Faures, 33000 Bordeaux",
            time_zone="Europe/Paris",
            region="FR",
            directions="Tram C, arrêt Saint-Michel. Entrée de plain-pied, sonnette à gauche.",
        )
        saint_denis = add_venue(
            db,
            actor,
            now=now,
            name="Saint-Denis de La Réunion",
            address="4 rue de Nice, 97400 Saint-Denis",
            time_zone="Indian/Reunion",
            region="RE",
            directions="Bus 1 à 8, arrêt Hôtel de Ville. Premier étage, ascenseur.",
        )
        room = add_resource(db, actor, now=now, kind=ResourceKind.ROOM, name="Salle Garonne", venue_id=bordeaux.id)
        agents = [
            add_agent(db, actor, now=now, agent=_agent(*person), role=Role.AGENT, keys=services.keys)
            for person in AGENTS
        ]
        return Office(actor, organisation, bordeaux, saint_denis, room, (manager, *agents))

    return services.database.in_transaction(organisation.id, write)


def code_now(email: str, services: Services) -> str:
    """Return what the authenticator of a demonstration log-in shows at present."""
    return pyotp.TOTP(totp_secret(email)).at(services.clock.now())


def _agent(name: str, email: str) -> NewAgent:
    return NewAgent(name, email, PASSWORD, totp_secret(email))
