"""Programs that book, several for the same slots, and send again under the same key until they are answered."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, Event
from typing import Any

from tests.crashes.production import IN_TIME
from tests.crashes.scene import Scene
from tests.servers.web import LOOPBACK

CLIENTS = 6
GROUPS = 2
"""Those of one group want the same slots, in the same order: more of them than a slot has places."""
LONGEST = 120
LOST = 4
"""Of so many answers that say that something was made, each client loses one, and asks again."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: bytes
    is_replayed: bool

    @property
    def told(self) -> dict[str, Any]:
        """Return what it says."""
        said: dict[str, Any] = json.loads(self.text)
        return said

    @property
    def code(self) -> str:
        """Return which refusal it is; nothing for what is not one."""
        return "" if self.status < 400 else str(self.told["code"])

    @property
    def is_final(self) -> bool:
        """Say whether sending it again is of no use."""
        return self.status < 500 and self.status != 429 and self.code != "still-running"


@dataclass
class Ledger:
    """What the clients were told, all together, while they work."""

    holds: set[str] = field(default_factory=set)
    appointments: dict[str, str] = field(default_factory=dict)
    """The start of each, by its id."""
    keys: set[str] = field(default_factory=set)
    """The `Idempotency-Key` of whatever was made."""
    attempts: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    refusals: int = 0
    unheard: int = 0
    """So many were done already when they were sent again after a failure."""
    changed: Condition = field(default_factory=Condition)
    given_up: Event = field(default_factory=Event)

    def tried(self) -> None:
        """Count a request that leaves."""
        with self.changed:
            self.attempts += 1

    def failed(self, why: str) -> None:
        """Count a request that was not answered, or with a «later»."""
        with self.changed:
            self.failures[why] += 1
            self.changed.notify_all()

    def was_done(self) -> None:
        """Count what a failed request had done all the same."""
        with self.changed:
            self.unheard += 1

    def heard(self, key: str, path: str, answer: Answer) -> None:
        """Keep a final answer."""
        with self.changed:
            if answer.status != 201:
                self.refusals += 1
                return
            self.keys.add(key)
            if path == "/holds":
                self.holds.add(answer.told["id"])
            else:
                self.appointments[answer.told["id"]] = answer.told["starts_at"]
            self.changed.notify_all()

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Wait until the clients have come so far; fail when they do not."""
        with self.changed:
            came = self.changed.wait_for(lambda: happened() or self.given_up.is_set(), IN_TIME)
        assert came, f"the clients came no further: {self}"
        assert not self.given_up.is_set(), f"a client has given up: {self}"

    def wait_for_appointments(self, count: int) -> None:
        """Wait until so many were told that they are booked."""
        self.wait_for(lambda: len(self.appointments) >= count)

    def wait_for_failures(self, more: int) -> None:
        """Wait until so many requests more have failed: the clients have noticed."""
        before = self.failures.total()
        self.wait_for(lambda: self.failures.total() >= before + more)

    def __str__(self) -> str:
        """Return the figures."""
        return (
            f"{self.attempts} attempts, {self.failures.total()} failed {dict(self.failures)}, {self.refusals} refused, "
            f"{len(self.holds)} holds, {len(self.appointments)} appointments, {self.unheard} done and not heard"
        )


class Unanswered(Exception):
    """The load took too long."""


@dataclass
class Client:
    """One program: asks, and asks again under the same key until it is told."""

    number: int
    port: int
    scene: Scene
    ledger: Ledger
    until: float = field(default_factory=lambda: time.monotonic() + LONGEST)
    made: int = 0

    def run(self, starts: Sequence[str]) -> None:
        """Book at each start where there is still room."""
        try:
            for start in starts:
                self._book(start)
        except BaseException:
            self.ledger.given_up.set()
            raise

    def _book(self, start: str) -> None:
        held = self.ask("/holds", self.scene.place(start))
        if held.status != 201:
            assert held.code == "slot-taken", held
            return
        person = {
            "first_name": "Camille",
            "last_name": f"Durand-{self.number}",
            "email": f"camille{self.number}@exemple.example",
        }
        booked = self.ask("/appointments", {"hold": held.told["token"], "person": person})
        assert booked.status == 201, booked

    def ask(self, path: str, body: dict[str, Any]) -> Answer:
        """Send until it is answered, always under one key; now and then as if the first answer had been lost."""
        key, lost, has_failed = str(uuid.uuid4()), None, False
        while time.monotonic() < self.until and not self.ledger.given_up.is_set():
            answer = self._try(path, key, body)
            if answer is None:
                has_failed = True
                self.ledger.given_up.wait(0.05)
                continue
            if lost is None and answer.is_replayed:
                assert has_failed, "only what was sent before is replayed"
                self.ledger.was_done()
            if lost is None and answer.status == 201 and self._loses_this_one():
                lost = answer
                continue
            assert lost is None or (answer.is_replayed and answer.text == lost.text), (lost, answer)
            self.ledger.heard(key, path, answer)
            return answer
        raise Unanswered

    def _loses_this_one(self) -> bool:
        self.made += 1
        return self.made % LOST == 0

    def _try(self, path: str, key: str, body: dict[str, Any]) -> Answer | None:
        self.ledger.tried()
        try:
            answer = self._send(path, key, body)
        except (OSError, http.client.HTTPException) as error:
            self.ledger.failed(type(error).__name__)
            return None
        if answer.is_final:
            return answer
        self.ledger.failed(f"{answer.status} {answer.code}")
        return None

    def _send(self, path: str, key: str, body: dict[str, Any]) -> Answer:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=IN_TIME)
        headers = {
            "Authorization": f"Bearer {self.scene.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Connection": "close",
        }
        try:
            connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), answer.headers["Idempotency-Replayed"] == "true")
        finally:
            connection.close()


@contextmanager
def driving(scene: Scene, port: int) -> Iterator[Ledger]:
    """Have every client book while the block runs; at its end, wait until each has been told everything."""
    ledger = Ledger()
    with ThreadPoolExecutor(CLIENTS) as threads:
        clients = [Client(number, port, scene, ledger) for number in range(CLIENTS)]
        running = [threads.submit(one.run, scene.starts[one.number % GROUPS :: GROUPS]) for one in clients]
        try:
            yield ledger
            for one in running:
                one.result()
        except BaseException:
            ledger.given_up.set()
            raise
