"""A database in which so many have signed before, and where more sign now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import click
from sqlalchemy import event, select

from attendance.domain.targets import Target, TargetKind
from attendance.domain.verdicts import Verdict
from attendance.models import SignatureKind
from attendance.steps.scans import SentScan
from attendance.use_cases.scan_badge import scan_badge
from benchmarks.controls import bare_write
from benchmarks.engines import Cluster
from benchmarks.exchange import WrongAnswer
from benchmarks.seeding.office import make_world
from benchmarks.signatures.past import Past
from benchmarks.world import Size, World
from directory.domain.permissions import Permission
from directory.models import Agent, Badge, Venue
from foundation import ids
from foundation.actors import Actor, ActorKind
from foundation.clock import SystemClock
from foundation.database import EVERY_ORGANISATION, Database
from foundation.keys import MasterKeys

SIZE = Size(agents=2, people=100, trainings=24, signed=0, devices=0, busy_weeks=0)
"""What is open now: twenty-four rooms of a hundred, so that every round signs somebody new."""
KEYS = MasterKeys((bytes(range(32)),))


@dataclass
class Stand:
    """A database, whoever scans in it, and how many statements the last sign-in took."""

    database: Database
    world: World
    actor: Actor
    now: datetime
    statements: int = 0

    @classmethod
    def filled(cls, cluster: Cluster, signatures: int) -> Stand:
        """Make a database of that many signatures."""
        began, name = perf_counter(), f"signed_{signatures}"
        now = SystemClock().now()
        database = Database(cluster.new(name))
        world = make_world(database, KEYS, now=now, size=SIZE)
        past = _past(database, signatures, now)
        with database.engine.begin() as connection:
            past.write(connection)
        # Nobody may be connected while the engine tidies up.
        database.dispose()
        cluster.tidy(name)
        click.echo(f"{cluster.name}: {signatures} signatures, written in {perf_counter() - began:.0f} s", err=True)
        scope = frozenset({Permission.SCAN})
        actor = Actor(ActorKind.AGENT, past.organisation_id, past.agent_id, past.agent_id, scope)
        stand = cls(database, world, actor, now)
        event.listen(database.engine, "before_cursor_execute", stand._count)
        return stand

    def sign(self, turn: int) -> float:
        """Have the next person sign; return how many milliseconds it took, the commit included."""
        badge, half_day = self.world.unsigned()[turn + 1]
        target = Target(TargetKind.HALF_DAY, ids.from_text(half_day))
        sent = SentScan(f"turn-{turn + 1:06}", badge, target, SignatureKind.ARRIVAL, self.now)
        self.statements = 0
        began = perf_counter()
        answer = self.database.in_transaction(
            self.actor.organisation_id, scan_badge, self.actor, now=self.now, sent=sent
        )
        taken = (perf_counter() - began) * 1000
        if answer.verdict is not Verdict.SIGNED:
            raise WrongAnswer(answer.verdict)
        return taken

    def write_bare(self, turn: int) -> float:
        """Read one row and insert one, as the control over HTTP does; return how many milliseconds it took."""
        person = ids.from_text(self.world.people[turn % len(self.world.people)])
        began = perf_counter()
        self.database.in_transaction(EVERY_ORGANISATION, bare_write, person, now=self.now)
        return (perf_counter() - began) * 1000

    def _count(self, *_told: object) -> None:
        self.statements += 1


def _past(database: Database, signatures: int, now: datetime) -> Past:
    with database.reading(EVERY_ORGANISATION) as db:
        held = db.execute(select(Badge.beneficiary_id, Badge.id).order_by(Badge.id)).all()
        venue, agent = db.scalars(select(Venue)).first(), db.scalars(select(Agent)).first()
    if venue is None or agent is None:  # pragma: no cover - the world has both
        raise RuntimeError("a world without a venue")
    people, badges = zip(*((person, badge) for person, badge in held), strict=True)
    return Past(venue.organisation_id, venue.id, agent.id, people, badges, now, signatures)
