"""Nothing promised is lost: not by a failure, not by a slow worker, not by a worker that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory.models import Organisation
from foundation.actors import Actor, system
from foundation.clock import ManualClock
from foundation.database import EVERY_ORGANISATION, Database
from foundation.events import Event
from foundation.messages import Mail, SendingRefused, Sms
from foundation.models import OutboxKind, OutboxRow
from foundation.outbox import LeaseLost, announce, finish, lease, promise_message
from foundation.worker import WAITS, Handlers, Worker
from tests.foundation.worker_process import build
from tests.servers.smtp import receiving

NOW = datetime(2026, 4, 13, 7, 0, tzinfo=UTC)
TEMPORARY = OSError("down")


@dataclass(frozen=True)
class KettleBoiled(Event):
    kettle_id: int


@dataclass
class Outside:
    """A way out that can fail."""

    failures: list[Exception]
    sent: list[tuple[str, Mail | Sms]]

    def send(self, message: Mail | Sms, *, key: str, now: datetime) -> None:  # noqa: ARG002 - as the senders do
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((key, message))


def promise_two(db: Session, actor: Actor, event: KettleBoiled, now: datetime) -> None:
    for name in ("first", "second"):
        key = f"{name}:{event.kettle_id}"
        promise_message(db, actor, name="test.mail", about={"n": event.kettle_id}, key=key, now=now)


def compose(_db: Session, _organisation_id: int, about: dict[str, Any], _now: datetime) -> Mail | None:
    return None if about["n"] == 0 else Mail("zoe@exemple.fr", "Thé", "prêt\n")


@dataclass
class Kitchen:
    """A database, a clock, a worker, and what left."""

    database: Database
    clock: ManualClock
    outside: Outside
    worker: Worker
    actor: Actor

    def do(self, step: Any, **kwargs: Any) -> Any:
        return self.database.in_transaction(
            self.actor.organisation_id, step, self.actor, now=self.clock.now(), **kwargs
        )

    def rows(self) -> list[OutboxRow]:
        with self.database.reading(self.actor.organisation_id) as db:
            return list(db.scalars(select(OutboxRow).order_by(OutboxRow.id)))


@pytest.fixture
def kitchen(database_url: str) -> Iterator[Kitchen]:
    database, clock, outside = Database(database_url), ManualClock(NOW), Outside([], [])
    with database.reading(EVERY_ORGANISATION) as db:
        organisation_id = db.scalars(select(Organisation.id).order_by(Organisation.id)).first() or 0
    handlers = Handlers({KettleBoiled: (promise_two,)}, {"test.mail": compose})
    worker = Worker(database, clock, handlers, outside, outside, name="one")
    database.in_transaction(EVERY_ORGANISATION, lambda db: db.execute(delete(OutboxRow)))
    yield Kitchen(database, clock, outside, worker, system(organisation_id))
    database.dispose()


def test_an_event_runs_its_reactions_once_and_their_messages_leave(kitchen: Kitchen) -> None:
    kitchen.do(announce, event=KettleBoiled(1))
    kitchen.worker.run_until_empty()
    kitchen.worker.run_until_empty()
    assert sorted(key for key, _ in kitchen.outside.sent) == ["first:1", "second:1"]
    assert {row.outcome for row in kitchen.rows()} == {"done", "sent"}


def test_what_is_announced_in_a_transaction_that_fails_was_never_announced(kitchen: Kitchen) -> None:
    def announce_then_fail(db: Session, actor: Actor, *, now: datetime) -> None:
        announce(db, actor, KettleBoiled(1), now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        kitchen.do(announce_then_fail)
    assert kitchen.rows() == []


def test_a_message_promised_twice_under_one_key_leaves_once(kitchen: Kitchen) -> None:
    for _ in range(2):
        kitchen.do(promise_message, name="test.mail", about={"n": 1}, key="the same")
    kitchen.worker.run_until_empty()
    assert len(kitchen.outside.sent) == 1


def test_a_failure_is_tried_again_later_and_later_with_the_same_key(kitchen: Kitchen) -> None:
    kitchen.outside.failures = [TEMPORARY] * 3
    kitchen.do(promise_message, name="test.mail", about={"n": 1}, key="k")
    for wait in WAITS[:3]:
        kitchen.worker.run_until_empty()
        assert kitchen.outside.sent == []
        kitchen.clock.advance(wait - timedelta(seconds=1))
        assert kitchen.worker.run_once() == 0
        kitchen.clock.advance(timedelta(seconds=1))
    kitchen.worker.run_until_empty()
    assert [key for key, _ in kitchen.outside.sent] == ["k"]
    assert kitchen.rows()[0].attempts == 4


def test_a_message_that_can_never_leave_is_given_up_with_its_reason(kitchen: Kitchen) -> None:
    kitchen.outside.failures = [SendingRefused("smtp 550")]
    kitchen.do(promise_message, name="test.mail", about={"n": 1}, key="k")
    kitchen.worker.run_until_empty()
    assert kitchen.rows()[0].outcome == "refused: smtp 550"


def test_a_message_that_fails_for_days_is_given_up_and_not_lost_from_sight(kitchen: Kitchen) -> None:
    kitchen.outside.failures = [TEMPORARY] * 99
    kitchen.do(promise_message, name="test.mail", about={"n": 1}, key="k")
    for _ in range(len(WAITS) + 2):
        kitchen.worker.run_until_empty()
        kitchen.clock.advance(WAITS[-1])
    assert kitchen.rows()[0].outcome == "gave up: OSError"


def test_a_message_that_has_nothing_to_say_any_more_is_not_sent(kitchen: Kitchen) -> None:
    kitchen.do(promise_message, name="test.mail", about={"n": 0}, key="k")
    kitchen.worker.run_until_empty()
    assert kitchen.outside.sent == []
    assert kitchen.rows()[0].outcome == "no longer needed"


def test_one_bad_row_does_not_stop_the_others(kitchen: Kitchen) -> None:
    kitchen.do(promise_message, name="test.no-such-message", about={}, key="bad")
    kitchen.do(promise_message, name="test.mail", about={"n": 1}, key="good")
    kitchen.worker.run_until_empty()
    assert [key for key, _ in kitchen.outside.sent] == ["good"]


def test_a_leased_row_is_nobody_elses_until_the_lease_has_run_out(kitchen: Kitchen) -> None:
    kitchen.do(promise_message, name="test.mail", about={"n": 1}, key="k")

    def take(worker: str) -> list[OutboxRow]:
        return kitchen.database.in_transaction(
            EVERY_ORGANISATION,
            lease,
            worker=worker,
            lasts=timedelta(minutes=5),
            most=10,
            now=kitchen.clock.now(),
        )

    (row,) = take("slow")
    assert take("quick") == []
    kitchen.clock.advance(timedelta(minutes=5))
    assert len(take("quick")) == 1
    with pytest.raises(LeaseLost):
        kitchen.database.in_transaction(
            EVERY_ORGANISATION, finish, row.id, worker="slow", outcome="sent", now=kitchen.clock.now()
        )


def test_only_a_transaction_that_promised_something_wakes_the_worker(kitchen: Kitchen) -> None:
    """Or the worker's own commits would wake it, and it would never rest."""
    woken: list[str] = []
    kitchen.database.after_promise = lambda: woken.append("woken")
    assert kitchen.worker.run_once() == 0
    assert woken == []
    kitchen.do(announce, event=KettleBoiled(0))
    assert woken == ["woken"]
    kitchen.worker.run_until_empty()
    woken.clear()
    assert kitchen.worker.run_once() == 0
    assert woken == []


