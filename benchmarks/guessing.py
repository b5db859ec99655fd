"""How long a refused code takes to be refused, by why it is: nobody shall tell the reasons apart by the clock.

In process, through the application, the same person and half-day for every guess; kinds in turn, in an order that is
thrown anew each round. The control is a wrong code beside another wrong code: what differs there is noise.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from attendance.domain import codes
from attendance.models import Attendee, HalfDay, OneTimeCode, SignatureKind
from attendance.use_cases.confirm_code import CodeVerdict, confirm_code
from benchmarks import engines
from benchmarks.engines import Cluster
from benchmarks.exchange import WrongAnswer
from benchmarks.figures import ratio_of_medians
from benchmarks.report import grid, machine
from benchmarks.seeding.office import make_world
from benchmarks.world import TINY
from foundation import ids
from foundation.actors import Actor, ActorKind
from foundation.clock import SystemClock
from foundation.database import EVERY_ORGANISATION, Database
from foundation.ids import new_id
from foundation.keys import MasterKeys
from tests.servers.postgres import Unavailable

KEYS = MasterKeys((bytes(range(32)),))
CONTROL = "wrong"
KINDS = (CONTROL, "wrong again", "unknown", "used", "run out")
HEADINGS = ("answered", "engine", "ms", "ratio to wrong (spread)")
WARM_UP = 20


@dataclass(frozen=True)
class Guesser:
    """Somebody who holds a personal link, and the row of their codes."""

    database: Database
    actor: Actor
    half_day_id: int
    now: datetime

    def prepare(self, kind: str) -> str:
        """Put the row as it is for this kind, and return what is typed."""
        self.database.in_transaction(self.actor.organisation_id, self._clear)
        if kind == "unknown":
            return "123456"
        self.database.in_transaction(self.actor.organisation_id, self._issue, kind)
        right = codes.code_of(KEYS.derive(self._purpose, codes.SECRET_BYTES), 1)
        is_wrong = kind.startswith(CONTROL)
        return right if not is_wrong else "000000" if right != "000000" else "000001"

    def guess(self, typed: str) -> float:
        """Return how many milliseconds the refusal took."""
        began = perf_counter()
        verdict = self.database.in_transaction(
            self.actor.organisation_id,
            confirm_code,
            self.actor,
            now=self.now,
            half_day_id=self.half_day_id,
            kind=SignatureKind.ARRIVAL,
            typed=typed,
            link_channel="mail",
            keys=KEYS,
        )
        taken = (perf_counter() - began) * 1000
        if verdict is not CodeVerdict.REFUSED:
            raise WrongAnswer(verdict)
        return taken

    @property
    def _purpose(self) -> str:
        return codes.purpose(self.actor.identifier or 0, self.half_day_id, SignatureKind.ARRIVAL.value)

    @staticmethod
    def _clear(db: Session) -> None:
        db.execute(delete(OneTimeCode))

    def _issue(self, db: Session, kind: str) -> None:
        row = OneTimeCode(
            id=new_id(),
            organisation_id=self.actor.organisation_id,
            attendee_id=self.actor.identifier or 0,
            half_day_id=self.half_day_id,
            kind=SignatureKind.ARRIVAL,
            issue=1,
            channel="sms",
            issued_at=self.now,
            expires_at=self.now + codes.LASTS,
            failures_since=self.now,
        )
        db.add(row)
        db.flush()
        changes = {"used": {"used_at": self.now}, "run out": {"expires_at": self.now - timedelta(seconds=1)}}
        if kind in changes:
            db.execute(update(OneTimeCode).values(**changes[kind]))


def run(engine_names: Sequence[str], rounds: int) -> Iterator[dict[str, Any]]:
    """Measure each kind on each engine, and yield each line as it is known."""
    where = machine()
    for name in engine_names:
        try:
            with (
                tempfile.TemporaryDirectory(prefix="paraphe-bench-") as folder,
                engines.running(name, Path(folder)) as cluster,
            ):
                for line in _on(cluster, rounds):
                    at = SystemClock().now().isoformat(timespec="seconds")
                    yield {"at": at, "engine": cluster.name, **line, "machine": {**where, "database": cluster.version}}
        except Unavailable as error:
            click.echo(f"{name} is left out. {error}", err=True)


def _on(cluster: Cluster, rounds: int) -> Iterator[dict[str, Any]]:
    guesser = _guesser(cluster)
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    dice = random.Random(1)  # noqa: S311 - the same order each time
    for number in range(-WARM_UP, rounds):
        for kind in dice.sample(KINDS, len(KINDS)):
            milliseconds = guesser.guess(guesser.prepare(kind))
            if number >= 0:
                taken[kind].append(milliseconds)
    guesser.database.dispose()
    for kind in KINDS:
        ratio = {name: round(value, 3) for name, value in asdict(ratio_of_medians(taken[kind], taken[CONTROL])).items()}
        yield {"answered": kind, "ms": round(median(taken[kind]), 3), "ratio": ratio, "rounds": rounds}


def _guesser(cluster: Cluster) -> Guesser:
    now = SystemClock().now()
    database = Database(cluster.new("guessed"))
    world = make_world(database, KEYS, now=now, size=TINY)
    half_day_id = ids.from_text(world.half_days[1])
    anybody = (
        select(Attendee.id, Attendee.organisation_id)
        .join(HalfDay, HalfDay.meeting_id == Attendee.meeting_id)
        .where(HalfDay.id == half_day_id)
    )
    with database.reading(EVERY_ORGANISATION) as db:
        attendee_id, organisation_id = db.execute(anybody.limit(1)).one()
    return Guesser(database, Actor(ActorKind.BENEFICIARY, organisation_id, attendee_id, None), half_day_id, now)


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Return the lines as a Markdown table."""
    return grid(HEADINGS, [_cells(line) for line in lines], texts=2)


def _cells(line: dict[str, Any]) -> tuple[str, ...]:
    ratio = line["ratio"]
    spread = f"{ratio['value']:.3f} ({ratio['low']:.2f}–{ratio['high']:.2f})"
    return line["answered"], line["engine"], f"{line['ms']:.2f}", spread
