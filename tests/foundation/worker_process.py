"""A worker in a process of its own, to be killed: sends every message of the outbox to a real SMTP server."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import attendance.models
import booking.models
import directory.models
from foundation.clock import SystemClock
from foundation.database import Database
from foundation.messages import FolderSmsSender, Mail, SmtpMailSender
from foundation.worker import Handlers, Worker

EVERY_TABLE = (attendance.models, booking.models, directory.models)
LEASE = timedelta(seconds=2)


def compose(_db: Session, _organisation_id: int, about: dict[str, Any], _now: datetime) -> Mail:
    """Write the mail number `about["n"]`."""
    return Mail("zoe@exemple.fr", f"Message {about['n']}", "Bonjour\n")


def build(url: str, host: str, port: int) -> Worker:
    """Return a worker whose leases are short."""
    return Worker(
        Database(url),
        SystemClock(),
        Handlers({}, {"test.mail": compose}),
        SmtpMailSender(host, port, "maison@exemple.fr", security="none"),
        FolderSmsSender(Path("/nonexistent")),
        lease=LEASE,
    )


if __name__ == "__main__":
    worker = build(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    while True:
        worker.run_once()
