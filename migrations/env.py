"""How alembic reaches the database: an open connection handed over by the caller, or DATABASE_URL."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection

import attendance.models
import booking.models
import directory.models
from config import from_environment
from foundation.database import Database
from foundation.models import Base, UtcDateTime

EVERY_PACKAGE = (attendance.models, booking.models, directory.models)


def render(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """Write our own column types as what they are in the database: a migration must not change when the code does."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction, with short waits on PostgreSQL so that a deployment never hangs."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL lock_timeout = '3s'")
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, render_item=render)
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with Database(from_environment().database_url).engine.begin() as opened:
        migrate(opened)
