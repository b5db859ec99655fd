"""The organisation, its staff, and the keys of its devices and programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from benchmarks.seeding import diary, door
from benchmarks.world import SLUG, Size, World
from directory.domain.permissions import Permission, Role
from directory.models import Agent, Venue
from directory.steps.staff import NewAgent
from directory.use_cases.add_agent import add_agent
from directory.use_cases.add_venue import add_venue
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.found_organisation import NewOrganisation, found_organisation
from directory.use_cases.make_api_key import OF_A_DEVICE, make_api_key
from foundation.actors import Actor, system
from foundation.database import EVERY_ORGANISATION, Database
from foundation.ids import to_text
from foundation.keys import MasterKeys
from foundation.models import OutboxRow

PASSWORD = "une phrase que personne ne tape"  # noqa: S105 - nobody logs in, and the database lives for minutes
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - the same
PLACE: dict[str, Any] = {"address": "12 rue des Faures, 33000 Bordeaux", "time_zone": "Europe/Paris", "region": "FR"}
HOUSE = NewOrganisation(
    name="Maison mesurée",
    slug=SLUG,
    siret="81234567800015",
    activity_declaration="75331234533",
    phone="+33556010203",
    email="accueil@mesure.example",
    **PLACE,
)


def make_world(database: Database, keys: MasterKeys, *, now: datetime, size: Size) -> World:
    """Fill a migrated database, and return what can be asked of it."""
    organisation, _ = database.in_transaction(
        EVERY_ORGANISATION, found_organisation, now=now, organisation=HOUSE, manager=_agent(0), keys=keys
    )
    return database.in_transaction(organisation.id, _Office(system(organisation.id), keys, now, size).furnish)


@dataclass(frozen=True)
class _Office:
    actor: Actor
    keys: MasterKeys
    now: datetime
    size: Size

    def furnish(self, db: Session) -> World:
        venues = [add_venue(db, self.actor, now=self.now, name=name, **PLACE) for name in ("Saint-Michel", "Nord")]
        agents = self._hire(db, venues)
        kind, free = diary.furnish(db, self.actor, agents, now=self.now, busy_weeks=self.size.busy_weeks)
        devices = [self._device(db, number, agents[number % len(agents)][0]) for number in range(self.size.devices)]
        come = door.furnish(db, self.actor, agents[0], keys=self.keys, now=self.now, size=self.size)
        # The letters about all this are none of the benchmark's business.
        db.execute(update(OutboxRow).values(done_at=self.now))
        return World(
            type_id=to_text(kind.id),
            venues=tuple(to_text(venue.id) for venue in venues),
            monday=diary.next_monday(self.now),
            device_keys=tuple(devices),
            site_key=self._key(db, "Site", frozenset({Permission.BOOK})),
            people=tuple(to_text(person) for person in come.people),
            badges=tuple(come.badges),
            half_days=tuple(to_text(span) for span in come.half_days),
            signed=self.size.signed,
            free=tuple(free),
        )

    def _hire(self, db: Session, venues: list[Venue]) -> list[tuple[Agent, Venue]]:
        def hire(number: int) -> Agent:
            return add_agent(db, self.actor, now=self.now, agent=_agent(number + 1), role=Role.AGENT, keys=self.keys)

        return [(hire(number), venues[number % len(venues)]) for number in range(self.size.agents)]

    def _device(self, db: Session, number: int, agent: Agent) -> str:
        device = enrol_device(db, self.actor, now=self.now, name=f"Porte {number + 1}", agent_id=agent.id)
        return self._key(db, device.name, OF_A_DEVICE, device.id)

    def _key(self, db: Session, name: str, scopes: frozenset[Permission], device_id: int | None = None) -> str:
        _, text = make_api_key(db, self.actor, now=self.now, name=name, scopes=scopes, device_id=device_id)
        return text


def _agent(number: int) -> NewAgent:
    return NewAgent(f"Agent {number}", f"agent{number}@mesure.example", PASSWORD, TOTP_SECRET)
