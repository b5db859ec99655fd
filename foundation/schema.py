"""Bringing the schema up to date: alembic, told in code what its command line would have told it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from foundation.database import Database

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` inside the caller's transaction."""
    command.upgrade(_alembic(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Run the migrations down to `revision` inside the caller's transaction."""
    command.downgrade(_alembic(connection), revision)


def migrate(database_url: str, revision: str = "head") -> None:
    """Bring a database up to `revision`, all or nothing."""
    database = Database(database_url)
    try:
        with database.engine.begin() as connection:
            upgrade(connection, revision)
    finally:
        database.dispose()


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
