"""The migrations make what the models say, on both engines, up and down, with data."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

import attendance.models
import booking.models
import directory.models
from foundation import schema
from foundation.database import Database
from foundation.models import Base, OutboxRow
from tests.house import furnish

EVERY_PACKAGE = (attendance.models, booking.models, directory.models)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """An empty database on each engine."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
        yield database
        database.dispose()
        return
    server = request.getfixturevalue("postgres")
    server.create("empty")
    database = Database(server.url("empty"))
    yield database
    database.dispose()
    server.drop("empty")


def described(connection: Connection) -> dict[str, Any]:
    """Everything the database itself says of its tables: columns, constraints and indexes, by name."""
    inspector = inspect(connection)
    said: dict[str, Any] = {}
    for table in sorted(inspector.get_table_names()):
        if table == "alembic_version":
            continue
        said[table] = {
            # Sorted: a column that a later migration adds stands last, wherever its model says it.
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)),
            "checks": sorted(
                (c["name"], "".join(c["sqltext"].split())) for c in inspector.get_check_constraints(table)
            ),
            "unique": sorted((c["name"], c["column_names"]) for c in inspector.get_unique_constraints(table)),
            "keys": sorted((c["name"], c["referred_table"]) for c in inspector.get_foreign_keys(table)),
            "indexes": sorted((i["name"], i["column_names"]) for i in inspector.get_indexes(table)),
        }
    if connection.dialect.name == "postgresql":
        exclusions = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'x' ORDER BY 1"
        said["exclusions"] = [tuple(row) for row in connection.execute(text(exclusions))]
    return said


def test_the_migrations_make_what_the_models_say(empty: Database) -> None:
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
        by_migrations = described(connection)
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        schema.downgrade(connection, "base")
        assert described(connection) in ({}, {"exclusions": []})
        Base.metadata.create_all(connection)
        by_models = described(connection)
    assert by_migrations == by_models


def test_the_exclusion_constraint_is_there_on_postgresql(empty: Database) -> None:
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
        if connection.dialect.name == "postgresql":
            assert [name for name, _ in described(connection)["exclusions"]] == ["ex_engagement_overlap"]


def test_each_migration_goes_up_and_down_again_with_data(empty: Database) -> None:
    with empty.engine.begin() as connection:
        schema.upgrade(connection)
    furnish(empty)
    with empty.engine.begin() as connection:
        assert Session(connection).query(directory.models.Agent).count() == 10
        schema.downgrade(connection, "base")
        schema.upgrade(connection)
        assert Session(connection).query(OutboxRow).count() == 0
