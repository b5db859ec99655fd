"""Where the crowd comes: few agents for many, of every kind of reason, at two venues with clocks of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence, Repeats
from booking.models import AppointmentType, Channel
from booking.use_cases.open_hours import open_hours
from booking.use_cases.plan_workshop import plan_workshop
from directory.domain.permissions import Role
from directory.models import Agent, Resource, ResourceKind
from directory.steps.staff import NewAgent
from directory.use_cases.add_agent import add_agent
from directory.use_cases.add_resource import add_resource
from directory.use_cases.add_venue import add_venue
from directory.use_cases.found_organisation import NewOrganisation, found_organisation
from foundation.actors import Actor, system
from foundation.database import EVERY_ORGANISATION, Database
from foundation.keys import MasterKeys, new_master_key
from foundation.models import OutboxRow

START = datetime(2026, 9, 7, 6, tzinfo=UTC)
EVERY_DAY = frozenset(range(7))
OPEN = Hours(8 * 60, 20 * 60)
ADDRESS = "12 rue des Faures, 33000 Bordeaux"
PASSWORD = "une phrase que personne ne tape"  # noqa: S105 - nobody logs in, and the database lives for minutes
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - the same
HOUSE = NewOrganisation(
    name="Maison comble",
    slug="maison-comble",
    address=ADDRESS,
    siret="81234567800015",
    activity_declaration="75331234533",
    time_zone="Europe/Paris",
    region="FR",
    phone="+33556010203",
    email="accueil@mesure.example",
)
NO_NOTICE = {"booking_notice_minutes": 0, "cancel_notice_minutes": 0}
SLOT_TYPES: Mapping[str, Mapping[str, Any]] = {
    # Every ten minutes: slots that overlap without being equal.
    "alone": {"duration_minutes": 20, "pause_minutes": 10, "step_minutes": 10},
    "with-room": {"duration_minutes": 30, "pause_minutes": 5, "step_minutes": 20, "needs_room": True},
    "two-agents": {"duration_minutes": 40, "step_minutes": 20, "agents_needed": 2},
    "approved": {"duration_minutes": 30, "step_minutes": 30, "needs_approval": True},
    "capped": {"duration_minutes": 20, "step_minutes": 20, "most_a_day": 20, "person_most_a_day": 1},
    "families": {"duration_minutes": 20, "step_minutes": 20, "most_people": 3},
}
GROUP: Mapping[str, Any] = {"duration_minutes": 60, "is_workshop": True}
MOST_OF_ONE_AGENT = 12
"""Appointments a day, of the first agent."""
CAPACITY = 6


@dataclass(frozen=True)
class Town:
    """What there is, by its ids."""

    organisation_id: int
    venues: tuple[int, ...]
    agents: tuple[int, ...]
    resources: tuple[int, ...]
    types: Mapping[str, int]
    group: int


def make_town(database: Database) -> Town:
    """Fill a migrated database by the use cases."""
    keys = MasterKeys.parse(new_master_key())
    organisation, _ = database.in_transaction(
        EVERY_ORGANISATION, found_organisation, now=START, organisation=HOUSE, manager=_agent(0), keys=keys
    )
    return database.in_transaction(organisation.id, _Builder(system(organisation.id), keys).build)


@dataclass(frozen=True)
class _Builder:
    actor: Actor
    keys: MasterKeys

    def build(self, db: Session) -> Town:
        venues = [
            self._venue(db, "Bordeaux", "Europe/Paris", "FR"),
            self._venue(db, "Saint-Denis", "Indian/Reunion", "RE"),
        ]
        agents = [self._hire(db, number) for number in range(1, 9)]
        rooms = [self._room(db, venue_id) for venue_id in venues]
        types = {name: self._type(db, name, settings) for name, settings in SLOT_TYPES.items()}
        group = self._type(db, "group", GROUP)
        resources = tuple(agent.resource_id for agent in agents)
        self._open(db, venues, resources, rooms, list(types.values()))
        for later in range(2):
            self._workshop(db, group, venues[0], resources[0], START + timedelta(hours=6 + 24 * later))
        db.get_one(Resource, resources[0]).most_a_day = MOST_OF_ONE_AGENT
        # The letters about all this are none of the benchmark's business.
        db.execute(update(OutboxRow).values(done_at=START))
        return Town(
            self.actor.organisation_id, tuple(venues), tuple(agent.id for agent in agents), resources, types, group
        )

    def _venue(self, db: Session, name: str, zone: str, region: str) -> int:
        return add_venue(db, self.actor, now=START, name=name, address=ADDRESS, time_zone=zone, region=region).id

    def _hire(self, db: Session, number: int) -> Agent:
        return add_agent(db, self.actor, now=START, agent=_agent(number), role=Role.MANAGER, keys=self.keys)

    def _room(self, db: Session, venue_id: int) -> int:
        room = add_resource(db, self.actor, now=START, kind=ResourceKind.ROOM, name="Salle", venue_id=venue_id)
        return room.id

    def _type(self, db: Session, name: str, settings: Mapping[str, Any]) -> int:
        values = {"channels": [Channel.ON_SITE.value], **NO_NOTICE, **settings}
        kind = AppointmentType(organisation_id=self.actor.organisation_id, name=name, **values)
        db.add(kind)
        db.flush()
        return kind.id

    def _open(
        self, db: Session, venues: Sequence[int], agents: Sequence[int], rooms: Sequence[int], types: Sequence[int]
    ) -> None:
        for number, resource_id in enumerate(agents):
            # Some are here in the morning and there in the afternoon, on the clock of each place.
            half = 14 * 60 if number >= len(agents) - 2 else None
            if half is None:
                self._open_daily(db, resource_id, venues[number % 3 == 2], types, OPEN)  # noqa: PLR2004
                continue
            self._open_daily(db, resource_id, venues[0], types, Hours(OPEN.opens, half))
            self._open_daily(db, resource_id, venues[1], types, Hours(half + 4 * 60, 24 * 60))
        for room_id, venue_id in zip(rooms, venues, strict=True):
            self._open_daily(db, room_id, venue_id, types, OPEN)

    def _open_daily(self, db: Session, resource_id: int, venue_id: int, types: Sequence[int], hours: Hours) -> None:
        open_hours(
            db,
            self.actor,
            now=START,
            resource_id=resource_id,
            venue_id=venue_id,
            type_ids=types,
            recurrence=Recurrence(Repeats.WEEKLY, START.date(), weekdays=EVERY_DAY),
            hours=hours,
        )

    def _workshop(self, db: Session, group: int, venue_id: int, resource_id: int, starts_at: datetime) -> None:
        plan_workshop(
            db,
            self.actor,
            now=START,
            type_id=group,
            venue_id=venue_id,
            agent_resource_id=resource_id,
            title="Atelier",
            starts_at=starts_at,
            capacity=CAPACITY,
        )


def _agent(number: int) -> NewAgent:
    return NewAgent(f"Agent {number}", f"agent{number}@comble.example", PASSWORD, TOTP_SECRET)
