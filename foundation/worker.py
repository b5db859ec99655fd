"""Keeps what the outbox promised: leases due rows, runs reactions, sends messages, tries again later and later."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event as Signal
from typing import Any

from sqlalchemy.orm import Session

from foundation import outbox
from foundation.actors import system
from foundation.clock import Clock
from foundation.database import EVERY_ORGANISATION, Database
from foundation.events import Event
from foundation.messages import Mail, MailSender, SendingRefused, Sms, SmsSender
from foundation.models import OutboxKind, OutboxRow

logger = logging.getLogger(__name__)

WAITS = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400))
BATCH = 10
LEASE = timedelta(minutes=5)
IDLE_SECONDS = 1.0

Composer = Callable[[Session, int, dict[str, Any], datetime], Mail | Sms | None]
"""`compose(db, organisation_id, about, now)`: None when nothing is to be said any more."""


@dataclass(frozen=True)
class Handlers:
    """The tables that the packages fill: which reactions an event has, and how a message is made."""

    reactions: Mapping[type[Event], tuple[outbox.Reaction, ...]]
    composers: Mapping[str, Composer]

    def event_named(self, name: str) -> type[Event]:
        """Return the class of an event row; a KeyError is a row of a newer version."""
        return {event.name(): event for event in self.reactions}[name]


@dataclass(frozen=True)
class Worker:
    """One of any number; `name` tells its leases from those of the others."""

    database: Database
    clock: Clock
    handlers: Handlers
    mail: MailSender
    sms: SmsSender
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    lease: timedelta = LEASE

    def run_once(self) -> int:
        """Do what is due now, in one batch; return how many rows were taken."""
        now = self.clock.now()
        with self.database.reading(EVERY_ORGANISATION) as db:
            if not outbox.is_anything_due(db, now=now):
                return 0
        rows = self.database.in_transaction(
            EVERY_ORGANISATION, outbox.lease, worker=self.name, lasts=self.lease, most=BATCH, now=now
        )
        for row in rows:
            self._handle(row)
        return len(rows)

    def run_until_empty(self) -> None:
        """Do everything that is due now, and what follows from it."""
        while self.run_once():
            pass

    def run_forever(self, stop: Signal, wake: Signal) -> None:
        """Work until `stop` is set; `wake` cuts the idle second short, and correctness never depends on it."""
        while not stop.is_set():
            try:
                taken = self.run_once()
            except Exception as error:  # noqa: BLE001 - whatever it was, the worker goes on
                logger.error("the worker could not take its batch: %s", type(error).__name__)
                taken = 0
            if not taken:
                wake.wait(IDLE_SECONDS)
                wake.clear()

    def _handle(self, row: OutboxRow) -> None:
        try:
            if row.kind is OutboxKind.EVENT:
                self._react(row)
            else:
                self._send(row)
        except outbox.LeaseLost:
            logger.warning("outbox row %s: the lease was lost", row.id)
        except SendingRefused as error:
            self._finish(row, f"refused: {error}")
        except Exception as error:  # noqa: BLE001 - whatever it was, the row must be tried again
            self._put_off(row, error)

    def _react(self, row: OutboxRow) -> None:
        event_type = self.handlers.event_named(row.name)

        def run(db: Session) -> None:
            now = self.clock.now()
            for reaction in self.handlers.reactions[event_type]:
                reaction(db, system(row.organisation_id), event_type(**row.about), now)
            outbox.finish(db, row.id, worker=self.name, outcome="done", now=now)

        self.database.in_transaction(row.organisation_id, run)

    def _send(self, row: OutboxRow) -> None:
        now = self.clock.now()
        with self.database.reading(row.organisation_id) as db:
            message = self.handlers.composers[row.name](db, row.organisation_id, row.about, now)
        if isinstance(message, Mail):
            self.mail.send(message, key=row.key, now=now)
        elif isinstance(message, Sms):
            self.sms.send(message, key=row.key, now=now)
        self._finish(row, "sent" if message is not None else "no longer needed")

    def _finish(self, row: OutboxRow, outcome: str) -> None:
        self.database.in_transaction(
            row.organisation_id,
            outbox.finish,
            row.id,
            worker=self.name,
            outcome=outcome,
            now=self.clock.now(),
        )

    def _put_off(self, row: OutboxRow, error: Exception) -> None:
        # The text of an error may hold an address or a number: only its kind is logged and kept.
        kind = type(error).__name__
        logger.warning("outbox row %s (%s): %s, try %s", row.id, row.name, kind, row.attempts)
        if row.attempts > len(WAITS):
            self._finish(row, f"gave up: {kind}")
            return
        self.database.in_transaction(
            row.organisation_id,
            outbox.put_off,
            row.id,
            worker=self.name,
            outcome=kind,
            due_at=self.clock.now() + WAITS[row.attempts - 1],
        )
