"""The worst moments to be killed: recognised on both engines, and on PostgreSQL held open until a test has done it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url, select, text

from booking.models import Appointment
from tests.crashes.audit import connected
from tests.crashes.production import wait_until
from tests.servers.postgres import Server

_WRITE = "SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()"
_WAIT_TO_ANNOUNCE = """
    SELECT count(*) FROM pg_locks AS wanted JOIN pg_locks AS had USING (pid)
    WHERE wanted.relation = 'outbox'::regclass AND NOT wanted.granted
    AND had.relation = 'appointment'::regclass AND had.mode = 'RowExclusiveLock' AND had.granted
"""
_WAIT_FOR_THE_STANDBY = """
    SELECT count(*) FROM pg_stat_activity JOIN pg_locks USING (pid)
    WHERE wait_event = 'SyncRep' AND relation = 'idempotency_key'::regclass AND mode = 'RowExclusiveLock'
"""


def is_writing(url: str) -> bool:
    """Say whether somebody has written something and not yet committed it."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        journal = Path(f"{address.database}-journal")
        return journal.exists() and journal.stat().st_size > 0
    with connected(url) as db:
        return bool(db.scalar(text(_WRITE)))


@contextmanager
def half_written(url: str) -> Iterator[set[int]]:
    """For as long as the block lasts somebody has written an appointment and not yet announced it; gives the others."""
    with connected(url) as db:
        db.execute(text("LOCK TABLE outbox IN SHARE MODE"))
        wait_until(lambda: db.scalar(text(_WAIT_TO_ANNOUNCE)) > 0, "somebody is about to announce an appointment")
        yield set(db.scalars(select(Appointment.id)))


@contextmanager
def committed_and_not_told(server: Server) -> Iterator[None]:
    """For as long as the block lasts each commit is durable, and waits to be told so for a standby that never comes."""
    with psycopg.connect(host=str(server.folder), user="postgres", autocommit=True) as db:
        db.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        db.execute("SELECT pg_reload_conf()")

        def somebody_waits() -> bool:
            return db.execute(_WAIT_FOR_THE_STANDBY).fetchone() != (0,)

        wait_until(somebody_waits, "a request has committed")
        # From the next start or reload on.
        db.execute("ALTER SYSTEM RESET synchronous_standby_names")
    yield
    with psycopg.connect(host=str(server.folder), user="postgres", autocommit=True) as db:
        db.execute("SELECT pg_reload_conf()")