def test_an_idle_worker_does_not_take_the_write_lock(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing is due, so nothing is to be written")

    monkeypatch.setattr(Database, "in_transaction", refuse)
    assert kitchen.worker.run_once() == 0


def test_rows_hold_ids_only(kitchen: Kitchen) -> None:
    kitchen.do(announce, event=KettleBoiled(1))
    (row,) = kitchen.rows()
    assert row.kind is OutboxKind.EVENT
    assert row.about == {"kettle_id": 1}


def _promise_many(db: Session, actor: Actor, *, now: datetime, count: int) -> None:
    for n in range(count):
        promise_message(db, actor, name="test.mail", about={"n": n}, key=f"message:{n}", now=now)


def _undone(database: Database) -> int:
    with database.reading(EVERY_ORGANISATION) as db:
        return db.scalar(select(func.count(OutboxRow.id)).where(OutboxRow.done_at.is_(None))) or 0


def test_workers_killed_in_the_middle_of_500_messages_lose_none_and_repeats_carry_the_same_key(
    kitchen: Kitchen, database_url: str
) -> None:
    kitchen.do(_promise_many, count=500)
    with receiving() as mailbox:
        command = [
            sys.executable,
            "-m",
            "tests.foundation.worker_process",
            database_url,
            mailbox.host,
            str(mailbox.port),
        ]
        killed_at: list[int] = []
        for goal in (60, 160, 260):
            process = subprocess.Popen(command, cwd=Path(__file__).parents[2])  # noqa: S603 - our own command
            _wait_until(lambda goal=goal: len(mailbox.received) >= goal)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed_at.append(_undone(kitchen.database))
        assert all(0 < left < 500 for left in killed_at), "each was killed in the middle"
        last = build(database_url, mailbox.host, mailbox.port)
        deadline = time.monotonic() + 60
        while _undone(last.database) and time.monotonic() < deadline:
            if not last.run_once():
                time.sleep(0.1)
        last.database.dispose()
    times = Counter(received.message["Message-ID"] for received in mailbox.received)
    assert len(times) == 500, "none was lost"
    assert set(times) == {f"<message.{n}@exemple.fr>" for n in range(500)}
    assert sum(times.values()) - 500 <= 3 * 10, "a killed worker repeats at most the batch it had"


def _wait_until(happened: Any, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError("it did not happen in time")
        time.sleep(0.005)
