"""What the tests know of the house: who lives in it, how to move its clock, and what left it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from directory.domain.permissions import ROLES, Role
from directory.models import Agent, Organisation, Resource, ResourceKind, StaffSession, Venue
from directory.steps.staff import NewAgent
from directory.use_cases.add_agent import add_agent
from directory.use_cases.add_resource import add_resource
from directory.use_cases.add_venue import add_venue
from directory.use_cases.found_organisation import NewOrganisation, found_organisation
from foundation.actors import Actor, ActorKind, system
from foundation.clock import ManualClock
from foundation.database import EVERY_ORGANISATION, Database
from foundation.keys import MasterKeys
from foundation.messages import Mail, Sms
from foundation.web.services import Services
from foundation.worker import Worker

START = datetime(2026, 4, 13, 7, 0, tzinfo=UTC)  # a Monday, 9:00 in Bordeaux and 11:00 in Saint-Denis
KEYS = MasterKeys((bytes(range(32)),))
PASSWORD = "une phrase assez longue"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OPERATOR_KEY = "the-operator-of-this-house-has-a-long-key"
AGENTS = ("Nadia Ferrand", "Karim Belkacem", "Lucie Payet", "Hugo Marchand")


def config_for(database_url: str, base_url: str = "http://127.0.0.1:8000") -> Config:
    """Return a configuration from which nothing leaves."""
    return Config(
        database_url=database_url,
        master_keys=KEYS,
        base_url=base_url,
        mail_url="folder:/nonexistent",
        mail_sender="ne-pas-repondre@paraphe.example",
        sms_url="folder:/nonexistent",
        embedded_worker=False,
        operator_key=OPERATOR_KEY,
        requests_a_minute=0,
        scanner_patience=8000,  # a busy machine is no cut line: journeys that mean one cut it
    )


@dataclass
class Recorder:
    """Keeps what was sent, and can be told to fail."""

    sent: list[tuple[str, Mail | Sms]] = field(default_factory=list)

    def send(self, message: Mail | Sms, *, key: str, now: datetime) -> None:  # noqa: ARG002 - as the senders do
        """Keep the message with its key."""
        self.sent.append((key, message))


def furnish(database: Database) -> None:
    """Write two organisations down: the one of the tests, and another that must never be seen."""
    then = START - timedelta(days=30)
    for name, slug in (
        ("Maison des Solidarités", "maison-des-solidarites"),
        ("Autre Maison", "autre-maison"),
    ):
        organisation, _ = database.in_transaction(
            EVERY_ORGANISATION,
            found_organisation,
            now=then,
            organisation=NewOrganisation(
                name=name,
                slug=slug,
                address="12 rue des Faures, 33000 Bordeaux",
                siret="81234567800015",
                activity_declaration="75331234533",
                time_zone="Europe/Paris",
                region="FR",
                phone="+33556010203",
                email=f"contact@{slug}.example",
            ),
            manager=_agent("Inès Duprat", slug),
            keys=KEYS,
        )
        _people(database, organisation, slug, then)


def _people(database: Database, organisation: Organisation, slug: str, then: datetime) -> None:
    actor = system(organisation.id)

    def write(db: Session) -> None:
        near = add_venue(
            db,
            actor,
            now=then,
            name="Bordeaux Saint-Michel",
            address="12 rue des Faures, 33000 Bordeaux",
            time_zone="Europe/Paris",
            region="FR",
        )
        add_venue(
            db,
            actor,
            now=then,
            name="Saint-Denis",
            address="4 rue de Nice, 97400 Saint-Denis",
            time_zone="Indian/Reunion",
            region="RE",
        )
        add_resource(db, actor, now=then, kind=ResourceKind.ROOM, name="Salle Garonne", venue_id=near.id)
        for name in AGENTS:
            add_agent(db, actor, now=then, agent=_agent(name, slug), role=Role.AGENT, keys=KEYS)

    database.in_transaction(organisation.id, write)


def _agent(name: str, slug: str) -> NewAgent:
    return NewAgent(name, f"{name.split(maxsplit=1)[0].lower()}@{slug}.example", PASSWORD, TOTP_SECRET)


class House:
    """The application, its worker with a memory instead of a way out, and the people of the first organisation."""

    def __init__(self, config: Config, clock: ManualClock | None = None) -> None:
        """Plug the application together under a clock of our own."""
        from wsgi import create_app  # noqa: PLC0415 - so that a test of one package does not need all of them

        self.config = config
        self.clock = clock or ManualClock(START)
        self.app: Flask = create_app(config, self.clock)
        self.app.testing = False
        self.services: Services = self.app.extensions["paraphe"]
        self.database: Database = self.services.database
        self.keys: MasterKeys = self.services.keys
        self._mail, self._sms = Recorder(), Recorder()
        worker: Worker = self.app.extensions["paraphe-worker"]
        self.worker = replace(worker, mail=self._mail, sms=self._sms)
        self._load()

    def _load(self) -> None:
        with self.database.reading(EVERY_ORGANISATION) as db:
            first, second = db.scalars(select(Organisation).order_by(Organisation.id)).all()
        self.organisation, self.other = first, second
        with self.database.reading(first.id) as db:
            self.venue, self.far_venue = db.scalars(select(Venue).order_by(Venue.id)).all()
            everybody = db.scalars(select(Agent).order_by(Agent.id)).all()
            self.room = db.scalars(select(Resource).where(Resource.kind == ResourceKind.ROOM)).one()
        self.manager, self.agents = everybody[0], list(everybody[1:])
        with self.database.reading(second.id) as db:
            self.stranger = db.scalars(select(Agent).where(Agent.role == Role.MANAGER)).one()

    @property
    def mails(self) -> list[tuple[str, Mail]]:
        """The mails that left, each with its key."""
        return [(key, message) for key, message in self._mail.sent if isinstance(message, Mail)]

    @property
    def texts(self) -> list[tuple[str, Sms]]:
        """The SMS that left, each with its key."""
        return [(key, message) for key, message in self._sms.sent if isinstance(message, Sms)]

    @property
    def now(self) -> datetime:
        """The time in the house."""
        return self.clock.now()

    def client(self) -> FlaskClient:
        """Return a browser without cookies."""
        return self.app.test_client()

    def actor(self, agent: Agent) -> Actor:
        """Return the agent as an actor with both factors."""
        return Actor(ActorKind.AGENT, agent.organisation_id, agent.id, None, frozenset(ROLES[agent.role]))

    def system(self) -> Actor:
        """Return the system, inside the first organisation."""
        return system(self.organisation.id)

    def log_in(self, client: FlaskClient, agent: Agent) -> str:
        """Give the browser a live staff session without typing anything; return the token that its forms carry."""
        token = f"cookie of {agent.id} {self.now.timestamp()}"

        def open_session(db: Session) -> int:
            hashed = hashlib.sha256(token.encode()).hexdigest()
            known = db.scalar(select(StaffSession.id).where(StaffSession.token_hash == hashed))
            if known is not None:
                return known
            session = StaffSession(
                organisation_id=agent.organisation_id,
                agent_id=agent.id,
                token_hash=hashed,
                created_at=self.now,
                last_seen_at=self.now,
                expires_at=self.now + timedelta(hours=12),
                second_factor_at=self.now,
                browser="test",
            )
            db.add(session)
            db.flush()
            return session.id

        session_id = self.database.in_transaction(agent.organisation_id, open_session)
        client.set_cookie("equipe", token)
        return hmac.new(self.keys.derive("form token"), str(session_id).encode(), hashlib.sha256).hexdigest()

    def __enter__(self) -> Self:
        """Live in it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self.database.dispose()
